import { PdfDamage } from "../../pdf-syntax/damage.ts";
import { isInteger, isKind } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";

type Asked = Pick<PdfFile, "checkEnd" | "get" | "places" | "resolve" | "source">;

/**
 * Tells whether a file offset lies within the data of a stream: an attached document may carry signatures of its own.
 * Objects are put in order once, at the first question: a file may have a million of them and a thousand questions.
 */
export function streamFinder(file: Asked | undefined): (offset: number) => boolean {
  let ordered: ReturnType<typeof inOrder> | undefined;
  return (offset) => {
    if (file === undefined || offset >= file.source.size) return false;
    ordered ??= inOrder(file);
    const { offsets, numbers } = ordered;
    const at = lastNotAbove(offsets, offset);
    return at >= 0 && isInData(file, numbers[at] ?? 0, offset);
  };
}

/** Offsets of all objects, rising, and their numbers. */
function inOrder({ places }: Asked) {
  const found: (readonly [offset: number, num: number])[] = [];
  for (const [num, place] of places) if (place.at === "file") found.push([place.offset, num]);
  found.sort(([a], [b]) => a - b);
  return { offsets: Float64Array.from(found, ([offset]) => offset), numbers: found.map(([, num]) => num) };
}

/** Index of the last offset not above the wanted one; -1 when all are above it. */
function lastNotAbove(offsets: Float64Array, wanted: number): number {
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isInData(file: Asked, num: number, offset: number): boolean {
  try {
    const stream = file.resolve({ kind: "ref", num, gen: 0 });
    if (!isKind(stream, "stream") || stream.start > offset) return false;
    file.checkEnd(stream);
    const length = file.get(stream.dict, "Length");
    return isInteger(length) && offset < stream.start + length;
  } catch (error) {
    if (error instanceof PdfDamage) return false;
    throw error;
  }
}
