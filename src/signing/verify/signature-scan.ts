import { OperationalError } from "../../domain/errors.ts";
import { type FileWindow, PIECE } from "../file-window.ts";
import { type Dictionary, numbersOf, parseDictionary } from "../pdf-dictionary.ts";

/** One signature dictionary as its bytes were found in a file, not yet judged. */
export interface ScannedSignature {
  /** File offset of its /ByteRange key. */
  readonly at: number;
  /** Pairs of offset and length as written; may lie. */
  readonly ranges: readonly number[];
  /** What stands in the gap between the ranges; empty when the ranges make no sense. */
  readonly contents: Buffer;
  /** The gap holds exactly one string, and that is the dictionary's own /Contents. */
  readonly gapIsContents: boolean;
  readonly entries: Dictionary;
}

/** Longest token looked for, kept from one piece to the next. */
const OVERLAP = 16;
/** How far a dictionary's other entries may stand from its /ByteRange and /Contents. */
const REACH = 65_536;
/** Real files carry up to a dozen. */
const MAX_SIGNATURES = 1000;
/** The word may stand in any text; whoever opens revisions has a limit of its own. */
const MAX_ENDS = 1000;
/** More would not be a signature: a file could claim a gap of gigabytes. */
const MAX_CONTENTS = 8 << 20;

export interface Scan {
  /** In file order. */
  readonly found: readonly ScannedSignature[];
  /** File offsets behind each %%EOF and its line end: where revisions may end. */
  readonly ends: readonly number[];
}

/**
 * Finds every signature dictionary by its /ByteRange, without holding the file and without believing its structure.
 * Signature dictionaries are never inside object streams: their /Contents must have a place in the file.
 */
export async function scanSignatures(file: FileWindow): Promise<Scan> {
  const places: number[] = [];
  const ends: number[] = [];
  let start = 0;
  for await (const piece of file.stream(0, file.size, OVERLAP)) {
    for (const i of findToken(piece, "/ByteRange")) places.push(start + i);
    for (const i of findToken(piece, "%%EOF")) ends.push(start + i + lineEnd(piece, i + "%%EOF".length));
    if (places.length > MAX_SIGNATURES) throw new OperationalError("unreadable", "too many signatures");
    if (ends.length > MAX_ENDS) ends.length = MAX_ENDS;
    start += PIECE;
  }
  const found: ScannedSignature[] = [];
  for (const at of places) {
    const signature = await readSignature(file, at);
    if (signature !== undefined) found.push(signature);
  }
  return { found, ends };
}

/** Places of a token that begin within the piece, without the overlap. */
function findToken(piece: Buffer, token: string): number[] {
  const places: number[] = [];
  for (let i = piece.indexOf(token); i >= 0 && i < PIECE; i = piece.indexOf(token, i + 1)) places.push(i);
  return places;
}

/** Length of `%%EOF` with the line end behind it. */
function lineEnd(piece: Buffer, at: number): number {
  const end = /^(?:\r\n|\r|\n)?/u.exec(piece.toString("latin1", at, at + 2))?.[0].length ?? 0;
  return "%%EOF".length + end;
}

async function readSignature(file: FileWindow, at: number): Promise<ScannedSignature | undefined> {
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
    at,
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

/** The bytes of a hexadecimal or literal string that fills the gap to the last byte; undefined for anything else. */
export function decodeString(gap: Buffer): Buffer | undefined {
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
