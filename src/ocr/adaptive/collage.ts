import type { PreparedPage } from "../../domain/page-ports.ts";
import type { Box } from "../../domain/reading.ts";
import { heightOf, widthOf } from "./boxes.ts";
import { emptyView, type Samples } from "./samples.ts";

/** A part of a page: whole pixels inside it. */
export interface Piece {
  readonly box: Box;
  /** Row of the page its text stands on. */
  readonly base: number;
  /** For each pixel of its uppermost rows, 1 where the ink is none of its own. */
  readonly foreign: Uint8Array;
}

/** Pieces of a page laid out on one small view, so that all of them are read in one go. */
export interface Collage {
  readonly view: PreparedPage;
  /** Where each piece lies on it. */
  readonly slots: readonly Box[];
}

const MARGIN = 20;
/** As wide as a page's lines. */
const WIDEST = 1600;
/** Of a piece's height: pieces must not be read as one word, nor lines lend each other their marks. */
const GAP_ACROSS = 0.9;
const GAP_DOWN = 0.5;

/** Lays pieces side by side on common base lines, row under row. */
export function collageOf(pieces: readonly Piece[], page: PreparedPage, samples: Samples): Collage {
  const above = Math.max(1, ...pieces.map(({ base, box }) => base - box.y0));
  const below = Math.max(1, ...pieces.map(({ base, box }) => box.y1 - base));
  const tallest = above + below;
  const widest = Math.max(WIDEST, ...pieces.map(({ box }) => widthOf(box))) + 2 * MARGIN;
  const slots: Box[] = [];
  let [x, base] = [MARGIN, MARGIN + above];
  for (const { box, base: own } of pieces) {
    if (x + widthOf(box) > widest - MARGIN) [x, base] = [MARGIN, base + Math.round(tallest * (1 + GAP_DOWN))];
    const y0 = base - (own - box.y0);
    slots.push({ x0: x, y0, x1: x + widthOf(box), y1: y0 + heightOf(box) });
    x += Math.round(widthOf(box) + tallest * GAP_ACROSS);
  }
  const width = Math.max(MARGIN, ...slots.map(({ x1 }) => x1)) + MARGIN;
  const view = emptyView(page, width, base + below + MARGIN, samples.paper);
  for (const [index, piece] of pieces.entries()) copy(piece, slots[index] ?? piece.box, samples, view);
  return { view, slots };
}

function copy({ box, foreign }: Piece, to: Box, samples: Samples, { pgm, ...view }: PreparedPage): void {
  const start = pgm.length - view.width * view.height;
  const wide = widthOf(box);
  for (let row = 0; row < heightOf(box); row++) {
    const source = (box.y0 + row) * samples.width + box.x0;
    const target = start + (to.y0 + row) * view.width + to.x0;
    samples.data.copy(pgm, target, source, source + wide);
    for (let x = 0; x < wide && (row + 1) * wide <= foreign.length; x++)
      if (foreign[row * wide + x] === 1) pgm[target + x] = samples.paper;
  }
}
