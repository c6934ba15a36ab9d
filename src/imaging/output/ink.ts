import { blurred, type Grid } from "./grid.ts";
import type { PaperMap } from "./paper.ts";
import type { Pixels } from "./pixels.ts";

/** Black and white, as the fax coder takes it: 0 is ink, 255 is not. */
export type Mask = Buffer;

/** Rows that share one line of thresholds. */
const BAND = 8;

/**
 * What is dark in every channel: print, black stamps, pencil. Coloured ink keeps one channel bright, and dark blue pens and
 * the darkest parts of a stamp are taken out by the colour of their surroundings.
 */
export function darkInk(pixels: Pixels, map: PaperMap, dpi: number): Mask {
  const mask = Buffer.alloc(pixels.width * pixels.height, 255);
  if (pixels.channels === 1) darkGrey(mask, pixels, map);
  else dropColoured(mask, pixels, darkColours(mask, pixels, map, dpi));
  return mask;
}

function darkGrey(mask: Mask, { data, width, height }: Pixels, map: PaperMap): void {
  let limits: Uint8Array = new Uint8Array(width);
  for (let y = 0, at = 0; y < height; y += 1) {
    if (y % BAND === 0) limits = limitsOf(width, map, y + BAND / 2);
    for (let x = 0; x < width; x += 1, at += 1) if ((data[at] ?? 0) < (limits[x] ?? 0)) mask[at] = 0;
  }
}

/** Sums of the ink's colours, spot by spot; one array each for red, green, blue and the count. */
interface Spots extends Grid {
  /** Pixels. */
  readonly size: number;
  readonly sums: readonly [Float32Array, Float32Array, Float32Array, Float32Array];
}

function darkColours(mask: Mask, { data, width, height }: Pixels, map: PaperMap, dpi: number): Spots {
  const size = Math.max(3, Math.round(dpi * SPOT));
  const [columns, rows] = [Math.ceil(width / size), Math.ceil(height / size)];
  const sum = () => new Float32Array(columns * rows);
  const [reds, greens, blues, counts] = [sum(), sum(), sum(), sum()];
  const columnOf = Uint16Array.from({ length: width }, (_, x) => Math.floor(x / size));
  let limits: Uint8Array = new Uint8Array(width);
  for (let y = 0, pixel = 0, at = 0; y < height; y += 1) {
    if (y % BAND === 0) limits = limitsOf(width, map, y + BAND / 2);
    const row = Math.floor(y / size) * columns;
    for (let x = 0; x < width; x += 1, pixel += 1, at += 3) {
      const limit = limits[x] ?? 0;
      const red = data[at] ?? 0;
      if (red >= limit) continue;
      const [green, blue] = [data[at + 1] ?? 0, data[at + 2] ?? 0];
      if (green >= limit || blue >= limit) continue;
      mask[pixel] = 0;
      const spot = row + (columnOf[x] ?? 0);
      add(reds, spot, red);
      add(greens, spot, green);
      add(blues, spot, blue);
      add(counts, spot, 1);
    }
  }
  return { columns, rows, size, sums: [reds, greens, blues, counts] };
}

/** Thresholds along one row, blended between the middles of the cells. */
function limitsOf(width: number, { threshold, cell, columns, rows }: PaperMap, y: number): Uint8Array {
  const down = Math.max(0, Math.min(rows - 1, y / cell - 0.5));
  const [top, share] = [Math.floor(down), down - Math.floor(down)];
  const bottom = Math.min(rows - 1, top + 1);
  const at = (row: number, column: number): number => threshold[row * columns + column] ?? 0;
  const line = Float32Array.from(
    { length: columns },
    (_, column) => at(top, column) * (1 - share) + at(bottom, column) * share,
  );
  const limits = new Uint8Array(width);
  for (let x = 0; x < width; x += 1) {
    const along = Math.max(0, Math.min(columns - 1, x / cell - 0.5));
    const left = Math.trunc(along);
    const [a, b] = [line[left] ?? 0, line[Math.min(columns - 1, left + 1)] ?? 0];
    limits[x] = a + (b - a) * (along - left);
  }
  return limits;
}

