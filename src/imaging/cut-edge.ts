import { percentile } from "./clean/pixels.ts";
import type { Grey } from "./grey.ts";

/** Pieces of ink that run over each side of a page: letters cut through. */
export interface CutSides {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Ink is darker than this share of the paper. */
const DARK = 0.6;
/** Millimetres: how far a cut letter goes inward, and how long its piece at the edge is. */
const INWARD = 0.8;
const SHORTEST = 0.2;
const LONGEST = 5;

export function cutSides(image: Grey, dpi: number): CutSides {
  const { width, height } = image;
  const mm = dpi / 25.4;
  const dark = percentile(image, 0.7) * DARK;
  const count = (start: number, along: number, inward: number, length: number): number =>
    cutPieces(image.data, { start, along, inward, length, dark, mm });
  return {
    left: count(0, width, 1, height),
    top: count(0, 1, width, width),
    right: count(width - 1, width, -1, height),
    bottom: count((height - 1) * width, 1, -width, width),
  };
}

interface Side {
  readonly start: number;
  readonly along: number;
  readonly inward: number;
  readonly length: number;
  readonly dark: number;
  readonly mm: number;
}

function cutPieces(data: Uint8Array, { start, along, inward, length, dark, mm }: Side): number {
  const depth = Math.max(2, Math.round(INWARD * mm));
  let [pieces, run, deep] = [0, 0, 0];
  for (let i = 0; i <= length; i++) {
    const at = start + i * along;
    if (i < length && (data[at] ?? 255) < dark) {
      run++;
      let inside = 1;
      while (inside < depth && (data[at + inside * inward] ?? 255) < dark) inside++;
      deep = Math.max(deep, inside);
      continue;
    }
    if (run >= SHORTEST * mm && run <= LONGEST * mm && deep >= depth) pieces++;
    run = 0;
    deep = 0;
  }
  return pieces;
}
