import type { Point, SheetEdge } from "../../domain/page-change.ts";
import type { Grey } from "../skew.ts";
import { percentile } from "./pixels.ts";
import { opened, widened } from "./profile.ts";
import { simplified } from "./polyline.ts";

export type Side = SheetEdge["side"];

const SIDES: readonly Side[] = ["left", "top", "right", "bottom"];
/** A page whose paper is darker than this is no scan of a sheet. */
const MIN_PAPER = 140;
/** Share of the paper's brightness below which a pixel belongs to the scanner's lid; dark grey lids are at 0.2-0.4. */
const DARK = 0.5;
const LIGHT = 0.75;
/** A border that reaches further in than this share of the page is no border. */
const MAX_DEPTH = 0.25;
/** Words that touch a border stand out of it by less than this along the side; borders run on. */
const OPENING_MM = 12;
const MIN_LENGTH_MM = 15;
/** Two pixels of 200 dpi. */
const MIN_DEPTH_MM = 0.25;
/** A border runs to a corner of the picture: a bar printed on the sheet need not. */
const CORNER_MM = 3;
/** Share of a border's edge that must have bright paper behind it. */
const MIN_PAPER_BEHIND = 0.85;
/** Lids are of one darkness: above this spread it is a picture. */
const MAX_SPREAD = 28;
const TOO_DEEP = 0xffff;
/** A ragged border is told coarsely: the change is kept with the page's evidence. */
const MAX_POINTS = 64;

/** Where the sheet ends on each side, for the sides where a dark border surely shows (A4 at 200 dpi: 15 ms). */
export function bordersOf(grey: Grey, dpi: number): readonly SheetEdge[] {
  const paper = percentile(grey, 0.7);
  if (paper < MIN_PAPER) return [];
  const edges: SheetEdge[] = [];
  for (const side of SIDES) {
    const view = viewOf(grey, side);
    const depths = depthsOf(view, paper * DARK);
    const smooth = opened(depths, Math.round((OPENING_MM / 25.4) * dpi));
    const sure = keepSure(smooth, view, dpi, paper);
    // The blurred rim of a border that ends half-way lies beside it.
    if (sure.some((depth) => depth > 0)) edges.push({ side, line: lineOf(widened(sure, 5), view) });
  }
  return edges;
}

/** A page seen from one side: `at(along, depth)` is where a pixel lies. */
export interface SideView {
  readonly side: Side;
  readonly data: Uint8Array;
  /** Pixels along the side and across the page. */
  readonly length: number;
  readonly across: number;
  readonly start: number;
  readonly alongStep: number;
  readonly depthStep: number;
  readonly size: { readonly width: number; readonly height: number };
}

export function viewOf({ data, width, height }: Grey, side: Side): SideView {
  const upright = side === "left" || side === "right";
  const [length, across] = upright ? [height, width] : [width, height];
  const alongStep = upright ? width : 1;
  const inward = upright ? 1 : width;
  const far = side === "right" || side === "bottom";
  const start = far ? (across - 1) * inward : 0;
  const size = { width, height };
  return { side, data, length, across, start, alongStep, depthStep: far ? -inward : inward, size };
}

/**
 * For each place along the side how many pixels from the side on are dark; single bright ones (dust, noise of 1-bit
 * scans) do not end it. Where it goes deeper than a border can, the darkness is another side's: as deep as beside it.
 */
function depthsOf(view: SideView, dark: number): Uint16Array {
  const limit = Math.floor(view.across * MAX_DEPTH);
  const depths = new Uint16Array(view.length);
  for (let along = 0; along < view.length; along++) {
    const depth = depthAt(view, along, dark, limit);
    depths[along] = depth >= limit - 1 ? TOO_DEEP : depth;
  }
  return bridged(depths);
}

function depthAt(view: SideView, along: number, dark: number, limit: number): number {
  let at = view.start + along * view.alongStep;
  let [depth, darkness] = [0, 0];
  for (let i = 1; i <= limit; i++, at += view.depthStep) {
    if ((view.data[at] ?? 255) < dark) {
      darkness += 1;
      if (darkness >= i * 0.92) depth = i;
    } else if (darkness < i * 0.8 && i > 4) break;
  }
  return depth;
}

