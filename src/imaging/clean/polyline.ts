import type { Point } from "../../domain/page-change.ts";

/** The fewest of the points whose polyline stays within `tolerance` of all (Douglas and Peucker); x must rise. */
export function simplified(points: readonly Point[], tolerance: number): Point[] {
  const keep = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [from, to] = range;
    const split = farthest(points, from, to, tolerance);
    if (split === undefined) continue;
    keep.add(split);
    open.push([from, split], [split, to]);
  }
  return points.filter((_, i) => keep.has(i));
}

/** The point farthest from the line between two others, measured along y, when it is off by more than the tolerance. */
function farthest(points: readonly Point[], from: number, to: number, tolerance: number): number | undefined {
  const [a, b] = [points[from], points[to]];
  if (a === undefined || b === undefined) return undefined;
  const slope = b.x === a.x ? 0 : (b.y - a.y) / (b.x - a.x);
  let [most, found]: [number, number | undefined] = [tolerance, undefined];
  for (let i = from + 1; i < to; i++) {
    const point = points[i] ?? a;
    const off = Math.abs(point.y - a.y - slope * (point.x - a.x));
    if (off > most) [most, found] = [off, i];
  }
  return found;
}

/** Height of the polyline at x; its end values beyond its ends. */
export function heightAt(line: readonly Point[], x: number): number {
  let left = line[0];
  for (const right of line) {
    if (right.x >= x && left !== undefined) {
      if (right.x === left.x) return right.y;
      return left.y + ((right.y - left.y) * (x - left.x)) / (right.x - left.x);
    }
    left = right;
  }
  return left?.y ?? 0;
}
