import { PdfDamage } from "./damage.ts";
import type { Lexer, Token } from "./lexer.ts";
import { isDigits, isSpace } from "./lexer.ts";
import type { PdfDict, PdfObject } from "./objects.ts";

/** Real files nest less than 20 deep; a hostile one would overflow the stack. */
const MAX_DEPTH = 64;

export interface IndirectObject {
  readonly num: number;
  readonly object: PdfObject;
  /** For streams: position in the buffer of the first data byte. */
  readonly streamAt: number | undefined;
  /** Position behind the object's text. */
  readonly end: number;
}

/** Parses the next object. Throws `PdfDamage` on anything that is not one. */
export function parseObject(lexer: Lexer): PdfObject {
  return fromToken(lexer, lexer.next(), 0);
}

/** Parses `n g obj … ` at the lexer's position, up to and including the `stream` line. */
export function parseIndirect(lexer: Lexer): IndirectObject {
  const num = readDigits(lexer);
  readDigits(lexer);
  if (!isWord(lexer.next(), "obj")) throw new PdfDamage("no object at its offset");
  const object = parseObject(lexer);
  const after = lexer.position;
  if (!isWord(lexer.next(), "stream")) {
    lexer.position = after;
    return { num, object, streamAt: undefined, end: after };
  }
  return { num, object, streamAt: skipLineEnd(lexer), end: after };
}

function readDigits(lexer: Lexer): number {
  const token = lexer.next();
  if (!isDigits(lexer, token)) throw new PdfDamage("no object at its offset");
  return token;
}

function skipLineEnd(lexer: Lexer): number {
  let at = lexer.position;
  // Some writers put blanks between `stream` and its line end.
  while (lexer.bytes[at] === 0x20) at += 1;
  if (lexer.bytes[at] === 0x0d) at += 1;
  if (lexer.bytes[at] === 0x0a) at += 1;
  lexer.position = at;
  return at;
}

/** An operator of a content stream with the operands before it; undefined at the end. */
export function parseOperation(
  lexer: Lexer,
  operands: PdfObject[],
): { readonly operator: string; readonly operands: readonly PdfObject[] } | undefined {
  operands.length = 0;
  for (;;) {
    const token = lexer.next();
    if (token === undefined) return undefined;
    if (typeof token === "object" && token.kind === "word" && !KEYWORDS.has(token.word))
      return { operator: token.word, operands };
    // A stray closing bracket ends nothing in a content stream; viewers pass over it as well.
    if (typeof token === "object" && token.kind === "mark" && token.mark !== "[" && token.mark !== "<<")
      continue;
    if (operands.length < 64) operands.push(fromToken(lexer, token, 0, false));
  }
}

const KEYWORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function fromToken(lexer: Lexer, token: Token, depth: number, references = true): PdfObject {
  if (depth > MAX_DEPTH) throw new PdfDamage("objects nest too deep");
  if (token === undefined) throw new PdfDamage("the object ends early");
  if (typeof token === "number") return references ? numberOrReference(lexer, token) : token;
  if (token.kind === "name" || token.kind === "string") return token;
  if (token.kind === "mark") {
    if (token.mark === "[") return parseArray(lexer, depth, references);
    if (token.mark === "<<") return parseDict(lexer, depth, references);
    throw new PdfDamage("an unexpected bracket");
  }
  const value = KEYWORDS.get(token.word);
  if (value === undefined) throw new PdfDamage("an unexpected word");
  return value;
}

function numberOrReference(lexer: Lexer, first: number): PdfObject {
  const back = lexer.position;
  // A reference needs a digit next; looking at the bytes first keeps number arrays cheap.
  if (Number.isSafeInteger(first) && isDigits(lexer, first) && digitFollows(lexer)) {
    const gen = lexer.next();
    if (isDigits(lexer, gen) && isWord(lexer.next(), "R")) return { kind: "ref", num: first, gen };
  }
  lexer.position = back;
  return first;
}

function digitFollows(lexer: Lexer): boolean {
  let at = lexer.position;
  while (isSpace(lexer.bytes[at] ?? 1)) at += 1;
  const byte = lexer.bytes[at] ?? 0;
  return byte >= 0x30 && byte <= 0x39;
}

function parseArray(lexer: Lexer, depth: number, references: boolean): PdfObject {
  const items: PdfObject[] = [];
  for (;;) {
    const token = lexer.next();
    if (typeof token === "object" && token.kind === "mark" && token.mark === "]")
      return { kind: "array", items };
    items.push(fromToken(lexer, token, depth + 1, references));
  }
}

function parseDict(lexer: Lexer, depth: number, references: boolean): PdfDict {
  const entries = new Map<string, PdfObject>();
  for (;;) {
    const key = lexer.next();
    if (typeof key === "object" && key.kind === "mark" && key.mark === ">>") return { kind: "dict", entries };
    if (typeof key !== "object" || key.kind !== "name") throw new PdfDamage("a dictionary key is no name");
    entries.set(key.name, fromToken(lexer, lexer.next(), depth + 1, references));
  }
}

export function isWord(token: Token, word: string): boolean {
  return typeof token === "object" && token.kind === "word" && token.word === word;
}
