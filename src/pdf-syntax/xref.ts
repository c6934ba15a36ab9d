import { OperationalError } from "../domain/errors.ts";
import type { Budget } from "./budget.ts";
import type { ByteSource } from "./byte-source.ts";
import { PdfDamage } from "./damage.ts";
import { decodeStream } from "./filters.ts";
import type { Lexer } from "./lexer.ts";
import { isDigits, skipSpace } from "./lexer.ts";
import type { PdfDict, PdfObject, PdfStream } from "./objects.ts";
import { isInteger, isKind } from "./objects.ts";
import { isWord, parseIndirect, parseObject } from "./parser.ts";
import { parseAt } from "./read-object.ts";

/** Where an object lies: at a file offset, or as the `index`-th of an object stream. `free` hides older ones. */
export type XrefEntry =
  | { readonly at: "file"; readonly offset: number }
  | { readonly at: "stream"; readonly stream: number; readonly index: number }
  | { readonly at: "free" };

export interface Xref {
  readonly entries: ReadonlyMap<number, XrefEntry>;
  readonly trailer: PdfDict;
  readonly newest: { readonly offset: number; readonly kind: "table" | "stream" };
  /** File offsets of all sections of the chain, newest first. */
  readonly sections: readonly number[];
}

/** A 1,000-page scan has 4,000 objects; each entry costs about 100 bytes of memory. */
const MAX_ENTRIES = 1_000_000;
const MAX_SECTIONS = 4096;

/** One cross-reference section as it is written; the second part of a hybrid one is a section of its own. */
export interface XrefSection {
  readonly kind: "table" | "stream";
  readonly trailer: PdfDict;
  /** Number, place and generation. */
  readonly entries: readonly (readonly [number, XrefEntry, number])[];
  /** File offsets of a table's trailer dictionary; those of a stream are its object's. */
  readonly trailerAt: { readonly start: number; readonly end: number } | undefined;
  /**
   * Every reader takes it the same way: whole numbers below `READABLE_NUMBERS`, as many entries as announced, known types.
   * Others give up on the section, rebuild the file by searching for objects, and may show another one.
   */
  readonly tidy: boolean;
}

/** pdfium knows no object number above 4,194,304, MuPDF none above 8,388,607. */
export const READABLE_NUMBERS = 4_194_304;

type Part = readonly [first: number, count: number];

function areTidy(parts: readonly Part[]): boolean {
  return parts.every(
    ([first, count]) =>
      [first, count].every((one) => Number.isSafeInteger(one) && one >= 0) &&
      first + count <= READABLE_NUMBERS,
  );
}

/** Reads the whole chain of cross-reference sections, newest first. Throws `PdfDamage`. */
export function readXref(source: ByteSource, budget: Budget): Xref {
  const entries = new Map<number, XrefEntry>();
  const trailer = new Map<string, PdfObject>();
  const seen = new Set<number>();
  const start = startOffset(source);
  const waiting: number[] = [start];
  let kind: XrefSection["kind"] | undefined;
  for (let offset = waiting.pop(); offset !== undefined; offset = waiting.pop()) {
    if (seen.has(offset)) continue;
    if (seen.add(offset).size > MAX_SECTIONS) throw new PdfDamage("too many cross-reference sections");
    const section = readSection(source, offset, budget);
    kind ??= section.kind;
    const hybrid = section.trailer.entries.get("XRefStm");
    if (isInteger(hybrid) && !seen.has(hybrid)) {
      seen.add(hybrid);
      mergeHybrid(entries, section.entries, readSection(source, hybrid, budget).entries);
    } else merge(entries, section.entries);
    for (const [key, value] of section.trailer.entries) if (!trailer.has(key)) trailer.set(key, value);
    const previous = section.trailer.entries.get("Prev");
    if (isInteger(previous)) waiting.push(previous);
  }
  const newest = { offset: start, kind: kind ?? "table" };
  return { entries, trailer: { kind: "dict", entries: trailer }, newest, sections: [...seen] };
}

