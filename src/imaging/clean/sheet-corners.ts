import type { Point } from "../../domain/page-change.ts";
import type { Grey } from "../skew.ts";
import type { Corners } from "./homography.ts";
import { componentsOf, type Component, type Components } from "./components.ts";
import { shrunk } from "./pixels.ts";
import { areaOf, hullOf, largestQuad } from "./quadrilateral.ts";
import { sideBetween, crossing, type Line } from "./sheet-sides.ts";

/** Longer side of the picture on which the sheet is first seen. */
const SMALL = 400;
/** Paper and ground must differ by this much. */
const MIN_CONTRAST = 40;
const MIN_SHARE = 0.25;
/** Share of the quadrilateral that the bright patch fills, text and shadows left out. */
const MIN_FILL = 0.93;
/** A sheet seen straight on has right angles: a scan on a dark lid, which needs no stretching. */
const RIGHT_ANGLE = 0.7;
/** Opposite sides of a photographed sheet differ by less. */
const MAX_FORESHORTENING = 0.35;
/** The sheet's corners must show, this share of the picture inside it. */
const MIN_GROUND = 0.003;

/** The four corners of a photographed sheet on darker ground, in pixels; undefined unless it surely is one. A4: 25 ms. */
export function sheetCorners(grey: Grey): Corners | undefined {
  const by = Math.max(1, Math.round(Math.max(grey.width, grey.height) / SMALL));
  const small = brightest(shrunk(grey, by));
  const rough = roughCorners(small);
  if (rough === undefined) return undefined;
  const corners = refined(
    grey,
    rough.map(({ x, y }) => ({ x: x * by, y: y * by })),
  );
  return corners !== undefined && isSheet(corners, grey) ? corners : undefined;
}

/** Brightest of each 5 × 5 pixels: the paper without its text. */
function brightest({ data, width, height }: Grey): Grey {
  const across = new Uint8Array(data.length);
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const x = i % width;
    let most = 0;
    for (let k = Math.max(-2, -x); k <= Math.min(2, width - 1 - x); k++)
      most = Math.max(most, data[i + k] ?? 0);
    across[i] = most;
  }
  for (let i = 0; i < data.length; i++) {
    const y = Math.floor(i / width);
    let most = 0;
    for (let k = Math.max(-2, -y); k <= Math.min(2, height - 1 - y); k++)
      most = Math.max(most, across[i + k * width] ?? 0);
    out[i] = most;
  }
  return { data: out, width, height };
}

/** Corners of the bright patch in the middle, when it fills a quadrilateral. */
function roughCorners(image: Grey): Corners | undefined {
  const { data, width, height } = image;
  const { threshold, contrast } = bestThreshold(data);
  if (contrast < MIN_CONTRAST) return undefined;
  const mask = data.map((value) => (value > threshold ? 1 : 0));
  const found = componentsOf(mask, width, height);
  const patch = found.list.toSorted((a, b) => b.to - b.from - (a.to - a.from))[0];
  if (patch === undefined || patch.to - patch.from < MIN_SHARE * data.length) return undefined;
  const quad = largestQuad(hullOf(outline(patch, found, width)));
  if (quad === undefined) return undefined;
  const area = areaOf(quad);
  const filled = (patch.to - patch.from) / area;
  return filled >= MIN_FILL && filled <= 2 - MIN_FILL ? quad : undefined;
}

/** First and last pixel of the patch in every row. */
function outline(patch: Component, { order }: Components, width: number): Point[] {
  const rows = new Map<number, [number, number]>();
  for (let i = patch.from; i < patch.to; i++) {
    const at = order[i] ?? 0;
    const [x, y] = [at % width, Math.floor(at / width)];
    const row = rows.get(y);
    if (row === undefined) rows.set(y, [x, x]);
    else rows.set(y, [Math.min(row[0], x), Math.max(row[1], x)]);
  }
  // Whole squares: from the left side of the first to the right side of the last.
  return [...rows].flatMap(([y, [from, to]]) =>
    [y, y + 1].flatMap((edge) => [
      { x: from, y: edge },
      { x: to + 1, y: edge },
    ]),
  );
}

/** The brightness that parts light from dark best (Otsu), and how far their means lie apart. */
function bestThreshold(data: Uint8Array): { threshold: number; contrast: number } {
  const counts = new Float64Array(256);
  for (const value of data) counts[value] = (counts[value] ?? 0) + 1;
  const total = data.length;
  const sum = counts.reduce((all, count, value) => all + count * value, 0);
  let [below, belowSum, most, threshold, contrast] = [0, 0, 0, 0, 0];
  for (let value = 0; value < 255; value++) {
    below += counts[value] ?? 0;
    belowSum += value * (counts[value] ?? 0);
    if (below === 0 || below === total) continue;
    const apart = (sum - belowSum) / (total - below) - belowSum / below;
    const between = below * (total - below) * apart * apart;
    if (between > most) [most, threshold, contrast] = [between, value, apart];
  }
  return { threshold, contrast };
}

/** Corners where the sides cross, each side found anew along the step from paper to ground in the full picture. */
function refined(grey: Grey, rough: readonly Point[]): Corners | undefined {
  const sides: Line[] = [];
  for (let i = 0; i < 4; i++) {
    const [a, b] = [rough[i], rough[(i + 1) % 4]];
    const side = a && b ? sideBetween(grey, a, b) : undefined;
    if (side === undefined) return undefined;
    sides.push(side);
  }
  const [top, right, bottom, left] = sides;
  if (!top || !right || !bottom || !left) return undefined;
  const corners = [
    crossing(left, top),
    crossing(top, right),
    crossing(right, bottom),
    crossing(bottom, left),
  ];
  const [a, b, c, d] = corners;
  return a && b && c && d ? [a, b, c, d] : undefined;
}

function isSheet(corners: Corners, { width, height }: Grey): boolean {
  const edge = MIN_GROUND * Math.max(width, height);
  const shown = corners.every(
    ({ x, y }) => x >= edge && y >= edge && x <= width - edge && y <= height - edge,
  );
  const angles = corners.map((corner, i) => angleAt(corner, corners.at(i - 1), corners[(i + 1) % 4]));
  const straightOn = angles.every((angle) => Math.abs(angle - 90) < RIGHT_ANGLE);
  const [top, right, bottom, left] = corners.map((corner, i) =>
    distance(corner, corners[(i + 1) % 4] ?? corner),
  );
  const fair = (a = 1, b = 1): boolean => Math.abs(a - b) <= MAX_FORESHORTENING * Math.max(a, b);
  return (
    shown &&
    !straightOn &&
    angles.every((angle) => angle > 55 && angle < 125) &&
    fair(top, bottom) &&
    fair(left, right)
  );
}

function angleAt(corner: Point, before = corner, after = corner): number {
  const one = Math.atan2(before.y - corner.y, before.x - corner.x);
  const other = Math.atan2(after.y - corner.y, after.x - corner.x);
  const degrees = (Math.abs(one - other) * 180) / Math.PI;
  return degrees > 180 ? 360 - degrees : degrees;
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