/** Each too deep stretch gets the depth of what lies beside it (the lesser of both neighbours). */
function bridged(depths: Uint16Array): Uint16Array {
  const out = depths.slice();
  for (const [from, to] of stretches(depths, (depth) => depth === TOO_DEEP)) {
    const [before, after] = [depths[from - 1], depths[to]];
    out.fill(Math.min(before ?? after ?? 0, after ?? before ?? 0), from, to);
  }
  return out;
}

/** The depths of those stretches only that are long enough, begin or end at a corner, and have paper behind them. */
function keepSure(depths: Uint16Array, view: SideView, dpi: number, paper: number): Uint16Array {
  const mm = dpi / 25.4;
  const sure = new Uint16Array(depths.length);
  for (const [from, to] of stretches(depths, (depth) => depth > 0)) {
    const atCorner = from <= CORNER_MM * mm || to >= depths.length - CORNER_MM * mm;
    const stretch = depths.subarray(from, to);
    if (!atCorner || to - from < MIN_LENGTH_MM * mm || Math.max(...stretch) < MIN_DEPTH_MM * mm) continue;
    if (!hasPaperBehind(depths, view, [from, to], paper * LIGHT, mm) || !isEven(depths, view, [from, to]))
      continue;
    sure.set(stretch, from);
  }
  return sure;
}

function stretches(depths: Uint16Array, wanted: (depth: number) => boolean): [from: number, to: number][] {
  const found: [number, number][] = [];
  let from = -1;
  for (let i = 0; i <= depths.length; i++) {
    const inside = wanted(depths[i] ?? 0);
    if (inside && from < 0) from = i;
    if (inside || from < 0) continue;
    found.push([from, i]);
    from = -1;
  }
  return found;
}

/** Whether 0.5 to 2 mm behind the edge lies bright paper almost everywhere. */
function hasPaperBehind(
  depths: Uint16Array,
  view: SideView,
  [from, to]: readonly [number, number],
  light: number,
  mm: number,
): boolean {
  let [bright, all] = [0, 0];
  for (let along = from; along < to; along++) {
    const first = (depths[along] ?? 0) + Math.ceil(mm / 2);
    for (let depth = first; depth < first + 1.5 * mm; depth++, all++)
      if ((view.data[view.start + along * view.alongStep + depth * view.depthStep] ?? 0) >= light)
        bright += 1;
  }
  return bright >= all * MIN_PAPER_BEHIND;
}

/** Whether what would be painted over is of one darkness. */
function isEven(depths: Uint16Array, view: SideView, [from, to]: readonly [number, number]): boolean {
  let [count, sum, squares] = [0, 0, 0];
  for (let along = from; along < to; along++)
    for (let depth = 0; depth < (depths[along] ?? 0) - 1; depth++, count++) {
      const value = view.data[view.start + along * view.alongStep + depth * view.depthStep] ?? 0;
      sum += value;
      squares += value * value;
    }
  if (count === 0) return true;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean)) <= MAX_SPREAD;
}

/** The edge in pixels of the page: `depth` pixels from the side on lie outside the sheet. */
function lineOf(depths: Uint16Array, view: SideView): readonly Point[] {
  const points: Point[] = Array.from(depths, (depth, along) => ({ x: along + 0.5, y: depth }));
  points.unshift({ x: 0, y: depths[0] ?? 0 });
  points.push({ x: depths.length, y: depths.at(-1) ?? 0 });
  let line = simplified(points, 1);
  for (let tolerance = 2; line.length > MAX_POINTS; tolerance *= 2) line = simplified(points, tolerance);
  return line.map(({ x, y }) => fromSide(view, x, y));
}

function fromSide({ side, size }: SideView, along: number, depth: number): Point {
  switch (side) {
    case "left":
      return { x: depth, y: along };
    case "right":
      return { x: size.width - depth, y: along };
    case "top":
      return { x: along, y: depth };
    case "bottom":
      return { x: along, y: size.height - depth };
  }
}