/**
 * What the table has in use counts, then the stream; objects hidden from old readers are free in the table and real in the
 * stream (ISO 32000-1, 7.5.8.4). Where both have an object in use at different places every reader shows another file.
 */
function mergeHybrid(
  entries: Map<number, XrefEntry>,
  table: XrefSection["entries"],
  hidden: XrefSection["entries"],
): void {
  const used = table.filter(([, { at }]) => at !== "free");
  const places = new Map(used.map(([num, entry]) => [num, entry.at === "file" ? entry.offset : -1]));
  for (const [num, entry] of hidden) {
    const place = places.get(num);
    if (place === undefined || entry.at === "free") continue;
    if (entry.at !== "file" || entry.offset !== place)
      throw new PdfDamage("a hybrid section contradicts itself");
  }
  merge(entries, used);
  merge(entries, hidden);
  merge(entries, table);
}

function merge(entries: Map<number, XrefEntry>, found: XrefSection["entries"]): void {
  for (const [num, entry] of found) if (!entries.has(num)) entries.set(num, entry);
  if (entries.size > MAX_ENTRIES) throw new OperationalError("too_large", "objects");
}

function startOffset(source: ByteSource): number {
  const length = Math.min(source.size, 2048);
  const tail = source.read(source.size - length, length).toString("latin1");
  const found = /startxref\s+(\d+)/u.exec(tail.slice(Math.max(0, tail.lastIndexOf("startxref"))));
  if (found === null) throw new PdfDamage("no startxref");
  return Number(found[1]);
}

/** Reads the cross-reference section at a file offset. Throws `PdfDamage`, `too_large`. */
export function readSection(source: ByteSource, offset: number, budget: Budget): XrefSection {
  budget.spend(100);
  const classic = parseAt(source, offset, (lexer) => {
    skipSpace(lexer);
    // Some programs find no section behind a comment, and rebuild the file.
    if (lexer.bytes.subarray(0, lexer.position).includes("%"))
      throw new PdfDamage("a comment in place of a section");
    return lexer.bytes.toString("latin1", lexer.position, lexer.position + 4) === "xref";
  });
  return classic ? readTable(source, offset, budget) : readXrefStream(source, offset, budget);
}

function readTable(source: ByteSource, offset: number, budget: Budget): XrefSection {
  const entries: [number, XrefEntry, number][] = [];
  const parts: Part[] = [];
  let at = parseAt(source, offset, (lexer) => {
    if (!isWord(lexer.next(), "xref")) throw new PdfDamage("no xref table");
    return offset + lexer.position;
  });
  for (;;) {
    const header = parseAt(source, at, (lexer) => readHeader(lexer));
    if ("trailer" in header) {
      const { trailer, start, end } = header;
      const trailerAt = { start: at + start, end: at + end };
      return { kind: "table", trailer, entries, trailerAt, tidy: areTidy(parts) };
    }
    parts.push([header.first, header.count]);
    budget.spend(20 + header.count);
    if (entries.length + header.count > MAX_ENTRIES) throw new OperationalError("too_large", "objects");
    const body = source.read(at + header.length, header.count * 20);
    for (let index = 0; index < header.count; index += 1) {
      const row = body.toString("latin1", index * 20, index * 20 + 20);
      entries.push([header.first + index, tableEntry(row), Number(row.slice(11, 16))]);
    }
    at += header.length + header.count * 20;
  }
}

function readHeader(
  lexer: Lexer,
):
  | { readonly first: number; readonly count: number; readonly length: number }
  | { readonly trailer: PdfDict; readonly start: number; readonly end: number } {
  const first = lexer.next();
  const whole = isDigits(lexer, first);
  if (isWord(first, "trailer")) {
    skipSpace(lexer);
    const start = lexer.position;
    const trailer = parseObject(lexer);
    if (!isKind(trailer, "dict")) throw new PdfDamage("the trailer is no dictionary");
    return { trailer, start, end: lexer.position };
  }
  const count = lexer.next();
  if (!whole || !isDigits(lexer, count)) throw new PdfDamage("a wrong xref subsection");
  skipSpace(lexer);
  return { first, count, length: lexer.position };
}

