import type { Barcode } from "../domain/barcode.ts";
import type { GreyPage } from "./reading-body.ts";

/**
 * Patch code T by Kodak's "Patch Code Information for Kodak Scanners" (A-61599): four bars, 0.80 inch in all, narrow 0.08,
 * wide 0.20, spaces 0.08, read from the paper's edge inwards: narrow, wide, narrow, wide. Bars are at least 0.75 inch
 * long (most scanners want 2). Read the other way round it is patch 3, so the nearest edge decides.
 */
const NARROW = 1;
const WIDE = 2.5;
const PATTERN = [NARROW, 1, WIDE, 1, NARROW, 1, WIDE] as const;
const MODULES = PATTERN.reduce((sum, width) => sum + width, 0);
/** Kodak demands 0.25 inch = 3 modules of blank paper before and after; noise eats some of it. */
const QUIET = 2;
/** Narrow bars per short side of the sheet: A5 has 73, A4 103, A3 146. */
const PER_SIDE = { least: 55, most: 190 } as const;
/** The lines looked at are every third of the squeezed page's, 24 pixels of the page apart. */
const EVERY = 3;
/** In modules: 0.72 inch. */
const SHORTEST_BAR = 9;
/** Paper skewed by 16° moves the pattern by 0.29 of the way from line to line. */
const MAX_DRIFT = 0.32;

interface Modules {
  readonly least: number;
  readonly most: number;
}

/** The pattern on one line; all in pixels of the page. */
interface Hit {
  /** Where the line lies. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
  readonly module: number;
}

/**
 * Finds the bars of patch code T near an edge of a page, at 0, 90, 180, 270 and up to 16 degrees of skew.
 * @param rows the page squeezed in height, so that a row is the mean of several: that takes the noise out
 * @param columns the page's columns lying as rows, squeezed likewise
 */
export function findPatchT(rows: GreyPage, columns: GreyPage): Barcode[] {
  const short = Math.min(rows.width, columns.width);
  const modules = { least: short / PER_SIDE.most, most: short / PER_SIDE.least };
  const upright = patchesOn(columns, rows.width, modules);
  const sideways = patchesOn(rows, columns.width, modules);
  const boxes = [
    ...upright.map(({ from, to, start, end }) => ({ x0: from, x1: to, y0: start, y1: end })),
    ...sideways.map(({ from, to, start, end }) => ({ x0: start, x1: end, y0: from, y1: to })),
  ];
  return boxes.map((box) => ({ format: "PatchT", text: "PATCHT", box }));
}

/** Shares of the page: `from` and `to` across the lines, `start` and `end` along them. */
interface Patch {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

/** @param across pixels of the page that the lines' own height stands for */
function patchesOn(lines: GreyPage, across: number, modules: Modules): Patch[] {
  const step = across / lines.height;
  const hits: Hit[] = [];
  for (let line = 0; line < lines.height; line += EVERY) {
    const values = lines.pixels.subarray(line * lines.width, (line + 1) * lines.width);
    hits.push(...hitsOn(values, line * step, modules));
  }
  return chains(hits, step * EVERY)
    .filter(longEnough)
    .map((chain) => ({
      from: (chain[0]?.at ?? 0) / across,
      to: Math.min(1, ((chain.at(-1)?.at ?? 0) + step) / across),
      start: Math.min(...chain.map(({ start }) => start)) / lines.width,
      end: Math.max(...chain.map(({ end }) => end)) / lines.width,
    }));
}

function longEnough(chain: readonly Hit[]): boolean {
  const module = chain.reduce((sum, hit) => sum + hit.module, 0) / chain.length;
  return (chain.at(-1)?.at ?? 0) - (chain[0]?.at ?? 0) >= module * SHORTEST_BAR;
}

/** Places of one line where the pattern stands, read from the nearer end of the line inwards. */
function hitsOn(values: Uint8Array, place: number, modules: Modules): Hit[] {
  const edges = edgesOf(values, Math.max(2, modules.least / 3));
  const hits: Hit[] = [];
  // Edge 0 begins a white run; odd edges begin black ones.
  for (let at = 1; at + 8 < edges.length; at += 2) {
    const runs = Array.from({ length: 9 }, (_, i) => (edges[at + i] ?? 0) - (edges[at + i - 1] ?? 0));
    const [start, end] = [edges[at] ?? 0, edges[at + 7] ?? 0];
    const module = (end - start) / MODULES;
    if (module < modules.least || module > modules.most) continue;
    const bars = runs.slice(1, 8);
    const inward = start + end <= values.length ? bars : bars.toReversed();
    if (Math.min(runs[0] ?? 0, runs[8] ?? 0) >= QUIET * module && isPatchT(inward, module)) {
      hits.push({ at: place, start, end, module });
    }
  }
  return hits;
}

/**
 * Printing and scanning make all bars wider or narrower alike, so bars are compared with bars and spaces with spaces, and
 * the sums of a bar and the space after it, which keep their width, with the module.
 */
function isPatchT(runs: readonly number[], module: number): boolean {
  const [n1 = 0, s1 = 0, w1 = 0, s2 = 0, n2 = 0, s3 = 0, w2 = 0] = runs;
  const gain = (n1 + n2 - s1 - s2) / 4;
  const near = (value: number, modulesWide: number): boolean =>
    Math.abs(value - modulesWide * module) <= 0.3 * module + 1;
  return (
    Math.abs(gain) <= 0.35 * module &&
    [n1 - gain, n2 - gain, s1 + gain, s2 + gain, s3 + gain].every((run) => near(run, NARROW)) &&
    [w1 - gain, w2 - gain].every((run) => near(run, WIDE))
  );
}

/** Where a line turns from white to black and back; runs shorter than `least` pixels are dirt and belong to what is around. */
function edgesOf(values: Uint8Array, least: number): number[] {
  const threshold = thresholdOf(values);
  const edges: number[] = [0];
  let black = false;
  for (let at = 0; at < values.length; at++) {
    if ((values[at] ?? 0) < threshold === black) continue;
    black = !black;
    if (edges.length > 1 && at - (edges.at(-1) ?? 0) < least) edges.pop();
    else edges.push(at);
  }
  edges.push(values.length);
  return edges;
}

/** Half way between the darkest and the paper; a line without anything dark has no threshold. */
function thresholdOf(values: Uint8Array): number {
  let [low, high] = [255, 0];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low < 60 ? 0 : (low + high) / 2;
}

/** Hits of neighbouring lines that lie on one straight bar pattern; one line in between may be lost to dirt. */
function chains(hits: readonly Hit[], step: number): Hit[][] {
  const open: Hit[][] = [];
  for (const hit of hits) {
    const chain = open.find((candidate) => continues(candidate, hit, step));
    if (chain === undefined) open.push([hit]);
    else chain.push(hit);
  }
  return open;
}

function continues(chain: readonly Hit[], hit: Hit, step: number): boolean {
  const last = chain.at(-1);
  if (last === undefined) return false;
  const away = hit.at - last.at;
  const drift = away * MAX_DRIFT + 3;
  return (
    away > 0 &&
    away <= 2.5 * step &&
    Math.abs(hit.start - last.start) <= drift &&
    Math.abs(hit.end - last.end) <= drift
  );
}
