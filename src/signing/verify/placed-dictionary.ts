import type { ByteSource } from "../../pdf-syntax/byte-source.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import { type Lexer, skipSpace } from "../../pdf-syntax/lexer.ts";
import type { PdfObject } from "../../pdf-syntax/objects.ts";
import { isWord, parseObject } from "../../pdf-syntax/parser.ts";
import { parseAt } from "../../pdf-syntax/read-object.ts";

/** One entry of a dictionary with the file offsets of its key and of its value, [start, end). */
export interface PlacedEntry {
  readonly key: string;
  readonly keyAt: number;
  readonly value: PdfObject;
  readonly start: number;
  readonly end: number;
}

/** Entries of the dictionary of the indirect object at a file offset, in file order, repeated keys too. Throws `PdfDamage`. */
export function placedObject(source: ByteSource, offset: number): readonly PlacedEntry[] {
  return parseAt(source, offset, (lexer) => {
    lexer.next();
    lexer.next();
    if (!isWord(lexer.next(), "obj")) throw new PdfDamage("no object at its offset");
    return entriesAt(lexer, offset);
  });
}

/** Entries of the dictionary that begins at a file offset. Throws `PdfDamage`. */
export function placedDictionary(source: ByteSource, offset: number): readonly PlacedEntry[] {
  return parseAt(source, offset, (lexer) => entriesAt(lexer, offset));
}

function entriesAt(lexer: Lexer, base: number): readonly PlacedEntry[] {
  const open = lexer.next();
  if (typeof open !== "object" || open.kind !== "mark" || open.mark !== "<<")
    throw new PdfDamage("no dictionary at its offset");
  const entries: PlacedEntry[] = [];
  for (;;) {
    skipSpace(lexer);
    const keyAt = base + lexer.position;
    const key = lexer.next();
    if (typeof key === "object" && key.kind === "mark" && key.mark === ">>") return entries;
    if (typeof key !== "object" || key.kind !== "name") throw new PdfDamage("a dictionary key is no name");
    skipSpace(lexer);
    const start = base + lexer.position;
    const value = parseObject(lexer);
    entries.push({ key: key.name, keyAt, value, start, end: base + lexer.position });
  }
}