function tableEntry(line: string): XrefEntry {
  const match = /^(\d{10}) \d{5} ([nf])[ \r\n]{2}$/u.exec(line);
  if (match === null) throw new PdfDamage("a wrong xref entry");
  return match[2] === "n" ? { at: "file", offset: Number(match[1]) } : { at: "free" };
}

function readXrefStream(source: ByteSource, offset: number, budget: Budget): XrefSection {
  const { object, streamAt } = parseAt(source, offset, parseIndirect);
  if (!isKind(object, "dict") || streamAt === undefined) throw new PdfDamage("no xref at its offset");
  const stream: PdfStream = { kind: "stream", dict: object, start: offset + streamAt };
  const length = object.entries.get("Length");
  if (!isInteger(length)) throw new PdfDamage("an xref stream without length");
  const { bytes } = decodeStream(source.read(stream.start, length), object, (value) => value ?? null);
  budget.spend(bytes.length / 4);
  return { kind: "stream", trailer: object, ...streamEntries(object, bytes), trailerAt: undefined };
}

function streamEntries(dict: PdfDict, bytes: Buffer): Pick<XrefSection, "entries" | "tidy"> {
  const [typeWidth, secondWidth, thirdWidth] = fieldWidths(dict);
  const row = typeWidth + secondWidth + thirdWidth;
  const field = (at: number, width: number): number => (width === 0 ? 0 : bytes.readUIntBE(at, width));
  const entries: [number, XrefEntry, number][] = [];
  const parts = sections(dict);
  let known = true;
  let at = 0;
  for (const [first, count] of parts) {
    for (let n = 0; n < count && at + row <= bytes.length; n += 1, at += row) {
      const type = typeWidth === 0 ? 1 : field(at, typeWidth);
      const second = field(at + typeWidth, secondWidth);
      const third = field(at + typeWidth + secondWidth, thirdWidth);
      known &&= type <= 2;
      entries.push([first + n, streamEntry(type, second, third), type === 1 ? third : 0]);
    }
    if (entries.length > MAX_ENTRIES) throw new OperationalError("too_large", "objects");
  }
  const announced = parts.reduce((sum, [, count]) => sum + count, 0);
  return { entries, tidy: known && areTidy(parts) && announced === entries.length };
}

function fieldWidths(dict: PdfDict): readonly [number, number, number] {
  const widths = integers(dict.entries.get("W"));
  const [type = 0, second = 0, third = 0] = widths;
  if (widths.length < 3 || type + second + third < 1 || widths.some((width) => width < 0 || width > 6))
    throw new PdfDamage("wrong xref widths");
  return [type, second, third];
}

/** Pairs of first number and count; all numbers up to /Size when there is no /Index. */
function sections(dict: PdfDict): Part[] {
  const size = dict.entries.get("Size");
  const index = dict.entries.has("Index")
    ? integers(dict.entries.get("Index"))
    : [0, isInteger(size) ? size : 0];
  const pairs: Part[] = [];
  for (let at = 0; at + 1 < index.length; at += 2) pairs.push([index[at] ?? 0, index[at + 1] ?? 0]);
  return pairs;
}

function streamEntry(type: number, second: number, third: number): XrefEntry {
  if (type === 1) return { at: "file", offset: second };
  return type === 2 ? { at: "stream", stream: second, index: third } : { at: "free" };
}

function integers(object: PdfObject | undefined): number[] {
  return isKind(object, "array") ? object.items.map((item) => (isInteger(item) ? item : -1)) : [];
}
