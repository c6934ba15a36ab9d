import type { PlacedImage } from "../domain/page-ports.ts";
import { greyOf, shrunk, type Pixels } from "./clean/pixels.ts";
import { decoding, withSource, type Source } from "./decode.ts";
import type { Grey } from "./skew.ts";
import { workingView } from "./working-view.ts";

/** Two A4 or A5 pages side by side are 1.41 times as wide as high; books and cropped scans vary. */
const ASPECT = [1.2, 1.8] as const;
const WORK_WIDTH = 900;
/** The fold lies in the middle, this share of the width to either side. */
const OFF_CENTRE = 0.08;
/** A pixel darker than this share of the paper round it is ink. */
const INK = 0.72;
const BLOCK = 24;
/** A gutter is two margins: at least this share of the width, and not much less than the outer margins together. */
const MIN_GUTTER = 0.045;
const OF_OUTER_MARGINS = 0.6;
/** The shadow of a fold: its middle, its rim, and the share of the rows in which it shows. */
const SHADOW = 0.8;
const SHADOW_RIM = 0.9;
const SHADOW_ROWS = 0.9;
/** Wider than a ruled line, narrower than a printed field. */
const SHADOW_WIDTH = [0.006, 0.12] as const;
const MIN_LINES = 5;
/** Share of its half that a block of text is wide. */
const MIN_BLOCK = 0.45;

/** `foldOf` a page that is still to be decoded. Throws `unreadable`, `truncated`, `too_large`. */
export async function foldOfPage(page: PlacedImage, maxPixels: number): Promise<number | undefined> {
  const work = (source?: Source) =>
    decoding(source ?? "raw", async () => foldOf((await workingView(page, source, maxPixels)).pixels));
  return page.image.kind === "raw" ? work() : withSource(page.image, work);
}

/**
 * Where the fold of a double-page spread lies, as a share of the upright page's width; undefined unless the page is
 * landscape and holds two blocks of text with a shadow or an empty gutter between them that nothing crosses. About 100
 * dpi will do; 20 ms on a 200-dpi A3.
 */
export function foldOf(page: Pixels): number | undefined {
  const aspect = page.width / page.height;
  if (aspect < ASPECT[0] || aspect > ASPECT[1]) return undefined;
  const image = shrunk(greyOf(page), Math.max(1, Math.round(page.width / WORK_WIDTH)));
  const columns = inkOf(image);
  const shadow = shadowOf(image);
  const fold = shadow ?? gutterOf(columns, image);
  if (fold === undefined) return undefined;
  const gap = Math.round(image.width * 0.02);
  const halves = [
    [0, fold - gap],
    [fold + gap, image.width],
  ] as const;
  return halves.every((half) => isText(columns, image, half)) ? fold / image.width : undefined;
}

interface Ink {
  readonly mask: Uint8Array;
  /** Inked pixels of each column. */
  readonly columns: Uint32Array;
}

/** Ink by its contrast with the brightest pixels round it, so that a shadow is none; the outermost 3 % are left out. */
function inkOf({ data, width, height }: Grey): Ink {
  const across = Math.ceil(width / BLOCK);
  const down = Math.ceil(height / BLOCK);
  const paper = new Uint8Array(across * down);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const block = Math.floor(y / BLOCK) * across + Math.floor(x / BLOCK);
      paper[block] = Math.max(paper[block] ?? 0, data[y * width + x] ?? 0);
    }
  const mask = new Uint8Array(width * height);
  const columns = new Uint32Array(width);
  const [left, top] = [Math.ceil(width * 0.03), Math.ceil(height * 0.03)];
  for (let y = top; y < height - top; y++)
    for (let x = left; x < width - left; x++) {
      const level = paper[Math.floor(y / BLOCK) * across + Math.floor(x / BLOCK)] ?? 255;
      if ((data[y * width + x] ?? 255) >= level * INK) continue;
      mask[y * width + x] = 1;
      columns[x] = (columns[x] ?? 0) + 1;
    }
  return { mask, columns };
}

/** Column of the darkest line of a shadow that runs down the middle of the page. */
function shadowOf({ data, width, height }: Grey): number | undefined {
  const rows = Array.from({ length: Math.floor(height * 0.9) }, (_, i) => i + Math.floor(height * 0.05));
  const profile = Array.from({ length: width }, (_, x) => median(rows.map((y) => data[y * width + x] ?? 0)));
  const paper = median(profile);
  const [from, to] = middle(width);
  const darkest = from + profile.slice(from, to).indexOf(Math.min(...profile.slice(from, to)));
  if ((profile[darkest] ?? 0) > paper * SHADOW) return undefined;
  const share = dipWidth(profile, darkest, paper * SHADOW_RIM) / width;
  if (share < SHADOW_WIDTH[0] || share > SHADOW_WIDTH[1]) return undefined;
  const dark = rows.filter((y) => (data[y * width + darkest] ?? 0) < paper * SHADOW_RIM).length;
  return dark >= rows.length * SHADOW_ROWS ? darkest + 0.5 : undefined;
}

function dipWidth(profile: readonly number[], at: number, rim: number): number {
  let [left, right] = [at, at];
  while (left >= 0 && (profile[left] ?? 0) < rim) left -= 1;
  while (right < profile.length && (profile[right] ?? 0) < rim) right += 1;
  return right - left - 1;
}

/** Where the widest band of columns without ink about the middle of the page is to be cut. */
function gutterOf({ columns }: Ink, { width }: Grey): number | undefined {
  // One dark pixel in a column may be dirt; a ruled line is that in many columns side by side, and in a row of tables more.
  const [from, to] = middle(width);
  let best: readonly [number, number] = [0, 0];
  let start = -1;
  for (let x = 0; x <= width; x++) {
    const empty = x < width && columns[x] === 0;
    if (empty && start < 0) start = x;
    if (empty || start < 0) continue;
    const centre = (start + x) / 2;
    if (centre >= from && centre <= to && x - start > best[1] - best[0]) best = [start, x];
    start = -1;
  }
  const inked = columns.findIndex((count) => count > 0);
  const last = columns.findLastIndex((count) => count > 0);
  const margins = inked + (width - 1 - last);
  const gutter = best[1] - best[0];
  if (gutter < width * MIN_GUTTER || gutter < margins * OF_OUTER_MARGINS) return undefined;
  // Margins are seldom alike: the middle of the picture is the better guess while it is clear of the text.
  const clear = gutter / 4;
  return Math.min(best[1] - clear, Math.max(best[0] + clear, width / 2));
}

function middle(width: number): [from: number, to: number] {
  return [Math.floor(width * (0.5 - OFF_CENTRE)), Math.ceil(width * (0.5 + OFF_CENTRE))];
}

/** Whether a half holds several lines of text that fill much of its width. */
function isText(
  { mask, columns }: Ink,
  { width, height }: Grey,
  [from, to]: readonly [number, number],
): boolean {
  const [left, right] = [Math.ceil(from), Math.floor(to)];
  const inked = columns.subarray(left, right);
  const first = inked.findIndex((count) => count > 1);
  const last = inked.findLastIndex((count) => count > 1);
  if (first < 0 || last - first < (right - left) * MIN_BLOCK) return false;
  let [lines, before] = [0, false];
  for (let y = 0; y < height; y++) {
    let ink = 0;
    for (let x = left; x < right; x++) ink += mask[y * width + x] ?? 0;
    const dark = ink > (right - left) * 0.03;
    if (dark && !before) lines += 1;
    before = dark;
  }
  return lines >= MIN_LINES;
}

function median(values: number[]): number {
  return Uint8Array.from(values).toSorted()[values.length >> 1] ?? 0;
}
