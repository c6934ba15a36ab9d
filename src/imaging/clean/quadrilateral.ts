import type { Point } from "../../domain/page-change.ts";
import type { Corners } from "./homography.ts";

/** Corners of the convex hull (Andrew's monotone chain), turning clockwise as seen on the page. */
export function hullOf(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  const half = (list: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of list) {
      while (chain.length >= 2 && cross(chain.at(-2) ?? point, chain.at(-1) ?? point, point) <= 0)
        chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

/** Area of a polygon. */
export function areaOf(points: readonly Point[]): number {
  let twice = 0;
  points.forEach((point, i) => {
    const next = points[(i + 1) % points.length] ?? point;
    twice += point.x * next.y - next.x * point.y;
  });
  return Math.abs(twice) / 2;
}

/** The largest quadrilateral among the hull's corners, from its top left corner clockwise; undefined below four corners. */
export function largestQuad(hull: readonly Point[]): Corners | undefined {
  const points = thinned(hull, 28);
  const n = points.length;
  let most = 0;
  let found: readonly Point[] | undefined;
  for (let i = 0; i < n - 3; i++)
    for (let k = i + 2; k < n - 1; k++) {
      const [one, other] = [apex(points, i, k), apex(points, k, i + n)];
      const quad = [points[i], one, points[k], other].filter((point) => point !== undefined);
      const area = quad.length === 4 ? areaOf(quad) : 0;
      if (area > most) [most, found] = [area, quad];
    }
  return found === undefined ? undefined : fromTopLeft(found);
}

/** The point between two others (by place in the hull) that is farthest from their line. */
function apex(points: readonly Point[], from: number, to: number): Point | undefined {
  const [a, b] = [points[from % points.length], points[to % points.length]];
  if (a === undefined || b === undefined) return undefined;
  let most = 0;
  let found: Point | undefined;
  for (let i = from + 1; i < to; i++) {
    const point = points[i % points.length] ?? a;
    const off = Math.abs(cross(a, b, point));
    if (off > most) [most, found] = [off, point];
  }
  return found;
}

/** Leaves out the corners whose loss costs the least area until few are left. */
function thinned(hull: readonly Point[], most: number): Point[] {
  const points = [...hull];
  while (points.length > most) {
    const loss = points.map((point, i) => {
      const [a, b] = [points.at(i - 1) ?? point, points[(i + 1) % points.length] ?? point];
      return Math.abs(cross(a, b, point));
    });
    points.splice(loss.indexOf(Math.min(...loss)), 1);
  }
  return points;
}

function fromTopLeft(quad: readonly Point[]): Corners | undefined {
  const middle = { x: mean(quad.map(({ x }) => x)), y: mean(quad.map(({ y }) => y)) };
  const angle = ({ x, y }: Point): number => Math.atan2(y - middle.y, x - middle.x);
  // Angles grow clockwise on the page and begin at the left: the first corner is the top left one.
  const [a, b, c, d] = quad.toSorted((one, other) => angle(one) - angle(other));
  return a && b && c && d ? [a, b, c, d] : undefined;
}

function cross(a: Point, b: Point, point: Point): number {
  return (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
