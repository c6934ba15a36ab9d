import type { Point } from "../../domain/page-change.ts";

export type Corners = readonly [Point, Point, Point, Point];

/** Where a point of the flat sheet lies in the photo: x = (a·u + b·v + c) ÷ w, y = (d·u + e·v + f) ÷ w, w = g·u + h·v + 1. */
export interface Homography {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
  readonly g: number;
  readonly h: number;
}

/** Maps a sheet of this size onto four corners (top left, top right, bottom right, bottom left); Heckbert's square to quad. */
export function ontoCorners([p0, p1, p2, p3]: Corners, width: number, height: number): Homography {
  const [dx1, dx2, dx3] = [p1.x - p2.x, p3.x - p2.x, p0.x - p1.x + p2.x - p3.x];
  const [dy1, dy2, dy3] = [p1.y - p2.y, p3.y - p2.y, p0.y - p1.y + p2.y - p3.y];
  const below = dx1 * dy2 - dx2 * dy1;
  const g = (dx3 * dy2 - dx2 * dy3) / below;
  const h = (dx1 * dy3 - dx3 * dy1) / below;
  return {
    a: (p1.x - p0.x + g * p1.x) / width,
    b: (p3.x - p0.x + h * p3.x) / height,
    c: p0.x,
    d: (p1.y - p0.y + g * p1.y) / width,
    e: (p3.y - p0.y + h * p3.y) / height,
    f: p0.y,
    g: g / width,
    h: h / height,
  };
}
