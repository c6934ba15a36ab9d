import type { Grey } from "./grey.ts";
import { marksOf, type Mark } from "./marks.ts";

/** Ink must be darker than the paper around it by this much; bleed-through and paper grain stay below (10-25). */
const MIN_CONTRAST = 32;
/** And its darkest pixel by this much: pencil is at 50 and more. */
const STRONG = 45;
/** Redness of red ink; of pale traces of it; of ink as it comes from the stamp. */
const RED = 30;
const PALE_RED = 10;
const STRONG_RED = 80;
/** Seals of Vietnamese authorities are 36 mm wide (TT 07/2010/TT-BCA), with a rim of smeared ink. */
const SEAL = 45;
/** mm². */
const SMALL_SEAL = 400;
/** Share of the page left out on each side: black borders, staples, torn edges. */
const BORDER = 0.02;
/** Smaller marks are specks, in mm²; a digit of 12 points has about 1.7. */
const SPECK = 0.7;
/** A word's marks have this area at least. */
const WORD = 2.3;
/** A single mark of any shape from this area on is a drawing or a stamp. */
const PICTURE = 20;
/** Paper is judged by squares of this many pixels, as a shift. */
const BLOCK_SHIFT = 4;
/** Share of the page's width and height. */
const CORNER = 0.055;
const CORNER_UP = 0.04;
/** Below this width letters are too small to be seen, so nothing is called blank. */
const MIN_WIDTH = 200;

/** A small view of a page, 75-150 dpi. */
export interface SmallView {
  /** Darkest of the three colours. */
  readonly dark: Grey;
  /** How much redder than the other colours; absent for pages without colour. */
  readonly redness?: Grey | undefined;
  readonly dpi: number;
}

/**
 * Whether a page shows no writing. It looks for marks shaped like letters and words, so that noise, punch holes, black
 * borders and faint bleed-through do not count as writing, and one short line does. Stops at the first word: 3 ms for a
 * page of text, 6 ms for an empty one.
 */
export function isBlank({ dark, redness, dpi }: SmallView): boolean {
  if (dark.width < MIN_WIDTH) return false;
  const mm = dpi / 25.4;
  const paper = paperOf(dark);
  const marks: Mark[] = [];
  let hull: Box = { left: dark.width, top: dark.height, right: 0, bottom: 0 };
  for (const mark of marksOf(inkMask(dark, paper), dark.width, dark.height)) {
    if (!looksWritten(mark, dark, mm) || !isStrong(mark, dark, paper)) continue;
    marks.push(mark);
    hull = around(hull, mark);
    const size = Math.max(hull.right - hull.left, hull.bottom - hull.top);
    if (isWriting(marks, mm) && (redness === undefined || size > SEAL * mm)) return false;
  }
  return !isWriting(marks, mm) || (redness !== undefined && isBledSeal(marks, hull, redness, mm));
}

/** One small mark alone may be dirt; a word is wider than high or comes with a second mark, a picture is large. */
function isWriting(marks: readonly Mark[], mm: number): boolean {
  const [only, second] = marks;
  if (only === undefined || second !== undefined) return second !== undefined;
  const long = only.right - only.left >= 2 * (only.bottom - only.top);
  return only.area >= (long ? WORD : PICTURE) * mm * mm;
}

type Box = Omit<Mark, "area">;

function around(one: Box, other: Box): Box {
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

/** Ink that came through the sheet is pale all over; grain makes it just dark enough here and there. */
function isStrong({ left, right, top, bottom }: Mark, { data, width }: Grey, paper: Paper): boolean {
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++)
      if ((data[y * width + x] ?? 255) < levelAt(paper, x, y) - STRONG) return true;
  return false;
}

/**
 * Whether marks no larger than a seal are one of the other side that came through: red, most of the ink pale, and what is
 * strong covers little. Of two real ones 8 and 25 % of the ink is strong and covers 1 and 6 %; of real seals 29-73 % and
 * 8-25 %.
 */
function isBledSeal(marks: readonly Mark[], hull: Box, { data, width, height }: Grey, mm: number): boolean {
  let [red, pale, strong] = [0, 0, 0];
  // The pale rest of the seal lies round its strongest marks.
  const reach = Math.round(SEAL * mm);
  for (let y = Math.max(0, hull.bottom - reach); y <= Math.min(height - 1, hull.top + reach); y++)
    for (let x = Math.max(0, hull.right - reach); x <= Math.min(width - 1, hull.left + reach); x++) {
      const value = data[y * width + x] ?? 0;
      if (value > PALE_RED) pale++;
      if (value > RED) red++;
      if (value > STRONG_RED) strong++;
    }
  const inked = marks.reduce((sum, { area }) => sum + area, 0);
  const area = (hull.right - hull.left + 1) * (hull.bottom - hull.top + 1);
  return red > inked * 0.4 && strong < pale * 0.35 && strong < Math.max(area, SMALL_SEAL * mm * mm) * 0.07;
}

