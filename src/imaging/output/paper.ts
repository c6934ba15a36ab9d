import { blurred, highest, lowest, type Grid } from "./grid.ts";
import type { Pixels } from "./pixels.ts";

/** Paper and ink seen through a grid of cells, each about two millimetres wide. */
export interface PaperMap extends Grid {
  /** Pixels. */
  readonly cell: number;
  /** Brightness of the paper in each cell, 0..255 of the brightest channel. */
  readonly paper: Float32Array;
  /** Pixels darker than this in every channel are ink; 0 where a picture lies. */
  readonly threshold: Float32Array;
  /** 1 where a picture lies: no paper shows through and the brightness is not even. */
  readonly picture: Uint8Array;
  /** Share 0..1 of the page whose paper is darker than the paper around it. */
  readonly tinted: number;
}

const CELLS_AN_INCH = 12;
/** Share of the way from paper to ink where a stroke ends. */
const EDGE = 0.5;
/** Fainter marks are not told from the grain of the paper. */
const LEAST_CONTRAST = 0.16;
/** Black print leaves 10-15 % of the light; more contrast than this does not move a stroke's edge. */
const MOST_CONTRAST = 0.8;
/** No paper to be seen: darker than this share of the paper around. */
const SOLID = 0.78;
const BLACK = 0.45;
const TINT = 0.88;
/** A tinted field is even, a picture is not. */
const UNEVEN = 0.05;

/** Finds paper, ink and pictures from the brightness of each cell: much cheaper than looking at every pixel twice. */
export function paperMap(pixels: Pixels, dpi: number): PaperMap {
  const cell = Math.max(4, Math.round(dpi / CELLS_AN_INCH));
  const grid = { columns: Math.ceil(pixels.width / cell), rows: Math.ceil(pixels.height / cell) };
  const { bright, dark } = extremes(pixels, cell, grid);
  const around = blurred(highest(bright, grid, 5), grid, 5);
  const picture = pictures(bright, around, grid);
  // A cell full of black is not dark paper: black borders and white letters on black are judged by the paper around.
  const seen = bright.map((value, at) => (value < BLACK * (around[at] ?? 0) ? (around[at] ?? 0) : value));
  const paper = blurred(lowest(highest(seen, grid, 1), grid, 1), grid, 1);
  const ink = lowest(dark, grid, 1);
  const threshold = paper.map((value, at) => {
    if (picture[at] === 1) return 0;
    const contrast = 1 - (ink[at] ?? 0) / Math.max(1, value);
    return value * (1 - EDGE * Math.min(MOST_CONTRAST, Math.max(2 * LEAST_CONTRAST, contrast)));
  });
  const tinted = paper.map((value, at) => (value < TINT * (around[at] ?? 0) ? 1 : 0));
  const share = tinted.reduce((sum, value) => sum + value, 0) / tinted.length;
  return { cell, ...grid, paper, threshold, picture, tinted: share };
}

const LEVELS = 32;
/** A cell is known from this many pixels each way. */
const LOOKS = 8;

/** The brightest that a seventh and the darkest that a fiftieth of each cell is, from a part of its pixels. */
function extremes(pixels: Pixels, cell: number, { columns, rows }: Grid) {
  const bright = new Float32Array(columns * rows);
  const dark = new Float32Array(columns * rows);
  const counts = new Uint16Array(columns * LEVELS);
  const { data, width, height, channels } = pixels;
  const step = Math.max(1, Math.floor(cell / LOOKS));
  const slotOf = Uint32Array.from({ length: width }, (_, x) => Math.floor(x / cell) * LEVELS);
  for (let row = 0; row < rows; row += 1) {
    counts.fill(0);
    for (let y = row * cell; y < Math.min(height, (row + 1) * cell); y += step)
      for (let x = 0, at = y * width * channels; x < width; x += step, at += step * channels) {
        let value = data[at] ?? 0;
        if (channels === 3) value = Math.max(value, data[at + 1] ?? 0, data[at + 2] ?? 0);
        const slot = (slotOf[x] ?? 0) + (value >> 3);
        counts[slot] = (counts[slot] ?? 0) + 1;
      }
    for (let column = 0; column < columns; column += 1) {
      bright[row * columns + column] = percentile(counts, column * LEVELS, 0.85);
      dark[row * columns + column] = percentile(counts, column * LEVELS, 0.02);
    }
  }
  return { bright, dark };
}

/** Interpolated within the histogram's steps of eight. */
function percentile(counts: Uint16Array, from: number, share: number): number {
  let all = 0;
  for (let level = 0; level < LEVELS; level += 1) all += counts[from + level] ?? 0;
  let left = all * share;
  for (let level = 0; level < LEVELS; level += 1) {
    const count = counts[from + level] ?? 0;
    if (count > 0 && count >= left) return level * 8 + (left / count) * 8;
    left -= count;
  }
  return 255;
}

/** Where most of the neighbourhood shows no paper and is uneven. */
function pictures(bright: Float32Array, around: Float32Array, grid: Grid): Uint8Array {
  const mean = blurred(bright, grid, 1);
  const solid = bright.map((value, at) => (value < SOLID * (around[at] ?? 0) ? 1 : 0));
  const rough = bright.map((value, at) =>
    solid[at] === 1 && Math.abs(value - (mean[at] ?? 0)) > UNEVEN * (around[at] ?? 0) ? 1 : 0,
  );
  const [solids, roughs] = [blurred(solid, grid, 3), blurred(rough, grid, 3)];
  const seeds = solids.map((share, at) => (share > 0.7 && (roughs[at] ?? 0) > 0.3 ? 1 : 0));
  const grown = highest(seeds, grid, 4);
  return Uint8Array.from(grown, (value, at) => (value === 1 && (solids[at] ?? 0) > 0.35 ? 1 : 0));
}
