import type { PreparedPage } from "../../domain/page-ports.ts";
import type { Box, Line } from "../../domain/reading.ts";
import { acrossCommon, around, downCommon, grown, heightOf, widthOf, within, wordsOf } from "./boxes.ts";
import { type InkGrid, inkGridOf, wipe, wipeUprights } from "./ink-grid.ts";
import type { Samples } from "./samples.ts";
import { clusters, usualHeight } from "./weak-regions.ts";

/** Cells along the height of a line. */
const CELLS = 6;
/** All in line heights: dark runs longer than this are rules, and higher ones frames. */
const RULE = 4;
const FRAME = 2.5;
/** What belongs to a word around its box: marks cut off, the end of a stroke. */
const BESIDE = 0.4;
const ABOVE = 0.35;
/** Gaps between words of a line. */
const GAP = 1.2;
/** Lines of text: at least four letters wide; small print and lines of two sizes. */
const NARROWEST = 2.2;
const LOWEST = 0.5;
const HIGHEST = 1.9;
/** Lines set close hang together; a part as high as several lines has about as many dark bands. */
const TALLEST = 20;
const PITCH = 2.6;
/** Share of a line's box that is ink: curves have less, halftones and bars more. */
const SHARE = { least: 0.07, most: 0.45 };
/** Strokes that a pixel row meets along a line height: rules and curves have fewer, halftones more. */
const STROKES = { least: 0.5, most: 4 };
/** Of 21 places of several lines: 0.10-0.22 and 0.69-1.3; of 8 signatures over stamps: up to 0.61 strokes; QR codes: 0.4. */
const SHARE_OF_SEVERAL = { least: 0.1, most: 0.3 };
const STROKES_OF_SEVERAL = { least: 0.65, most: 3 };
/** Mean length of a stroke in line heights: the dots of a grey tone have less. */
const SHORTEST_STROKE = 0.06;
/** Of an inch: the height of a line on pages without any word. */
const PRINT = 0.125;
const MARGIN = 0.4;
/** Lines no further apart are one place, as long as it is no bigger than this share of the page. */
const NEAR_ACROSS = 2;
const NEAR_DOWN = 1.3;
const MOST_AREA = 0.05;

/** Places with ink like lines of text that no word covers, the widest first. */
export function uncoveredInk(page: PreparedPage, lines: readonly Line[], samples: Samples): Box[] {
  const words = wordsOf(lines);
  const height = words.length > 0 ? usualHeight(words) : Math.max(8, page.dpi * PRINT);
  const cell = Math.max(2, Math.round(height / CELLS));
  const grid = inkGridOf(samples, cell, height * RULE);
  for (const { box } of words)
    if (heightOf(box) < height * RULE) wipe(grid, grown(box, height * BESIDE, height * ABOVE));
  wipeUprights(grid, (height * FRAME) / cell);
  const found = partsOf(grid, Math.round((height * GAP) / cell)).filter((part) => isText(part, height));
  return clusters(
    found.map(({ box }) => box),
    (a, b) => belong(a, b, height, page),
  )
    .map((box) => within(grown(box, height * MARGIN, height * MARGIN), page.width, page.height))
    .toSorted((a, b) => widthOf(b) - widthOf(a));
}

function belong(a: Box, b: Box, height: number, page: PreparedPage): boolean {
  if (acrossCommon(a, b) < -height * NEAR_ACROSS || downCommon(a, b) < -height * NEAR_DOWN) return false;
  const both = around([a, b]);
  return widthOf(both) * heightOf(both) <= page.width * page.height * MOST_AREA;
}

interface Part {
  readonly box: Box;
  readonly ink: number;
  readonly strokes: number;
  /** Ink of each row of cells from the top of the part, in pixels. */
  readonly inRow: readonly number[];
}

function isText({ box, ink, strokes, inRow }: Part, height: number): boolean {
  const [wide, high] = [widthOf(box) / height, heightOf(box) / height];
  if (wide < NARROWEST || high < LOWEST || high > TALLEST) return false;
  const share = ink / ((widthOf(box) * heightOf(box)) / 2);
  const met = strokes / (heightOf(box) / 2) / wide;
  if (share < met * SHORTEST_STROKE) return false;
  if (high <= HIGHEST) return isIn(SHARE, share) && isIn(STROKES, met);
  const banded = bandsOf(inRow) >= Math.floor(high / PITCH);
  return banded && isIn(SHARE_OF_SEVERAL, share) && isIn(STROKES_OF_SEVERAL, met);
}

const isIn = ({ least, most }: { least: number; most: number }, value: number): boolean =>
  value >= least && value <= most;

/** Runs of rows with more ink than the mean: the middles of lines. */
function bandsOf(inRow: readonly number[]): number {
  const rows = inRow.filter((ink) => ink > 0);
  const mean = rows.reduce((sum, ink) => sum + ink, 0) / rows.length;
  return rows.filter((ink, row) => ink > mean && (rows[row - 1] ?? 0) <= mean).length;
}

/** Ink that hangs together when gaps of so many cells along a row are closed. */
function partsOf(grid: InkGrid, gap: number): Part[] {
  const { columns, rows, ink } = grid;
  const open = closed(grid, gap);
  const parts: Part[] = [];
  for (let at = 0; at < columns * rows; at++)
    if (open[at] === 1 && (ink[at] ?? 0) > 0) parts.push(partFrom(at, open, grid));
  return parts;
}

/** 1 for each cell with ink or in a gap between two that is short enough. */
function closed({ columns, rows, ink }: InkGrid, gap: number): Uint8Array {
  const cells = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    let last = -gap - 2;
    for (let x = 0; x < columns; x++) {
      if (ink[row * columns + x] === 0) continue;
      const from = x - last - 1 <= gap ? last + 1 : x;
      cells.fill(1, row * columns + from, row * columns + x + 1);
      last = x;
    }
  }
  return cells;
}

/** Measures the part a cell belongs to and takes it out of `open`. */
function partFrom(start: number, open: Uint8Array, { columns, cell, ink, strokes }: InkGrid): Part {
  const box = { x0: Infinity, y0: Infinity, x1: 0, y1: 0 };
  const inRow: number[] = [];
  const top = Math.floor(start / columns);
  let [dark, met] = [0, 0];
  const waiting = [start];
  open[start] = 0;
  const visit = (at: number): void => {
    if (open[at] !== 1) return;
    open[at] = 0;
    waiting.push(at);
  };
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const [x, y] = [at % columns, Math.floor(at / columns)];
    const own = ink[at] ?? 0;
    if (own > 0) {
      dark += own;
      inRow[y - top] = (inRow[y - top] ?? 0) + own;
      met += strokes[at] ?? 0;
      box.x0 = Math.min(box.x0, x * cell);
      box.y0 = Math.min(box.y0, y * cell);
      box.x1 = Math.max(box.x1, (x + 1) * cell);
      box.y1 = Math.max(box.y1, (y + 1) * cell);
    }
    if (x > 0) visit(at - 1);
    if (x < columns - 1) visit(at + 1);
    visit(at - columns);
    visit(at + columns);
  }
  return { box, ink: dark, strokes: met, inRow };
}
