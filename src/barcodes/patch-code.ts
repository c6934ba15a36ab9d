import type { Barcode } from "../domain/barcode.ts";

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
/** Lines are this many pixels apart, and each is the mean of `MEAN` neighbours, which takes the noise out. */
const STEP = 16;
const MEAN = 4;
/** In modules: 0.72 inch. */
const SHORTEST_BAR = 9;
/** Shares of a line's own length: paper skewed by up to 16° moves the pattern by 0.29 of a step. */
const MAX_DRIFT = 0.32;

interface Hit {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly module: number;
}

interface Lines {
  readonly count: number;
  readonly length: number;
  /** Sums of `MEAN` pixels, line after line. */
  readonly sums: Uint16Array;
}

/** Finds the bars of patch code T near an edge of an 8-bit grey page, at 0, 90, 180, 270 and up to 16 degrees of skew. */
export function findPatchT(pixels: Uint8Array, width: number, height: number): Barcode[] {
  const short = Math.min(width, height);
  const modules = { least: short / PER_SIDE.most, most: short / PER_SIDE.least };
  const vertical = patchesOn(columnLines(pixels, width, height), modules);
  const horizontal = patchesOn(rowLines(pixels, width, height), modules);
  const boxes = [
    ...vertical.map(({ from, to, start, end }) => ({ x0: from, x1: to, y0: start, y1: end })),
    ...horizontal.map(({ from, to, start, end }) => ({ x0: start, x1: end, y0: from, y1: to })),
  ];
  return boxes.map(({ x0, x1, y0, y1 }) => ({
    format: "PatchT",
    text: "PATCHT",
    box: { x0: x0 / width, y0: y0 / height, x1: x1 / width, y1: Math.min(1, y1 / height) },
  }));
}

function columnLines(pixels: Uint8Array, width: number, height: number): Lines {
  const count = Math.floor((width - MEAN) / STEP) + 1;
  const sums = new Uint16Array(Math.max(0, count) * height);
  for (let y = 0; y < height; y++) {
    for (let line = 0, at = y * width; line < count; line++, at += STEP) {
      sums[line * height + y] =
        (pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0) + (pixels[at + 3] ?? 0);
    }
  }
  return { count: Math.max(0, count), length: height, sums };
}

function rowLines(pixels: Uint8Array, width: number, height: number): Lines {
  const count = Math.max(0, Math.floor((height - MEAN) / STEP) + 1);
  const sums = new Uint16Array(count * width);
  for (let line = 0; line < count; line++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((row) => (line * STEP + row) * width) as [
      number,
      number,
      number,
      number,
    ];
    for (let x = 0, to = line * width; x < width; x++, to++) {
      sums[to] = (pixels[a + x] ?? 0) + (pixels[b + x] ?? 0) + (pixels[c + x] ?? 0) + (pixels[d + x] ?? 0);
    }
  }
  return { count, length: width, sums };
}

interface Patch {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

function patchesOn(lines: Lines, modules: { readonly least: number; readonly most: number }): Patch[] {
  const hits: Hit[] = [];
  for (let line = 0; line < lines.count; line++) {
    const sums = lines.sums.subarray(line * lines.length, (line + 1) * lines.length);
    hits.push(...hitsOn(sums, line, modules));
  }
  return chains(hits)
    .filter((chain) => longEnough(chain))
    .map((chain) => ({
      from: (chain[0]?.line ?? 0) * STEP,
      to: (chain.at(-1)?.line ?? 0) * STEP + MEAN,
      start: Math.min(...chain.map(({ start }) => start)),
      end: Math.max(...chain.map(({ end }) => end)),
    }));
}

function longEnough(chain: readonly Hit[]): boolean {
  const module = chain.reduce((sum, hit) => sum + hit.module, 0) / chain.length;
  return ((chain.at(-1)?.line ?? 0) - (chain[0]?.line ?? 0)) * STEP >= module * SHORTEST_BAR;
}

/** Places of one line where the pattern stands, read from the nearer end of the line inwards. */
function hitsOn(
  sums: Uint16Array,
  line: number,
  modules: { readonly least: number; readonly most: number },
): Hit[] {
  const edges = edgesOf(sums, Math.max(2, modules.least / 3));
  const hits: Hit[] = [];
  // Edge 0 begins a white run; odd edges begin black ones.
  for (let at = 1; at + 8 < edges.length; at += 2) {
    const runs = Array.from({ length: 9 }, (_, i) => (edges[at + i] ?? 0) - (edges[at + i - 1] ?? 0));
    const [start, end] = [edges[at] ?? 0, edges[at + 7] ?? 0];
    const module = (end - start) / MODULES;
    if (module < modules.least || module > modules.most) continue;
    const bars = runs.slice(1, 8);
    const inward = start + end <= sums.length ? bars : bars.toReversed();
    if (Math.min(runs[0] ?? 0, runs[8] ?? 0) >= QUIET * module && isPatchT(inward, module)) {
      hits.push({ line, start, end, module });
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
function edgesOf(sums: Uint16Array, least: number): number[] {
  const threshold = thresholdOf(sums);
  const edges: number[] = [0];
  let black = false;
  for (let at = 0; at < sums.length; at++) {
    if ((sums[at] ?? 0) < threshold === black) continue;
    black = !black;
    if (edges.length > 1 && at - (edges.at(-1) ?? 0) < least) edges.pop();
    else edges.push(at);
  }
  edges.push(sums.length);
  return edges;
}

/** Half way between the darkest and the paper; a line without anything dark has no threshold. */
function thresholdOf(sums: Uint16Array): number {
  let [low, high] = [Infinity, 0];
  for (const sum of sums) {
    if (sum < low) low = sum;
    if (sum > high) high = sum;
  }
  return high - low < 60 * MEAN ? 0 : (low + high) / 2;
}

/** Hits of neighbouring lines that lie on one straight bar pattern; one line in between may be lost to dirt. */
function chains(hits: readonly Hit[]): Hit[][] {
  const open: Hit[][] = [];
  for (const hit of hits) {
    const chain = open.find((candidate) => continues(candidate, hit));
    if (chain === undefined) open.push([hit]);
    else chain.push(hit);
  }
  return open;
}

function continues(chain: readonly Hit[], hit: Hit): boolean {
  const last = chain.at(-1);
  if (last === undefined) return false;
  const steps = hit.line - last.line;
  const drift = steps * STEP * MAX_DRIFT + 3;
  return (
    steps > 0 &&
    steps <= 2 &&
    Math.abs(hit.start - last.start) <= drift &&
    Math.abs(hit.end - last.end) <= drift
  );
}
