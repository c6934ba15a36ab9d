import { isOperational } from "../../domain/errors.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import { isInteger, isKind } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";

/** From the gap's first byte to behind its last. */
export type Gap = readonly [start: number, end: number];

/**
 * Which gaps hold more than a signature: what lies there can be changed without breaking anything. Objects, streams and
 * cross-reference sections of the newest revision count. Undefined when it takes too long to tell.
 */
export function intrudedGaps(file: PdfFile, gaps: readonly Gap[]): readonly Gap[] | undefined {
  const sorted = gaps.toSorted((a, b) => a[0] - b[0]);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  const intruded = new Set<Gap>();
  const occupy = (from: number, to: number) => {
    for (let index = behind(sorted, to) - 1; index >= 0; index -= 1) {
      const gap = sorted[index];
      if (gap === undefined || gap[1] <= from) return;
      intruded.add(gap);
    }
  };
  occupy(file.newest.offset, file.newest.offset + 1);
  file.budget.renew();
  try {
    for (const [num, place] of file.places) {
      if (place.at !== "file" || place.offset >= last[1]) continue;
      occupy(place.offset, place.offset + 1);
      const data = streamOf(file, num);
      if (data !== undefined && data[1] > first[0]) occupy(...data);
    }
  } catch (error) {
    if (isOperational(error)) return undefined;
    throw error;
  }
  return [...intruded];
}

/** Number of gaps that start before an offset. */
function behind(sorted: readonly Gap[], offset: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.[0] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the data of a stream lie; undefined for other objects, and for damaged ones. */
function streamOf(file: PdfFile, num: number): Gap | undefined {
  try {
    const object = file.resolve({ kind: "ref", num, gen: 0 });
    if (!isKind(object, "stream")) return undefined;
    const length = file.get(object.dict, "Length");
    return isInteger(length) ? [object.start, object.start + length] : undefined;
  } catch (error) {
    if (error instanceof PdfDamage) return undefined;
    throw error;
  }
}

/** A table or an object that a repairing reader would find in a literal string. */
export function hidesObjects(gap: Buffer): boolean {
  return /startxref|xref\s+\d|\d\s+\d+\s+obj\b/u.test(gap.toString("latin1"));
}

/** Whether nothing but zeros stands behind the CMS: room for it is left before its length is known. */
export function isPaddedWithZeros(contents: Buffer): boolean {
  const end = elementEnd(contents, 0, 0);
  return end === undefined || contents.subarray(end).every((byte) => byte === 0);
}

const MAX_DEPTH = 40;

/** Offset behind a BER element; undefined when it is none, which is told elsewhere. */
function elementEnd(bytes: Buffer, start: number, depth: number): number | undefined {
  let at = start;
  if (depth > MAX_DEPTH || at + 2 > bytes.length) return undefined;
  const tag = bytes[at] ?? 0;
  at += 1;
  if ((tag & 0x1f) === 0x1f) while (((bytes[at++] ?? 0) & 0x80) !== 0);
  const first = bytes[at] ?? 0;
  at += 1;
  if (first < 0x80) return at + first;
  if (first === 0x80) return contentsEnd(bytes, at, depth);
  const width = first & 0x7f;
  if (width > 6 || at + width > bytes.length) return undefined;
  return at + width + bytes.readUIntBE(at, width);
}

/** Of an element of indefinite length: behind its two closing zeros. */
function contentsEnd(bytes: Buffer, start: number, depth: number): number | undefined {
  let at: number | undefined = start;
  while (at !== undefined && at + 2 <= bytes.length) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) return at + 2;
    at = elementEnd(bytes, at, depth + 1);
  }
  return undefined;
}
