import type { PreparedPage } from "../../domain/page-ports.ts";
import type { Box, Line, Word } from "../../domain/reading.ts";
import { acrossCommon, around, downCommon, grown, heightOf, widthOf, within, wordsOf } from "./boxes.ts";

/** Most places of a page that are looked at again, and most of its area. */
const MOST_REGIONS = 5;
const MOST_AREA = 0.06;
/** In line heights: how near weak words are to be one place, and how much around them is looked at. */
const NEAR_ACROSS = 2;
const NEAR_DOWN = 0.6;
const MARGIN = 0.25;
/** A place less wide than this many line heights holds a page number or a rule. */
const NARROWEST = 2.5;
/** Of the line's height; signatures and seals are higher than three lines, rules lower than half of one. */
const HIGHEST = 4;
const LOWEST = 0.5;

/** Places where weak words stand together, the widest first, within the budget. */
export function weakRegions(
  page: PreparedPage,
  lines: readonly Line[],
  isWeak: (word: Word) => boolean,
): Box[] {
  const weak = wordsOf(lines).filter(isWeak);
  if (weak.length === 0) return [];
  const height = usualHeight(wordsOf(lines));
  const boxes = clusters(
    weak.map(({ box }) => box),
    (a, b) => isNear(a, b, height),
  )
    .filter((box) => mayBeText(box, height))
    .map((box) => within(grown(box, height * MARGIN, height * MARGIN), page.width, page.height))
    .toSorted((a, b) => widthOf(b) - widthOf(a));
  let budget = page.width * page.height * MOST_AREA;
  return boxes.slice(0, MOST_REGIONS).filter((box) => {
    budget -= widthOf(box) * heightOf(box);
    return budget >= 0;
  });
}

function mayBeText(box: Box, height: number): boolean {
  const high = heightOf(box) / height;
  return high >= LOWEST && high <= HIGHEST && widthOf(box) >= height * NARROWEST;
}

/** Median, in pixels; at least 8. */
export function usualHeight(words: readonly Word[]): number {
  const heights = words.map(({ box }) => heightOf(box)).toSorted((a, b) => a - b);
  return Math.max(8, heights[Math.floor(heights.length / 2)] ?? 0);
}

/** Boxes put together as long as two of them are near each other. */
export function clusters(boxes: readonly Box[], areNear: (a: Box, b: Box) => boolean): Box[] {
  const groups: Box[] = [];
  for (const box of boxes) {
    let whole = box;
    for (let at = groups.findIndex((other) => areNear(other, whole)); at >= 0;) {
      const [other] = groups.splice(at, 1);
      whole = around([whole, ...(other === undefined ? [] : [other])]);
      at = groups.findIndex((next) => areNear(next, whole));
    }
    groups.push(whole);
  }
  return groups;
}

function isNear(a: Box, b: Box, height: number): boolean {
  return acrossCommon(a, b) > -height * NEAR_ACROSS && downCommon(a, b) > -height * NEAR_DOWN;
}
