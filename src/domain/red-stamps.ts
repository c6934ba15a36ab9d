import type { Box } from "./reading.ts";

interface View {
  readonly pgm: Buffer;
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
}

const MM_PER_INCH = 25.4;
const DARK = 128;
/** Cells of a millimetre; ink nearer than this many belongs together: letters of a mark have gaps of 1-3 mm. */
const REACH = 3;
/** Millimetres. A mark of 14 pt capitals is 9 × 3 and a framed one up to 70 × 20, more when it is tilted. */
const LEAST = { width: 8, height: 3 };
const MOST = { width: 100, height: 70 };
/** NĐ 30/2020: an office's seal is round, 36 mm (state emblem) or less; what lies in its ring is no mark. */
const SEAL = { least: 24, most: 45, round: 0.85 };
const MOST_STAMPS = 4;
const MARGIN = 2;

/** Where stamps other than round seals stand in a view of the red ink alone; the largest first, in whole pixels. */
export function redStamps(view: View): Box[] {
  const cell = Math.max(2, Math.round(view.dpi / MM_PER_INCH));
  const grid = inkedCells(view, cell);
  return groupsOf(grid)
    .filter(isStamp)
    .toSorted((a, b) => areaOf(b) - areaOf(a))
    .slice(0, MOST_STAMPS)
    .map(({ x0, y0, x1, y1 }) => ({
      x0: Math.max(0, (x0 - MARGIN) * cell),
      y0: Math.max(0, (y0 - MARGIN) * cell),
      x1: Math.min(view.width, (x1 + MARGIN) * cell),
      y1: Math.min(view.height, (y1 + MARGIN) * cell),
    }));
}

interface Grid {
  readonly inked: Uint8Array;
  readonly columns: number;
  readonly rows: number;
}

function inkedCells({ pgm, width, height }: View, cell: number): Grid {
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const inked = new Uint8Array(columns * rows);
  const start = pgm.length - width * height;
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cell) * columns;
    for (let x = 0; x < width; x++)
      if ((pgm[start + y * width + x] ?? 255) < DARK) inked[row + Math.floor(x / cell)] = 1;
  }
  return { inked, columns, rows };
}

/** Boxes in cells of ink that lies close together. */
function groupsOf({ inked, columns, rows }: Grid): Box[] {
  const groups: Box[] = [];
  const left = inked.slice();
  for (let at = 0; at < left.length; at++) {
    if (left[at] === 0) continue;
    left[at] = 0;
    const open = [at];
    const box = { x0: columns, y0: rows, x1: 0, y1: 0 };
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [x, y] = [next % columns, Math.floor(next / columns)];
      box.x0 = Math.min(box.x0, x);
      box.y0 = Math.min(box.y0, y);
      box.x1 = Math.max(box.x1, x + 1);
      box.y1 = Math.max(box.y1, y + 1);
      for (let ny = Math.max(0, y - REACH); ny <= Math.min(rows - 1, y + REACH); ny++) {
        for (let nx = Math.max(0, x - REACH); nx <= Math.min(columns - 1, x + REACH); nx++) {
          const near = ny * columns + nx;
          if (left[near] === 0) continue;
          left[near] = 0;
          open.push(near);
        }
      }
    }
    groups.push(box);
  }
  return groups;
}

function isStamp({ x0, y0, x1, y1 }: Box): boolean {
  const [width, height] = [x1 - x0, y1 - y0];
  if (width < LEAST.width || height < LEAST.height) return false;
  if (width > MOST.width || height > MOST.height) return false;
  const [small, large] = [Math.min(width, height), Math.max(width, height)];
  return !(small >= SEAL.least && large <= SEAL.most && small / large >= SEAL.round);
}

const areaOf = ({ x0, y0, x1, y1 }: Box): number => (x1 - x0) * (y1 - y0);
