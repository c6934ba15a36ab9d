import { isOperational } from "../../domain/errors.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import { createLexer, isDigits, type Lexer } from "../../pdf-syntax/lexer.ts";
import { isInteger, isKind, type PdfObject } from "../../pdf-syntax/objects.ts";
import { isWord, parseObject } from "../../pdf-syntax/parser.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { parseAt } from "../../pdf-syntax/read-object.ts";
import type { XrefSection } from "../../pdf-syntax/xref.ts";

/** A part of a file, [start, end). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * What the sections explain from an offset on, in file order: themselves and the objects they name. Undefined when an
 * object is not what its entry says, lies within another or repeats a key: then programs differ in what they read.
 */
export function explainedBy(
  file: PdfFile,
  from: number,
  sections: readonly (XrefSection & Span)[],
): readonly Span[] | undefined {
  try {
    const spans = new Map<number, Span>();
    const packed = new Set<number>();
    for (const section of sections) {
      spans.set(section.start, section.kind === "table" ? section : objectAt(file, section.start));
      for (const [num, place, gen] of section.entries) {
        if (place.at === "stream") packed.add(place.stream);
        if (place.at !== "file" || place.offset < from) continue;
        spans.set(place.offset, objectAt(file, place.offset, { num, gen }));
      }
    }
    for (const num of packed) checkPacked(file, num);
    const ordered = [...spans.values()].toSorted((a, b) => a.start - b.start);
    const apart = ordered.every((one, index) => index === 0 || (ordered[index - 1]?.end ?? 0) <= one.start);
    return apart ? ordered : undefined;
  } catch (error) {
    if (error instanceof PdfDamage || isOperational(error)) return undefined;
    throw error;
  }
}

/** Room for the words behind an object. */
const WORDS = 64;
/** Of an object stream, unpacked. */
const MAX_PACKED = 16 << 20;

/** The whole of an indirect object, `endobj` included. Throws `PdfDamage`. */
function objectAt(
  file: PdfFile,
  start: number,
  wanted?: { readonly num: number; readonly gen: number },
): Span {
  const read = parseAt(file.source, start, (lexer) => {
    const num = lexer.next();
    const whole = isDigits(lexer, num);
    const gen = lexer.next();
    const named = wanted === undefined || (num === wanted.num && gen === wanted.gen);
    if (!whole || !isDigits(lexer, gen) || !named || !isWord(lexer.next(), "obj"))
      throw new PdfDamage("another object at this offset");
    const body = lexer.position;
    const object = parseObject(lexer);
    const end = lexer.position;
    if (isAmbiguous(lexer.bytes, body, end)) throw new PdfDamage("an ambiguous object");
    const word = lexer.next();
    return { object, stream: isWord(word, "stream"), closed: isWord(word, "endobj"), end: lexer.position };
  });
  file.budget.spend(10 + read.end / 50);
  if (read.closed) return { start, end: start + read.end };
  if (!read.stream || !isKind(read.object, "dict")) throw new PdfDamage("an object without its end");
  return { start, end: endOfStream(file, start + read.end, file.get(read.object, "Length")) };
}

function endOfStream(file: PdfFile, keywordEnd: number, length: PdfObject): number {
  if (!isInteger(length) || length < 0) throw new PdfDamage("a wrong stream length");
  const lineEnd = /^ *\r?\n?/u.exec(file.source.read(keywordEnd, WORDS).toString("latin1"))?.[0].length ?? 0;
  const dataEnd = keywordEnd + lineEnd + length;
  const words = /^[\s\0]*endstream[\s\0]*endobj/u.exec(file.source.read(dataEnd, WORDS).toString("latin1"));
  if (words === null) throw new PdfDamage("a wrong stream length");
  return dataEnd + words[0].length;
}

/** The objects of an object stream are read by the same rules as those that lie open. */
function checkPacked(file: PdfFile, num: number): void {
  const stream = file.resolve({ kind: "ref", num, gen: 0 });
  const first = isKind(stream, "stream") ? file.get(stream.dict, "First") : null;
  if (!isKind(stream, "stream") || !isInteger(first)) throw new PdfDamage("no object stream");
  const { bytes } = file.decode(stream, MAX_PACKED);
  if (isAmbiguous(bytes, first, bytes.length)) throw new PdfDamage("an ambiguous object");
}

/** Whether programs differ in what they read between the lexer's position and `end`. */
function isAmbiguous(bytes: Buffer, start: number, end: number): boolean {
  return hasOddNumber(createLexer(bytes, start), end) || repeatsKey(createLexer(bytes, start), end);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/u;

/** `--90` and `300-77` are another number to each program, and a /Rotate that is no whole number is none to some. */
function hasOddNumber(lexer: Lexer, end: number): boolean {
  let key = "";
  while (lexer.position < end) {
    const token = lexer.next();
    if (typeof token === "number") {
      if (!NUMBER.test(lexer.text) || (key === "Rotate" && lexer.text.includes("."))) return true;
    } else if (typeof token === "object" && token.kind === "name") key = token.name;
  }
  return false;
}

/** Some programs take the first of two equal keys, some the last. */
function repeatsKey(lexer: Lexer, end: number): boolean {
  const open: (Set<string> | undefined)[] = [];
  let key = true;
  while (lexer.position < end) {
    const token = lexer.next();
    const mark = typeof token === "object" && token.kind === "mark" ? token.mark : undefined;
    if (mark === "<<" || mark === "[") {
      open.push(mark === "<<" ? new Set() : undefined);
      key = true;
      continue;
    }
    if (mark !== undefined) {
      open.pop();
      key = true;
      continue;
    }
    const keys = open.at(-1);
    const name = typeof token === "object" && token.kind === "name" ? token.name : undefined;
    if (keys === undefined || !key || name === undefined) {
      key = true;
      continue;
    }
    if (keys.has(name)) return true;
    keys.add(name);
    key = false;
  }
  return false;
}
