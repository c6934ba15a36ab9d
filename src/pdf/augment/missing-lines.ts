import type { AugmentedPage } from "../../domain/pdf-port.ts";
import type { Box, Line, Word } from "../../domain/reading.ts";

/** Sides as shares 0..1 of the page as shown, from its top left. */
export type ShareBox = Box;

/** A recogniser's box is a little wider than the glyphs; neighbours in a tight text touch by less than this. */
const SAME_PLACE = 0.3;

/**
 * The words the page's own text does not have: their middle lies in a picture and no character of the page stands there.
 * A word that is already there would be found twice, and copied twice.
 */
export function missingLines(
  page: AugmentedPage,
  pictures: readonly ShareBox[],
  existing: readonly ShareBox[],
): readonly Line[] {
  const isMissing = (word: Word): boolean => {
    const box = shownShares(word.box, page);
    const middle = { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 };
    if (!pictures.some((picture) => holds(picture, middle))) return false;
    return !existing.some((other) => {
      const shared = common(box, other);
      return shared > 0 && shared >= SAME_PLACE * Math.min(area(box), area(other));
    });
  };
  return page.lines.flatMap((line) => {
    const words = line.words.filter(isMissing);
    if (words.length === line.words.length) return words.length === 0 ? [] : [line];
    const [x0, x1] = [
      Math.min(...words.map(({ box }) => box.x0)),
      Math.max(...words.map(({ box }) => box.x1)),
    ];
    return words.length === 0 ? [] : [{ words, box: { ...line.box, x0, x1 } }];
  });
}

/** Pixels of the read page to shares of the page as shown: undoes `turn`. */
function shownShares({ x0, y0, x1, y1 }: Box, { width, height, turn }: AugmentedPage): ShareBox {
  const [l, r, t, b] = [x0 / width, x1 / width, y0 / height, y1 / height];
  switch (turn) {
    case 0:
      return { x0: l, y0: t, x1: r, y1: b };
    case 90:
      return { x0: t, y0: 1 - r, x1: b, y1: 1 - l };
    case 180:
      return { x0: 1 - r, y0: 1 - b, x1: 1 - l, y1: 1 - t };
    case 270:
      return { x0: 1 - b, y0: l, x1: 1 - t, y1: r };
  }
}

function holds(box: Box, { x, y }: { readonly x: number; readonly y: number }): boolean {
  return x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1;
}

function common(a: Box, b: Box): number {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return width > 0 && height > 0 ? width * height : 0;
}

function area(box: Box): number {
  return (box.x1 - box.x0) * (box.y1 - box.y0);
}
