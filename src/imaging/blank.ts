import type { Grey } from "./skew.ts";

/** Ink must be darker than the paper around it by this much; bleed-through and paper grain stay below (10-25). */
const MIN_CONTRAST = 32;
/** Share of the page left out on each side: black borders, staples, torn edges. */
const BORDER = 0.02;
/** Area in pixels of a 620-pixel thumbnail below which a mark is a speck; a digit of 12 points has about 15. */
const SPECK = 6;
const BLOCK = 16;
const CORNER = 0.055;
const CORNER_UP = 0.04;
/** Below this width letters are too small to be seen, so nothing is called blank. */
const MIN_WIDTH = 200;

/**
 * Whether a thumbnail (about 620 pixels wide, darkest of the three colours) shows no writing. It looks for marks shaped
 * like letters and words, so that noise, punch holes, black borders and faint bleed-through do not count as writing, and
 * one short line does.
 */
export function isBlank(image: Grey): boolean {
  if (image.width < MIN_WIDTH) return false;
  const ink = inkMask(image);
  const marks = marksOf(ink, image.width, image.height).filter((mark) => looksWritten(mark, image));
  // One small mark alone may be dirt; a word is wider than high or comes with a second mark.
  const words = marks.filter(
    (mark) => mark.right - mark.left >= 2 * (mark.bottom - mark.top) && mark.area >= 20,
  );
  return marks.length < 2 && words.length === 0;
}

interface Mark {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly area: number;
}

function looksWritten(mark: Mark, image: Grey): boolean {
  if (mark.area < SPECK || inCorner(mark, image)) return false;
  const [width, height] = [mark.right - mark.left + 1, mark.bottom - mark.top + 1];
  // A hole or a torn corner is a solid lump of more than 3 mm; writing that dense does not exist.
  const lump = width > 10 && height > 10 && mark.area > 0.6 * width * height;
  // A fold or the edge of the sheet runs along most of the page and is thin.
  const edge = (height > image.height * 0.3 && width < 12) || (width > image.width * 0.6 && height < 4);
  return !lump && !edge;
}

/** The outermost 10 x 12 mm of a corner hold the scanner's own marks and staples, never a paper's text. */
function inCorner(mark: Mark, { width, height }: Grey): boolean {
  const sideways = Math.min((mark.left + mark.right) / 2, width - (mark.left + mark.right) / 2);
  const upright = Math.min((mark.top + mark.bottom) / 2, height - (mark.top + mark.bottom) / 2);
  return sideways < CORNER * width && upright < CORNER_UP * height;
}

/** 1 where a pixel is clearly darker than the paper around it. */
function inkMask(image: Grey): Uint8Array {
  const { data, width, height } = image;
  const across = Math.ceil(width / BLOCK);
  const paper = paperLevels(image, across);
  const contrast = Math.max(MIN_CONTRAST, 5 * grain(image, paper, across));
  const [left, top] = [Math.ceil(width * BORDER), Math.ceil(height * BORDER)];
  const mask = new Uint8Array(width * height);
  for (let y = top; y < height - top; y++)
    for (let x = left; x < width - left; x++) {
      const level = paper[Math.floor(y / BLOCK) * across + Math.floor(x / BLOCK)] ?? 255;
      if ((data[y * width + x] ?? 255) < level - contrast) mask[y * width + x] = 1;
    }
  return mask;
}

/** Brightest tenth of each block: the paper between the strokes, also on a shaded photo. */
function paperLevels({ data, width, height }: Grey, across: number): Uint8Array {
  const down = Math.ceil(height / BLOCK);
  const levels = new Uint8Array(across * down);
  for (let row = 0; row < down; row++)
    for (let column = 0; column < across; column++) {
      const histogram = new Uint16Array(256);
      let count = 0;
      for (let y = row * BLOCK; y < Math.min(height, (row + 1) * BLOCK); y++)
        for (let x = column * BLOCK; x < Math.min(width, (column + 1) * BLOCK); x++, count++) {
          const value = data[y * width + x] ?? 0;
          histogram[value] = (histogram[value] ?? 0) + 1;
        }
      let level = 255;
      for (let above = histogram[255] ?? 0; above < count / 10 && level > 0;)
        above += histogram[--level] ?? 0;
      levels[row * across + column] = level;
    }
  return levels;
}

/** Standard deviation of the paper by the median distance from its level (robust against what is printed on it). */
function grain({ data, width, height }: Grey, paper: Uint8Array, across: number): number {
  const histogram = new Uint32Array(256);
  let count = 0;
  for (let y = 0; y < height; y += 2)
    for (let x = 0; x < width; x += 2, count++) {
      const level = paper[Math.floor(y / BLOCK) * across + Math.floor(x / BLOCK)] ?? 255;
      const below = Math.max(0, level - (data[y * width + x] ?? 255));
      histogram[below] = (histogram[below] ?? 0) + 1;
    }
  let median = 0;
  for (let seen = histogram[0] ?? 0; seen < count / 2 && median < 255;) seen += histogram[++median] ?? 0;
  // The brightest tenth lies 1.28 deviations above the middle.
  return median / 1.28;
}

/** Connected marks (8 neighbours) by flood fill with an explicit stack. Clears the mask. */
function marksOf(mask: Uint8Array, width: number, height: number): Mark[] {
  const marks: Mark[] = [];
  const stack: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== 1) continue;
    const mark = { left: width, top: height, right: 0, bottom: 0, area: 0 };
    mask[start] = 0;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      mark.area += 1;
      mark.left = Math.min(mark.left, x);
      mark.right = Math.max(mark.right, x);
      mark.top = Math.min(mark.top, y);
      mark.bottom = Math.max(mark.bottom, y);
      for (const step of [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1]) {
        if (mask[at + step] !== 1) continue;
        mask[at + step] = 0;
        stack.push(at + step);
      }
    }
    marks.push(mark);
  }
  return marks;
}
