import type { PreparedPage } from "./page-ports.ts";
import type { Box, Line } from "./reading.ts";

/** How a prepared page lies over its source. */
export type Preparation = Pick<PreparedPage, "width" | "height" | "scale" | "skewDegrees">;

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Turns boxes in pixels of the prepared page back into pixels of the upright source page of `size`, cut at its edges.
 * Each line stays horizontal at the place of its middle, and its words take the line's top and bottom: text layers with
 * slanted words come out of PDF readers in the wrong order (23.9 % character errors against 1.26 %).
 */
export function linesToSource(lines: readonly Line[], page: Preparation, size: Size): Line[] {
  const back = mapping(page, size);
  return lines.map((line) => {
    const { top, bottom } = reach(line);
    const middle = (top + bottom) / 2;
    const centre = back((line.box.x0 + line.box.x1) / 2, middle);
    const half = (bottom - top) / 2 / page.scale;
    const level = (box: Box): Box => ({
      x0: clamp(back(box.x0, middle).x, size.width),
      y0: clamp(centre.y - half, size.height),
      x1: clamp(back(box.x1, middle).x, size.width),
      y1: clamp(centre.y + half, size.height),
    });
    return {
      ...line,
      box: level(line.box),
      words: line.words.map((word) => ({ ...word, box: level(word.box) })),
    };
  });
}

/** Of a line whose words do not agree, a word or two may reach this far beyond the others, in shares of their height. */
const STRAY = 0.35;

/**
 * Top and bottom of a line without what one noisy word adds (a speck, the rule of a table): lines that overlap come out of
 * PDF readers as one.
 */
function reach({ box, words }: Line): { readonly top: number; readonly bottom: number } {
  if (words.length === 0) return { top: box.y0, bottom: box.y1 };
  const top = median(words.map((word) => word.box.y0));
  const bottom = median(words.map((word) => word.box.y1));
  const stray = STRAY * (bottom - top);
  return { top: Math.max(box.y0, top - stray), bottom: Math.min(box.y1, bottom + stray) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Undoes "× scale, then turned by −skew about the centre"; y grows downwards, so a positive angle turns clockwise. */
function mapping(page: Preparation, size: Size): (x: number, y: number) => { x: number; y: number } {
  const angle = (page.skewDegrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    const [dx, dy] = [(x - page.width / 2) / page.scale, (y - page.height / 2) / page.scale];
    return { x: size.width / 2 + dx * cos - dy * sin, y: size.height / 2 + dx * sin + dy * cos };
  };
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(0, value));
}

/** A box in shares 0..1 of a page, after the page was turned clockwise. */
export function turnBox({ x0, y0, x1, y1 }: Box, degrees: 0 | 90 | 180 | 270): Box {
  if (degrees === 90) return { x0: 1 - y1, y0: x0, x1: 1 - y0, y1: x1 };
  if (degrees === 180) return { x0: 1 - x1, y0: 1 - y1, x1: 1 - x0, y1: 1 - y0 };
  return degrees === 270 ? { x0: y0, y0: 1 - x1, x1: y1, y1: 1 - x0 } : { x0, y0, x1, y1 };
}

/** A box in shares 0..1 of a page, wider by `share` of it on each side: codes are found on the straightened page. */
export function growBox({ x0, y0, x1, y1 }: Box, share: number): Box {
  const [low, high] = [(at: number) => Math.max(0, at - share), (at: number) => Math.min(1, at + share)];
  return { x0: low(x0), y0: low(y0), x1: high(x1), y1: high(y1) };
}

/** A line in other units. */
export function scaleLine(line: Line, across: number, down: number): Line {
  const { box, words } = line;
  const scaled = ({ x0, y0, x1, y1 }: Box): Box => ({
    x0: x0 * across,
    y0: y0 * down,
    x1: x1 * across,
    y1: y1 * down,
  });
  return { ...line, box: scaled(box), words: words.map((word) => ({ ...word, box: scaled(word.box) })) };
}