/** Inches. The edges of black print fringe in colour, so the ink of a spot is judged together. */
const SPOT = 1 / 40;
/** Chroma (brightest less darkest channel, 0..255) of a spot's ink that is of a colour: a dark blue pen has 50. */
const COLOURED = 33;
/** Print under a stamp: this dark and this grey, a pixel is print whatever lies around it. */
const PRINT = { brightest: 112, chroma: 44 };

function add(sums: Float32Array, spot: number, value: number): void {
  sums[spot] = (sums[spot] ?? 0) + value;
}

function dropColoured(mask: Mask, pixels: Pixels, spots: Spots): void {
  const [reds, greens, blues, counts] = spots.sums.map((sum) => blurred(sum, spots, 1));
  for (const [spot, own] of spots.sums[3].entries()) {
    if (own === 0) continue;
    const [red, green, blue] = [reds?.[spot] ?? 0, greens?.[spot] ?? 0, blues?.[spot] ?? 0];
    const chroma = Math.max(red, green, blue) - Math.min(red, green, blue);
    if (chroma > COLOURED * (counts?.[spot] ?? 0)) clearSpot(mask, pixels, spots, spot);
  }
}

function clearSpot(
  mask: Mask,
  { data, width, height }: Pixels,
  { size, columns }: Spots,
  spot: number,
): void {
  const [left, top] = [(spot % columns) * size, Math.floor(spot / columns) * size];
  for (let y = top; y < Math.min(height, top + size); y += 1)
    for (let x = left; x < Math.min(width, left + size); x += 1) {
      const at = y * width + x;
      const [red, green, blue] = [data[at * 3] ?? 0, data[at * 3 + 1] ?? 0, data[at * 3 + 2] ?? 0];
      const most = Math.max(red, green, blue);
      if (most >= PRINT.brightest || most - Math.min(red, green, blue) >= PRINT.chroma) mask[at] = 255;
    }
}

/** Every so many rows are enough to know an ink's colour. */
const COLOUR_ROWS = 5;

/** Mean colour of the ink's darker half: its edges are mixed with paper. */
export function inkColour(mask: Mask, pixels: Pixels): readonly [number, number, number] {
  const { reds, colours } = inkHistogram(mask, pixels);
  const half = reds.reduce((sum, count) => sum + count, 0) / 2;
  const total = [0, 0, 0];
  let seen = 0;
  for (const [red, count] of reds.entries()) {
    if (count === 0) continue;
    seen += count;
    for (const channel of [0, 1, 2])
      total[channel] = (total[channel] ?? 0) + (colours[red * 3 + channel] ?? 0);
    if (seen >= half) break;
  }
  const mean = (channel: number): number => Math.round((total[channel] ?? 0) / Math.max(1, seen));
  return [mean(0), mean(1), mean(2)];
}

/** How often each red occurs in the ink, and the sums of the whole colours that have it. */
function inkHistogram(mask: Mask, { data, width, height, channels }: Pixels) {
  const reds = new Uint32Array(256);
  const colours = new Float64Array(256 * 3);
  const [green, blue] = channels === 3 ? [1, 2] : [0, 0];
  for (let y = 0; y < height; y += COLOUR_ROWS)
    for (let x = 0, pixel = y * width; x < width; x += 1, pixel += 1) {
      if (mask[pixel] !== 0) continue;
      const at = pixel * channels;
      const red = data[at] ?? 0;
      reds[red] = (reds[red] ?? 0) + 1;
      colours[red * 3] = (colours[red * 3] ?? 0) + red;
      colours[red * 3 + 1] = (colours[red * 3 + 1] ?? 0) + (data[at + green] ?? 0);
      colours[red * 3 + 2] = (colours[red * 3 + 2] ?? 0) + (data[at + blue] ?? 0);
    }
  return { reds, colours };
}
