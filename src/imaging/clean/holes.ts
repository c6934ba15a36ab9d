import type { Box } from "../../domain/reading.ts";
import type { Grey } from "../skew.ts";
import { circleThrough, type Circle } from "./circle.ts";
import { componentsOf, type Component, type Components } from "./components.ts";
import { greyOf, percentile, shrunk, type Pixels } from "./pixels.ts";

/** Resolution at which holes are looked for: a radius of 3 mm has 12 pixels. */
const WORK_DPI = 100;
/** ISO 838: 6 ± 0.5 mm wide, 80 ± 0.5 mm apart, 12 ± 1 mm from the edge; small punches make 5 mm. */
const MIN_RADIUS_MM = 2.2;
const MAX_RADIUS_MM = 3.6;
const SPACING_MM = 80;
const SPACING_TOLERANCE_MM = 2.5;
/** Depth of the margin in which a hole's centre lies; sheets are laid askew and cropped. */
const MARGIN_MM = 20;
/** Darker than this share of the paper: what is behind the sheet shows. */
const DARK = 0.8;
/** Root mean square distance from a circle in pixels of WORK_DPI. */
const MAX_ERROR = 0.9;
const MAX_SPREAD = 26;
/** Holes have no colour; stickers and seals do. */
const MAX_CHROMA = 45;

interface Disc extends Circle {
  readonly level: number;
}

/**
 * Boxes round punch holes, in pixels of the page at hand: dark or grey discs (or halves of them at the very edge) of one
 * size in a margin, clean paper round each, and at least two at the spacing punches have. A4 at 200 dpi: 15 ms.
 */
export function holesOf(page: Pixels, dpi: number): readonly Box[] {
  const by = Math.max(1, Math.round(dpi / WORK_DPI));
  const small = padded(shrunk(greyOf(page), by));
  const mm = dpi / by / 25.4;
  const paper = percentile(small, 0.7);
  const mask = marginMask(small, paper * DARK, (MARGIN_MM + MAX_RADIUS_MM) * mm);
  const found = componentsOf(mask, small.width, small.height);
  const discs = found.list.flatMap((part) => discOf(part, found, small, { paper, mm }) ?? []);
  const size = { width: small.width - 2 * PAD, height: small.height - 2 * PAD };
  const holes = discs
    .map((disc) => ({ ...disc, x: disc.x - PAD, y: disc.y - PAD }))
    .filter((disc, _, all) => all.some((other) => areMates(disc, other, mm, size)));
  return holes.map((disc) => boxOf(disc, by, page)).filter((box) => !isColoured(page, box));
}

/** White pixels laid round the page, so that half discs at the very edge have a rim on all sides. */
const PAD = 1;

function padded({ data, width, height }: Grey): Grey {
  const out = new Uint8Array((width + 2 * PAD) * (height + 2 * PAD)).fill(255);
  for (let y = 0; y < height; y++)
    out.set(data.subarray(y * width, (y + 1) * width), (y + PAD) * (width + 2 * PAD) + PAD);
  return { data: out, width: width + 2 * PAD, height: height + 2 * PAD };
}

function marginMask({ data, width, height }: Grey, dark: number, depth: number): Uint8Array {
  const mask = new Uint8Array(width * height);
  const [far, low] = [width - depth, height - depth];
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++)
      if ((x < depth || y < depth || x >= far || y >= low) && (data[at] ?? 255) < dark) mask[at] = 1;
  return mask;
}

interface Scene {
  readonly paper: number;
  readonly mm: number;
}

function discOf(part: Component, found: Components, image: Grey, { paper, mm }: Scene): Disc | undefined {
  const [width, height] = [part.x1 - part.x0, part.y1 - part.y0];
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  if (long < 1.7 * MIN_RADIUS_MM * mm || long > 2.2 * MAX_RADIUS_MM * mm || short < 0.25 * long)
    return undefined;
  const rim = rimOf(part, found.order, image);
  const circle = circleThrough(rim.xs, rim.ys);
  if (circle === undefined || circle.error > MAX_ERROR) return undefined;
  if (circle.radius < MIN_RADIUS_MM * mm || circle.radius > MAX_RADIUS_MM * mm) return undefined;
  const inside = levels(image, circle, 0, 0.82);
  const around = levels(image, circle, 1.3, 1.65);
  const whole = Math.PI * (0.82 * circle.radius) ** 2;
  if (inside.length < 0.3 * whole || around.length === 0) return undefined;
  const level = inside.reduce((sum, value) => sum + value, 0) / inside.length;
  const spread = Math.sqrt(inside.reduce((sum, value) => sum + (value - level) ** 2, 0) / inside.length);
  const light = around.filter((value) => value > Math.max(paper * 0.88, level + 25)).length;
  const isHole = spread <= MAX_SPREAD && level < paper * DARK && light >= around.length * 0.96;
  return isHole ? { ...circle, level } : undefined;
}

