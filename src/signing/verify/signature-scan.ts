import { OperationalError } from "../../domain/errors.ts";
import type { FileWindow } from "../file-window.ts";
import { type Dictionary, numbersOf, parseDictionary } from "../pdf-dictionary.ts";

/** One signature dictionary as found in a file, not yet judged. */
export interface FoundSignature {
  /** Pairs of offset and length as written; may lie. */
  readonly ranges: readonly number[];
  /** What stands in the gap between the ranges; empty when the ranges make no sense. */
  readonly contents: Buffer;
  /** The gap holds exactly one string, and that is the dictionary's own /Contents. */
  readonly gapIsContents: boolean;
  readonly entries: Dictionary;
}

const PIECE = 1 << 20;
/** Longest token looked for, kept from one piece to the next. */
const OVERLAP = 16;
/** How far a dictionary's other entries may stand from its /ByteRange and /Contents. */
const REACH = 65_536;
/** Real files carry up to a dozen. */
const MAX_SIGNATURES = 1000;
/** More would not be a signature: a file could claim a gap of gigabytes. */
const MAX_CONTENTS = 8 << 20;

/**
 * Finds every signature dictionary by its /ByteRange, in file order, without holding the file. Signature
 * dictionaries are never inside object streams: their /Contents must have a place in the file.
 */
export async function scanSignatures(file: FileWindow): Promise<FoundSignature[]> {
  const found: FoundSignature[] = [];
  for (const at of await findToken(file, "/ByteRange")) {
    const signature = await readSignature(file, at);
    if (signature !== undefined) found.push(signature);
  }
  return found;
}

async function findToken(file: FileWindow, token: string): Promise<number[]> {
  const places: number[] = [];
  for (let start = 0; start < file.size; start += PIECE) {
    const piece = await file.read(start, start + PIECE + OVERLAP);
    for (let i = piece.indexOf(token); i >= 0 && i < PIECE; i = piece.indexOf(token, i + 1))
      places.push(start + i);
    if (places.length > MAX_SIGNATURES) throw new OperationalError("unreadable", "too many signatures");
  }
  return places;
}

async function readSignature(file: FileWindow, at: number): Promise<FoundSignature | undefined> {
  const ranges = await readRanges(file, at);
  if (ranges === undefined) return undefined;
  const [, gapStart = 0] = ranges;
  const gapEnd = ranges[2] ?? 0;
  const sane = gapEnd > gapStart && gapEnd <= file.size && gapEnd - gapStart <= MAX_CONTENTS;
  const near = sane && Math.abs(gapStart - at) < REACH + MAX_CONTENTS;
  const gap = near ? await file.read(gapStart, gapEnd) : Buffer.alloc(0);
  const { before, after } = await around(
    file,
    at,
    near ? { gapStart, gapEnd } : { gapStart: at, gapEnd: at },
  );
  const contents = decodeString(gap);
  return {
    ranges,
    contents: contents ?? Buffer.alloc(0),
    gapIsContents: contents !== undefined && /\/Contents\s*$/u.test(before),
    entries: owner(parseDictionary(`${before}${near ? "<>" : ""}${after}`)),
  };
}

/** A field may hold its signature dictionary directly: goes down to the one that has the /ByteRange. */
function owner(entries: Dictionary | undefined): Dictionary {
  if (entries === undefined || entries.has("ByteRange")) return entries ?? new Map();
  const inner = [...entries.values()].find((value) => value.startsWith("<<") && value.includes("/ByteRange"));
  return owner(inner === undefined ? undefined : parseDictionary(inner));
}

/**
 * Undefined when the word is no key with a value, for example in a text. A value that is no plain array of numbers
 * gives no ranges: such a signature must be called broken, not overlooked.
 */
async function readRanges(file: FileWindow, at: number): Promise<number[] | undefined> {
  const text = (await file.read(at, at + 512)).toString("latin1");
  if (!/^\/ByteRange\s*(?:\[|\d+\s+\d+\s+R)/u.test(text)) return undefined;
  return numbersOf(/^\/ByteRange\s*\[([\d\s]*)\]/u.exec(text)?.[1]);
}

/** The object's text before and after the gap, from its `obj` to its `endobj`. */
async function around(
  file: FileWindow,
  at: number,
  { gapStart, gapEnd }: { gapStart: number; gapEnd: number },
) {
  const head = await file.read(Math.min(at, gapStart) - REACH, gapStart);
  const tail = await file.read(gapEnd, Math.max(at, gapEnd) + REACH);
  const before = head.toString("latin1");
  const after = tail.toString("latin1");
  const ahead = before.slice(0, before.length - Math.max(0, gapStart - at));
  const from = [...ahead.matchAll(/\d\s+obj\b/gu)].at(-1)?.index ?? 0;
  const to = after.indexOf("endobj", Math.max(0, at - gapEnd));
  return { before: before.slice(from), after: to < 0 ? after : after.slice(0, to) };
}

/** A hexadecimal or literal string that fills the gap to the last byte; undefined for anything else. */
function decodeString(gap: Buffer): Buffer | undefined {
  const text = gap.toString("latin1");
  if (/^<[0-9A-Fa-f\s]*>$/u.test(text)) return Buffer.from(text.slice(1, -1).replaceAll(/\s/gu, ""), "hex");
  if (!/^\([^]*\)$/u.test(text)) return undefined;
  return literalString(text);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** ISO 32000-1 §7.3.4.2; undefined when the string ends before the gap does. */
function literalString(text: string): Buffer | undefined {
  let depth = 0;
  const body = text.replaceAll(/\\(?:[0-7]{1,3}|\r\n|[^])|[()]/gu, (token, offset: number) => {
    if (token === "(") depth += 1;
    if (token === ")") depth -= 1;
    if (depth === 0 && offset < text.length - 1) depth = Number.NEGATIVE_INFINITY;
    if (!token.startsWith("\\")) return token;
    const rest = token.slice(1);
    if (/^[0-7]/u.test(rest)) return String.fromCodePoint(Number.parseInt(rest, 8) & 0xff);
    return /^[\r\n]/u.test(rest) ? "" : (ESCAPES[rest] ?? rest);
  });
  return depth === 0 ? Buffer.from(body.slice(1, -1), "latin1") : undefined;
}
