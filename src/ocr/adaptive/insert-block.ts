import type { Box, Line } from "../../domain/reading.ts";
import { acrossCommon, around, besides, downCommon, heightOf, widthOf } from "./boxes.ts";

/** Share of the narrower box that must lie under the other for both to be in one column. */
const SAME_COLUMN = 0.3;
/** Lines of one block stand no further apart, in line heights. */
const NEXT_LINE = 2;

/**
 * Puts lines that belong together, from top to bottom, at their place in the reading order: after the block on their left
 * (which is read to its end) and under the line above them; where there is neither, before the block on their right or the
 * first line that stands lower.
 */
export function insertBlock(lines: readonly Line[], block: readonly Line[]): Line[] {
  if (block.length === 0) return [...lines];
  const ordered = block.toSorted((a, b) =>
    besides(a.box, b.box) > 0.5 ? a.box.x0 - b.box.x0 : a.box.y0 - b.box.y0,
  );
  return lines.toSpliced(placeOf(around(block.map(({ box }) => box)), lines), 0, ...ordered);
}

/** Index the block gets. */
function placeOf(block: Box, lines: readonly Line[]): number {
  const under = lines.findLastIndex(
    ({ box }, index) => index === nearestAbove(block, lines) && isColumn(box, block),
  );
  const left = lines.findLastIndex(({ box }) => isBeside(box, block) && box.x1 <= middle(block));
  const after = Math.max(under, left < 0 ? left : endOfBlock(left, block, lines));
  if (after >= 0) return after + 1;
  const right = lines.findIndex(({ box }) => isBeside(box, block) && box.x0 >= middle(block));
  const lower = lines.findIndex(({ box }) => box.y0 > block.y0);
  const before = right >= 0 ? right : lower;
  return before < 0 ? lines.length : before;
}

/** The lowest of the lines above the block in its column, the last of equals; −1: none. */
function nearestAbove(block: Box, lines: readonly Line[]): number {
  let best = -1;
  for (const [index, { box }] of lines.entries()) {
    const isAbove = isColumn(box, block) && box.y0 + box.y1 < block.y0 * 2;
    if (isAbove && box.y0 >= (lines[best]?.box.y0 ?? -Infinity)) best = index;
  }
  return best;
}

/** Follows the lines of a column that are read one after the other. */
function endOfBlock(from: number, block: Box, lines: readonly Line[]): number {
  let end = from;
  for (let next = from + 1; next < lines.length; next++) {
    const [last, box] = [lines[end]?.box, lines[next]?.box];
    if (last === undefined || box === undefined || !isColumn(last, box) || isColumn(box, block)) break;
    const gap = box.y0 - last.y1;
    if (gap > heightOf(last) * NEXT_LINE || gap < -heightOf(last)) break;
    end = next;
  }
  return end;
}

const middle = ({ x0, x1 }: Box): number => (x0 + x1) / 2;

const isBeside = (a: Box, b: Box): boolean => downCommon(a, b) > heightOf(a) / 2;

function isColumn(a: Box, b: Box): boolean {
  return acrossCommon(a, b) > SAME_COLUMN * Math.min(widthOf(a), widthOf(b));
}