function looksWritten(mark: Mark, image: Grey, mm: number): boolean {
  if (mark.area < SPECK * mm * mm || inCorner(mark, image)) return false;
  const [width, height] = [mark.right - mark.left + 1, mark.bottom - mark.top + 1];
  // A punch hole is a solid lump of 3 to 12 mm; writing that dense does not exist.
  const size = [Math.min(width, height) / mm, Math.max(width, height) / mm] as const;
  const lump = size[0] > 3.4 && size[1] < 12 && mark.area > 0.6 * width * height;
  // A fold or the edge of the sheet runs along most of the page and is thin.
  const edge =
    (height > image.height * 0.3 && width < 4 * mm) || (width > image.width * 0.6 && height < 1.4 * mm);
  return !lump && !edge;
}

/** The outermost 10 x 12 mm of a corner hold the scanner's own marks and staples, never a paper's text. */
function inCorner(mark: Mark, { width, height }: Grey): boolean {
  const sideways = Math.min((mark.left + mark.right) / 2, width - (mark.left + mark.right) / 2);
  const upright = Math.min((mark.top + mark.bottom) / 2, height - (mark.top + mark.bottom) / 2);
  return sideways < CORNER * width && upright < CORNER_UP * height;
}

/** 1 where a pixel is clearly darker than the paper around it. */
function inkMask(image: Grey, paper: Paper): Uint8Array {
  const { data, width, height } = image;
  const contrast = Math.max(MIN_CONTRAST, 5 * grain(image, paper));
  const [left, top] = [Math.ceil(width * BORDER), Math.ceil(height * BORDER)];
  const mask = new Uint8Array(width * height);
  for (let y = top; y < height - top; y++)
    for (let x = left, at = y * width + left; x < width - left; x++, at++)
      if ((data[at] ?? 255) < levelAt(paper, x, y) - contrast) mask[at] = 1;
  return mask;
}

interface Paper {
  readonly levels: Int32Array;
  readonly across: number;
}

function levelAt({ levels, across }: Paper, x: number, y: number): number {
  return levels[(y >> BLOCK_SHIFT) * across + (x >> BLOCK_SHIFT)] ?? 255;
}

/** Brightest tenth of each block: the paper between the strokes, also on a shaded photo. */
function paperOf({ data, width, height }: Grey): Paper {
  const across = ((width - 1) >> BLOCK_SHIFT) + 1;
  const down = ((height - 1) >> BLOCK_SHIFT) + 1;
  const side = 1 << BLOCK_SHIFT;
  const levels = new Int32Array(across * down);
  const histogram = new Uint16Array(256);
  for (let row = 0; row < down; row++)
    for (let column = 0; column < across; column++) {
      histogram.fill(0);
      let count = 0;
      const right = Math.min(width, (column + 1) * side);
      for (let y = row * side; y < Math.min(height, (row + 1) * side); y++)
        for (let x = column * side; x < right; x++, count++) {
          const value = data[y * width + x] ?? 0;
          histogram[value] = (histogram[value] ?? 0) + 1;
        }
      let level = 255;
      for (let above = histogram[255] ?? 0; above < count / 10 && level > 0;)
        above += histogram[--level] ?? 0;
      levels[row * across + column] = level;
    }
  // A block inside a punch hole or a black border shows no paper.
  const usual = levels.toSorted()[levels.length >> 1] ?? 255;
  for (let i = 0; i < levels.length; i++) if ((levels[i] ?? 0) < usual / 2) levels[i] = usual;
  return { levels, across };
}

/** Standard deviation of the paper by the median distance from its level (robust against what is printed on it). */
function grain({ data, width, height }: Grey, paper: Paper): number {
  const histogram = new Uint32Array(256);
  let count = 0;
  for (let y = 0; y < height; y += 2)
    for (let x = 0; x < width; x += 2, count++) {
      const below = Math.max(0, levelAt(paper, x, y) - (data[y * width + x] ?? 255));
      histogram[below] = (histogram[below] ?? 0) + 1;
    }
  let median = 0;
  for (let seen = histogram[0] ?? 0; seen < count / 2 && median < 255;) seen += histogram[++median] ?? 0;
  // The brightest tenth lies 1.28 deviations above the middle.
  return median / 1.28;
}
