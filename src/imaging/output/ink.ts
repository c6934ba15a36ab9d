import { blurred, type Grid } from "./grid.ts";
import type { PaperMap } from "./paper.ts";
import type { Pixels } from "./pixels.ts";

/** 1 where a pixel is dark in every channel: print, black stamps and pen; coloured ink keeps one channel bright. */
export function darkInk({ data, width, height, channels }: Pixels, map: PaperMap): Uint8Array {
  const mask = new Uint8Array(width * height);
  let limits: Uint8Array = new Uint8Array(width);
  for (let y = 0; y < height; y += 1) {
    if (y % 4 === 0) limits = limitsOf(width, map, y);
    const row = y * width;
    for (let x = 0, at = row * channels; x < width; x += 1, at += channels) {
      const limit = limits[x] ?? 0;
      if ((data[at] ?? 0) >= limit) continue;
      if (channels === 3 && ((data[at + 1] ?? 0) >= limit || (data[at + 2] ?? 0) >= limit)) continue;
      mask[row + x] = 1;
    }
  }
  return mask;
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
    const left = Math.floor(along);
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
const PRINT = { brightest: 90, chroma: 26 };

/** Takes out of the mask what is dark but coloured: pens and the darkest parts of stamps keep their colour. */
export function dropColoured(mask: Uint8Array, pixels: Pixels, dpi: number): void {
  const { data, width, height } = pixels;
  const size = Math.max(3, Math.round(dpi * SPOT));
  const grid: Grid = { columns: Math.ceil(width / size), rows: Math.ceil(height / size) };
  const coloured = colouredSpots(mask, pixels, size, grid);
  if (!coloured.includes(1)) return;
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = Math.trunc(y / size) * grid.columns;
    for (let x = 0; x < width; x += 1, at += 1) {
      if (mask[at] !== 1 || coloured[row + Math.trunc(x / size)] !== 1) continue;
      const [red, green, blue] = [data[at * 3] ?? 0, data[at * 3 + 1] ?? 0, data[at * 3 + 2] ?? 0];
      const most = Math.max(red, green, blue);
      if (most >= PRINT.brightest || most - Math.min(red, green, blue) >= PRINT.chroma) mask[at] = 0;
    }
  }
}

function colouredSpots(
  mask: Uint8Array,
  { data, width, height }: Pixels,
  size: number,
  grid: Grid,
): Uint8Array {
  const length = grid.columns * grid.rows;
  const [reds, greens, blues] = [
    new Float32Array(length),
    new Float32Array(length),
    new Float32Array(length),
  ];
  const counts = new Float32Array(length);
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = Math.trunc(y / size) * grid.columns;
    for (let x = 0; x < width; x += 1, at += 1) {
      if (mask[at] !== 1) continue;
      const spot = row + Math.trunc(x / size);
      reds[spot] = (reds[spot] ?? 0) + (data[at * 3] ?? 0);
      greens[spot] = (greens[spot] ?? 0) + (data[at * 3 + 1] ?? 0);
      blues[spot] = (blues[spot] ?? 0) + (data[at * 3 + 2] ?? 0);
      counts[spot] = (counts[spot] ?? 0) + 1;
    }
  }
  const [r, g, b, n] = [
    blurred(reds, grid, 1),
    blurred(greens, grid, 1),
    blurred(blues, grid, 1),
    blurred(counts, grid, 1),
  ];
  return Uint8Array.from(counts, (count, at) => {
    if (count === 0) return 0;
    const [red, green, blue] = [r[at] ?? 0, g[at] ?? 0, b[at] ?? 0];
    return Math.max(red, green, blue) - Math.min(red, green, blue) > COLOURED * (n[at] ?? 0) ? 1 : 0;
  });
}

/** Mean colour of the ink's darker half: its edges are mixed with paper. */
export function inkColour(mask: Uint8Array, { data, channels }: Pixels): readonly [number, number, number] {
  const histogram = new Uint32Array(256);
  const step = 3;
  for (let at = 0; at < mask.length; at += step)
    if (mask[at] === 1) histogram[data[at * channels] ?? 0] = (histogram[data[at * channels] ?? 0] ?? 0) + 1;
  const middle = medianOf(histogram);
  const sums = [0, 0, 0];
  let count = 0;
  for (let at = 0; at < mask.length; at += step) {
    if (mask[at] !== 1 || (data[at * channels] ?? 0) > middle) continue;
    for (let channel = 0; channel < 3; channel += 1)
      sums[channel] = (sums[channel] ?? 0) + (data[at * channels + (channels === 3 ? channel : 0)] ?? 0);
    count += 1;
  }
  const mean = (channel: number): number => Math.round((sums[channel] ?? 0) / Math.max(1, count));
  return [mean(0), mean(1), mean(2)];
}

function medianOf(histogram: Uint32Array): number {
  const half = histogram.reduce((sum, count) => sum + count, 0) / 2;
  let seen = 0;
  for (const [value, count] of histogram.entries()) {
    seen += count;
    if (seen >= half) return value;
  }
  return 255;
}
