import type { Box } from "../../domain/reading.ts";
import { within } from "./boxes.ts";
import type { Samples } from "./samples.ts";

/** A page reduced to square cells. */
export interface InkGrid {
  readonly columns: number;
  readonly rows: number;
  /** Side of a cell in pixels. */
  readonly cell: number;
  /** Ink in every second pixel row of each cell, in pixels; without rules and bars. */
  readonly ink: Uint16Array;
  /** How often the same rows go from light to dark inside each cell. */
  readonly strokes: Uint16Array;
}

/** A cell with less ink than this share holds specks. */
const SPECK = 0.08;

/**
 * Counts ink and strokes cell by cell; 4 ms for an A4 page at 200 dpi.
 * @param longest pixels in a row that are all dark and more than this are a rule, a bar or a dark part of a picture
 */
export function inkGridOf(
  { data, width, height, ink: limit }: Samples,
  cell: number,
  longest: number,
): InkGrid {
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const grid = {
    columns,
    rows,
    cell,
    ink: new Uint16Array(columns * rows),
    strokes: new Uint16Array(columns * rows),
  };
  const columnOf = Uint16Array.from({ length: width }, (_, x) => Math.floor(x / cell));
  for (let y = 0; y < height; y += 2) {
    const from = y * width;
    const cells = Math.floor(y / cell) * columns;
    for (let x = 0; x < width; x++) {
      if ((data[from + x] ?? 255) >= limit) continue;
      const start = x;
      while (x < width && (data[from + x] ?? 255) < limit) x++;
      if (x - start <= longest) count(grid, cells, columnOf, start, x);
    }
  }
  const least = Math.max(1, ((cell * cell) / 2) * SPECK);
  for (let at = 0; at < columns * rows; at++) if ((grid.ink[at] ?? 0) < least) grid.ink[at] = 0;
  return grid;
}

/** Counts one stroke through a pixel row. */
function count(
  { ink, strokes }: InkGrid,
  cells: number,
  columnOf: Uint16Array,
  start: number,
  end: number,
): void {
  const first = cells + (columnOf[start] ?? 0);
  strokes[first] = (strokes[first] ?? 0) + 1;
  for (let x = start; x < end; x++) {
    const into = cells + (columnOf[x] ?? 0);
    ink[into] = (ink[into] ?? 0) + 1;
  }
}

/** Takes the ink inside a box of the page away. */
export function wipe({ ink, columns, rows, cell }: InkGrid, { x0, y0, x1, y1 }: Box): void {
  const box = within({ x0: x0 / cell, y0: y0 / cell, x1: x1 / cell, y1: y1 / cell }, columns, rows);
  if (box.x0 >= box.x1) return;
  for (let y = box.y0; y < box.y1; y++) ink.fill(0, y * columns + box.x0, y * columns + box.x1);
}

/** Takes upright runs of cells with ink away that are higher than `tallest` cells: rules, frames, pictures, rims. */
export function wipeUprights({ ink, columns, rows }: InkGrid, tallest: number): void {
  for (let x = 0; x < columns; x++) {
    for (let y = 0; y < rows; y++) {
      const start = y;
      while (y < rows && (ink[y * columns + x] ?? 0) > 0) y++;
      if (y - start > tallest) for (let at = start; at < y; at++) ink[at * columns + x] = 0;
    }
  }
}