/** Centres of the part's outermost pixels, without those at the page's own edge. */
function rimOf(part: Component, order: Uint32Array, { width, height }: Grey): { xs: number[]; ys: number[] } {
  const inside = new Set(order.subarray(part.from, part.to));
  const [xs, ys]: [number[], number[]] = [[], []];
  for (const at of inside) {
    const [x, y] = [at % width, Math.floor(at / width)];
    if (x <= PAD || y <= PAD || x >= width - PAD - 1 || y >= height - PAD - 1) continue;
    // Half a pixel out: the rim runs between the last dark pixel and the first bright one.
    if (!inside.has(at - 1)) [xs[xs.length], ys[ys.length]] = [x, y + 0.5];
    if (!inside.has(at + 1)) [xs[xs.length], ys[ys.length]] = [x + 1, y + 0.5];
    if (!inside.has(at - width)) [xs[xs.length], ys[ys.length]] = [x + 0.5, y];
    if (!inside.has(at + width)) [xs[xs.length], ys[ys.length]] = [x + 0.5, y + 1];
  }
  return { xs, ys };
}

/** Brightness of the page's pixels between two shares of the circle's radius. */
function levels({ data, width, height }: Grey, circle: Circle, from: number, to: number): number[] {
  const found: number[] = [];
  const reach = Math.ceil(circle.radius * to);
  const [cx, cy] = [Math.floor(circle.x), Math.floor(circle.y)];
  for (let y = Math.max(PAD, cy - reach); y <= Math.min(height - PAD - 1, cy + reach); y++)
    for (let x = Math.max(PAD, cx - reach); x <= Math.min(width - PAD - 1, cx + reach); x++) {
      const distance = Math.hypot(x + 0.5 - circle.x, y + 0.5 - circle.y) / circle.radius;
      if (distance >= from && distance <= to) found.push(data[y * width + x] ?? 0);
    }
  return found;
}

/** Whether one punch made both: the same side, size and darkness, and a spacing of 80, 160 or 240 mm. */
function areMates(a: Disc, b: Disc, mm: number, size: { width: number; height: number }): boolean {
  if (Math.abs(a.radius / b.radius - 1) > 0.25 || Math.abs(a.level - b.level) > 60) return false;
  const [dx, dy] = [Math.abs(a.x - b.x) / mm, Math.abs(a.y - b.y) / mm];
  const [along, across] = [Math.max(dx, dy), Math.min(dx, dy)];
  const steps = Math.round(along / SPACING_MM);
  if (steps < 1 || steps > 3 || across > 4) return false;
  if (Math.abs(along - steps * SPACING_MM) > SPACING_TOLERANCE_MM * steps) return false;
  // Both in the margin that runs along the line from one to the other.
  const depth = (disc: Disc): number =>
    dy > dx ? Math.min(disc.x, size.width - disc.x) : Math.min(disc.y, size.height - disc.y);
  return Math.max(depth(a), depth(b)) <= MARGIN_MM * mm;
}

function boxOf({ x, y, radius }: Circle, by: number, page: Pixels): Box {
  const reach = radius * 1.12 + 1;
  return {
    x0: Math.max(0, Math.floor((x - reach) * by)),
    y0: Math.max(0, Math.floor((y - reach) * by)),
    x1: Math.min(page.width, Math.ceil((x + reach) * by)),
    y1: Math.min(page.height, Math.ceil((y + reach) * by)),
  };
}

function isColoured({ data, width, channels }: Pixels, { x0, y0, x1, y1 }: Box): boolean {
  if (channels === 1) return false;
  let [sum, count] = [0, 0];
  for (let y = Math.round(y0 + (y1 - y0) * 0.3); y < y1 - (y1 - y0) * 0.3; y++)
    for (let x = Math.round(x0 + (x1 - x0) * 0.3); x < x1 - (x1 - x0) * 0.3; x++, count++) {
      const at = (y * width + x) * 3;
      const [red, green, blue] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
      sum += Math.max(red, green, blue) - Math.min(red, green, blue);
    }
  return sum > count * MAX_CHROMA;
}
