import { componentsOf, type Component, type Components } from "./components.ts";
import { channelsOf, type Pixels } from "./pixels.ts";

/** A shrunk view of a 1-bit page has greys; a speck of one pixel at 300 dpi has 143 at 200. */
const INK_BELOW = 192;
/** A dot of text is at least as wide as the strokes; a speck must be narrower. */
const OF_STROKE = 0.8;
/** Distance to any other ink in sizes of the largest speck (0.25 mm): dots lie within 0.6 mm of their letter. */
const CLEAR = 3.2;
/** Dots of a leader follow each other on a line: up to 2.5 mm (one neighbour) or 5 mm (two). */
const NEAR_IN_ROW = 10;
const FAR_IN_ROW = 20;
/** So many small marks clear of letters, and most of them not alone, are a tone. */
const TONE = 1000;
const ALONE_IN_TONE = 0.25;
/** How far from level such a row may run. */
const ROW_HEIGHT = 0.6;

/**
 * The specks of a 1-bit page: marks in a square of `largest` pixels and narrower than the page's strokes, far from every
 * other mark and in no row of dots. What could be the dot of an i, a tone mark, a stop or a dotted line stays. A4 at
 * 300 dpi: 60 ms, at 200 dpi 25 ms.
 */
export function specksOf(page: Pixels, largest: number): readonly Component[] {
  const { width, height } = page;
  const ink = inkOf(page);
  const limit = Math.min(Math.max(1, Math.round(largest)), OF_STROKE * strokeWidth(ink));
  const found = componentsOf(ink, width, height);
  const isSmall = (part: Component): boolean => part.x1 - part.x0 <= limit && part.y1 - part.y0 <= limit;
  const small = found.list.filter(isSmall);
  if (small.length === 0) return [];
  const reach = Math.max(2, CLEAR * largest);
  const letters = gridOf(found, (part) => !isSmall(part), page, reach);
  const dots = rowsOf(small, largest);
  const clear = small.filter((part) => !letters(part));
  const alone = clear.filter((part) => !dots(part));
  // Where dots lie thick, they are a printed tone or a watermark.
  return clear.length > TONE && alone.length < clear.length * ALONE_IN_TONE ? [] : alone;
}

/** Paints specks and the grey round them white in the page's own samples. */
export function paintSpecks(page: Pixels, specks: readonly Component[]): void {
  const channels = channelsOf(page);
  for (const { x0, y0, x1, y1 } of specks)
    for (let y = Math.max(0, y0 - 1); y < Math.min(page.height, y1 + 1); y++) {
      const [from, to] = [Math.max(0, x0 - 1), Math.min(page.width, x1 + 1)];
      page.data.fill(255, (y * page.width + from) * channels, (y * page.width + to) * channels);
    }
}

function inkOf(page: Pixels): Uint8Array {
  const channels = channelsOf(page);
  const mask = new Uint8Array(page.width * page.height);
  for (let i = 0, at = 0; i < mask.length; i++, at += channels)
    mask[i] = (page.data[at] ?? 255) < INK_BELOW ? 1 : 0;
  return mask;
}

/** Half of all runs of ink along the rows are shorter: about the width of an upright stroke. */
function strokeWidth(mask: Uint8Array): number {
  const counts = new Uint32Array(64);
  let [run, runs] = [0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 1) run += 1;
    else if (run > 0) {
      const bin = Math.min(63, run);
      counts[bin] = (counts[bin] ?? 0) + 1;
      runs += 1;
      run = 0;
    }
  }
  let width = 0;
  for (let seen = 0; seen < runs / 2 && width < 63;) seen += counts[++width] ?? 0;
  return width;
}

/** Whether any wanted mark's ink lies within `reach` (at most twice that) of a part. */
function gridOf(
  { list, order }: Components,
  wanted: (part: Component) => boolean,
  { width, height }: Pixels,
  reach: number,
): (part: Component) => boolean {
  const across = Math.ceil(width / reach) + 2;
  const cells = new Uint8Array(across * (Math.ceil(height / reach) + 2));
  for (const part of list.filter(wanted))
    for (let i = part.from; i < part.to; i++) {
      const at = order[i] ?? 0;
      const y = Math.floor(at / width);
      cells[(Math.floor(y / reach) + 1) * across + Math.floor((at - y * width) / reach) + 1] = 1;
    }
  return ({ x0, y0 }) => {
    const cell = (Math.floor(y0 / reach) + 1) * across + Math.floor(x0 / reach) + 1;
    return [-across - 1, -across, -across + 1, -1, 0, 1, across - 1, across, across + 1].some(
      (step) => cells[cell + step] === 1,
    );
  };
}

/** Whether other specks lie so that a part belongs to a row of dots or to a mark that fell apart. */
function rowsOf(small: readonly Component[], largest: number): (part: Component) => boolean {
  const byRow = small.toSorted((a, b) => a.y0 - b.y0);
  const tall = Math.max(CLEAR * largest, 2);
  const level = Math.max(1, ROW_HEIGHT * largest);
  const first = (y: number): number => {
    let [low, high] = [0, byRow.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((byRow[middle]?.y0 ?? 0) < y) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (part) => {
    let [near, far] = [0, 0];
    for (let i = first(part.y0 - tall); i < byRow.length; i++) {
      const other = byRow[i];
      if (other === undefined || other.y0 > part.y0 + tall) break;
      if (other === part) continue;
      const [dx, dy] = [Math.abs(other.x0 - part.x0), Math.abs(other.y0 - part.y0)];
      if (dx <= tall || (dy <= level && dx <= NEAR_IN_ROW * largest)) near += 1;
      if (dy <= level && dx <= FAR_IN_ROW * largest) far += 1;
    }
    return near >= 1 || far >= 2;
  };
}
