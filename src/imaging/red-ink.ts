import type { Grey, Rgb } from "./grey.ts";
import { emptyPgm, type PgmPlane } from "./planes.ts";

/** Yellowed paper is up to this much redder than green and blue. */
const PAPER_REDNESS = 40;
const STRENGTH = 3;
const DARK = 128;
/** Less than this of a page is dust and colour noise: a word of three letters at 14 pt covers twice as much of an A4. */
const LEAST_SHARE = 1e-4;
/** A stroke two pixels wide is this much paler in a view of half the size. */
const THIN = 0.5;

/**
 * Only the red ink of a page, dark on white. Stamps with a state-secret mark are red, and the red channel that
 * recognition works on does not show them. `redness` is a smaller view of the page: where it shows nothing red, the page
 * itself is not looked at (15 ms).
 * @returns undefined when the page has no red ink to speak of
 */
export function redInkOf(page: Rgb, redness: Grey): PgmPlane | undefined {
  const rows = redRows(redness);
  if (rows === undefined) return undefined;
  const ink = emptyPgm(page.width, page.height);
  ink.data.fill(255);
  const factor = page.height / redness.height;
  const from = Math.max(0, Math.floor((rows.first - 1) * factor)) * page.width;
  const to = Math.min(page.height, Math.ceil((rows.last + 2) * factor)) * page.width;
  const dark = inkBetween(page.data, ink.data, from, to);
  return dark < ink.data.length * LEAST_SHARE ? undefined : ink;
}

function inkBetween(rgb: Buffer, out: Buffer, from: number, to: number): number {
  let dark = 0;
  for (let i = from, at = from * 3; i < to; i++, at += 3) {
    const redness = (rgb[at] ?? 0) - ((rgb[at + 1] ?? 0) + (rgb[at + 2] ?? 0)) / 2;
    const value = 255 - Math.min(255, Math.max(0, (redness - PAPER_REDNESS) * STRENGTH));
    out[i] = value;
    if (value < DARK) dark++;
  }
  return dark;
}

/** The first and last row that may show red; undefined when too few pixels do. */
function redRows({ data, width, height }: Grey): { first: number; last: number } | undefined {
  let [first, last, count] = [-1, -1, 0];
  for (let y = 0; y < height; y++) {
    let red = 0;
    for (let at = y * width; at < (y + 1) * width; at++) if ((data[at] ?? 0) > PAPER_REDNESS) red++;
    if (red === 0) continue;
    if (first < 0) first = y;
    last = y;
    count += red;
  }
  return count < data.length * LEAST_SHARE * THIN ? undefined : { first, last };
}
