import type { Point } from "../../domain/page-change.ts";
import type { Grey } from "../skew.ts";

/** Points for which x·nx + y·ny = c; (nx, ny) is a unit vector. */
export interface Line {
  readonly nx: number;
  readonly ny: number;
  readonly c: number;
}

const SAMPLES = 80;
/** How far to either side of the rough line the edge may lie, as a share of its length. */
const REACH = 0.015;
/** Paper must be brighter than the ground by this much for a sample to count. */
const MIN_STEP = 22;
const MIN_SAMPLES = 0.7;
const MAX_OFF = 0.0025;

/** The straight edge from bright (on the right going from `a` to `b`) to dark near the line from `a` to `b`. */
export function sideBetween(grey: Grey, a: Point, b: Point): Line | undefined {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const inward = { x: -(b.y - a.y) / length, y: (b.x - a.x) / length };
  const reach = Math.max(6, Math.round(length * REACH));
  const points: Point[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const share = 0.04 + (0.92 * i) / (SAMPLES - 1);
    const base = { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
    const off = edgeNear(grey, base, inward, reach);
    if (off !== undefined) points.push({ x: base.x + inward.x * off, y: base.y + inward.y * off });
  }
  return fitted(points, Math.max(1.5, length * MAX_OFF));
}

/** Offset inward at which the brightness rises most, by the centre of the steps there. */
function edgeNear(grey: Grey, base: Point, inward: Point, reach: number): number | undefined {
  const half = 3;
  const values: number[] = [];
  for (let t = -reach - half; t <= reach + half; t++)
    values.push(brightness(grey, base.x + inward.x * t, base.y + inward.y * t));
  let [best, at] = [MIN_STEP * half, -1];
  for (let i = half; i < values.length - half; i++) {
    let step = 0;
    for (let k = 1; k <= half; k++) step += (values[i + k] ?? 0) - (values[i - k] ?? 0);
    if (step > best) [best, at] = [step, i];
  }
  if (at < 0) return undefined;
  let [weight, moment] = [0, 0];
  for (let i = at - half; i < at + half; i++) {
    const rise = Math.max(0, (values[i + 1] ?? 0) - (values[i] ?? 0));
    weight += rise;
    moment += rise * (i + 0.5);
  }
  return weight === 0 ? undefined : moment / weight - reach - half;
}

/** Bilinear; pixel centres lie at halves. Outside the picture it is as at its rim. */
function brightness({ data, width, height }: Grey, px: number, py: number): number {
  const x = Math.min(width - 1.001, Math.max(0, px - 0.5));
  const y = Math.min(height - 1.001, Math.max(0, py - 0.5));
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = top * width + left;
  const [right, down] = [x - left, y - top];
  const upper = (data[at] ?? 0) * (1 - right) + (data[at + 1] ?? 0) * right;
  const lower = (data[at + width] ?? 0) * (1 - right) + (data[at + width + 1] ?? 0) * right;
  return upper * (1 - down) + lower * down;
}

/** Line through most of the points: least squares again and again without those that lie off. */
function fitted(points: readonly Point[], tolerance: number): Line | undefined {
  let kept = points;
  for (const limit of [tolerance * 4, tolerance * 2, tolerance]) {
    if (kept.length < MIN_SAMPLES * SAMPLES) return undefined;
    const line = leastSquares(kept);
    kept = points.filter(({ x, y }) => Math.abs(x * line.nx + y * line.ny - line.c) <= limit);
  }
  return kept.length < MIN_SAMPLES * SAMPLES ? undefined : leastSquares(kept);
}

function leastSquares(points: readonly Point[]): Line {
  const n = points.length;
  const [mx, my] = [
    points.reduce((sum, { x }) => sum + x, 0) / n,
    points.reduce((sum, { y }) => sum + y, 0) / n,
  ];
  let [xx, xy, yy] = [0, 0, 0];
  for (const { x, y } of points) {
    xx += (x - mx) ** 2;
    xy += (x - mx) * (y - my);
    yy += (y - my) ** 2;
  }
  const along = 0.5 * Math.atan2(2 * xy, xx - yy);
  const [nx, ny] = [-Math.sin(along), Math.cos(along)];
  return { nx, ny, c: mx * nx + my * ny };
}

/** Where two lines cross; undefined when they are parallel. */
export function crossing(one: Line, other: Line): Point | undefined {
  const below = one.nx * other.ny - one.ny * other.nx;
  if (Math.abs(below) < 0.1) return undefined;
  return {
    x: (one.c * other.ny - other.c * one.ny) / below,
    y: (one.nx * other.c - other.nx * one.c) / below,
  };
}
