import type { Line } from "../../domain/reading.ts";
import { acrossCommon, besides, heightOf, widthOf } from "./boxes.ts";

/** Words further apart than this many line heights belong to other columns. */
const WIDEST_GAP = 4;
/** Share of the narrower line that must lie under the other for both to be in one column. */
const SAME_COLUMN = 0.3;

/**
 * Puts lines found later at their places in the reading order: beside their neighbours on the line, under the line above
 * them in their column, or before the first line that stands lower.
 */
export function insertLines(lines: readonly Line[], found: readonly Line[]): Line[] {
  const order = found.toSorted((a, b) => a.box.y0 - b.box.y0 || a.box.x0 - b.box.x0);
  return order.reduce<Line[]>((all, line) => all.toSpliced(placeOf(line, all), 0, line), [...lines]);
}

/** Index the line gets. */
function placeOf(line: Line, all: readonly Line[]): number {
  const left = nearest(all, (other) =>
    besides(other.box, line.box) > 0.5 ? line.box.x0 - other.box.x1 : NaN,
  );
  const limit = heightOf(line.box) * WIDEST_GAP;
  if (left !== undefined && left.distance <= limit) return left.index + 1;
  const right = nearest(all, (other) =>
    besides(other.box, line.box) > 0.5 ? other.box.x0 - line.box.x1 : NaN,
  );
  if (right !== undefined && right.distance <= limit) return right.index;
  const above = nearest(all, (other) => (inColumn(other, line) ? line.box.y0 - other.box.y0 : NaN));
  if (above !== undefined) return above.index + 1;
  const lower = all.findIndex((other) => other.box.y0 > line.box.y0);
  return lower < 0 ? all.length : lower;
}

function inColumn(a: Line, b: Line): boolean {
  return acrossCommon(a.box, b.box) > SAME_COLUMN * Math.min(widthOf(a.box), widthOf(b.box));
}

/** Of the lines on the right side (distance about zero or more) the nearest; the last of equals. */
function nearest(
  all: readonly Line[],
  distanceOf: (line: Line) => number,
): { readonly index: number; readonly distance: number } | undefined {
  let best: { index: number; distance: number } | undefined;
  for (const [index, line] of all.entries()) {
    const distance = distanceOf(line);
    if (distance < -heightOf(line.box) / 2 || Number.isNaN(distance)) continue;
    if (best === undefined || distance <= best.distance) best = { index, distance };
  }
  return best;
}
