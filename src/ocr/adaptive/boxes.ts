import type { Box, Line, Word } from "../../domain/reading.ts";

export const heightOf = ({ y0, y1 }: Box): number => y1 - y0;
export const widthOf = ({ x0, x1 }: Box): number => x1 - x0;

/** Length two spans have in common; negative: the gap between them. */
const common = (a0: number, a1: number, b0: number, b1: number): number =>
  Math.min(a1, b1) - Math.max(a0, b0);

export const acrossCommon = (a: Box, b: Box): number => common(a.x0, a.x1, b.x0, b.x1);
export const downCommon = (a: Box, b: Box): number => common(a.y0, a.y1, b.y0, b.y1);

/** Share of the smaller box that both cover, 0..1. */
export function overlap(a: Box, b: Box): number {
  const [across, down] = [acrossCommon(a, b), downCommon(a, b)];
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / Math.max(1, Math.min(widthOf(a) * heightOf(a), widthOf(b) * heightOf(b)));
}

/** Share of the lower of two boxes that stands beside the other, 0..1: above a half they are on one line. */
export function besides(a: Box, b: Box): number {
  return Math.max(0, downCommon(a, b)) / Math.max(1, Math.min(heightOf(a), heightOf(b)));
}

/** The smallest box around all; `boxes` has at least one. */
export function around(boxes: readonly Box[]): Box {
  return {
    x0: Math.min(...boxes.map(({ x0 }) => x0)),
    y0: Math.min(...boxes.map(({ y0 }) => y0)),
    x1: Math.max(...boxes.map(({ x1 }) => x1)),
    y1: Math.max(...boxes.map(({ y1 }) => y1)),
  };
}

export function grown({ x0, y0, x1, y1 }: Box, across: number, down: number): Box {
  return { x0: x0 - across, y0: y0 - down, x1: x1 + across, y1: y1 + down };
}

/** Whole pixels inside a picture. */
export function within({ x0, y0, x1, y1 }: Box, width: number, height: number): Box {
  return {
    x0: Math.max(0, Math.floor(x0)),
    y0: Math.max(0, Math.floor(y0)),
    x1: Math.min(width, Math.ceil(x1)),
    y1: Math.min(height, Math.ceil(y1)),
  };
}

export const wordsOf = (lines: readonly Line[]): Word[] => lines.flatMap(({ words }) => words);

/** A line of some of another's words; `words` has at least one. */
export function lineOf(words: readonly Word[], look: string | undefined): Line {
  return { words, box: around(words.map(({ box }) => box)), ...(look !== undefined && { look }) };
}

/** Moves a line and its words. */
export function moved({ words, box, ...rest }: Line, x: number, y: number): Line {
  const shift = (from: Box): Box => ({ x0: from.x0 + x, y0: from.y0 + y, x1: from.x1 + x, y1: from.y1 + y });
  return { ...rest, box: shift(box), words: words.map((word) => ({ ...word, box: shift(word.box) })) };
}
