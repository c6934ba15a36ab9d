import type { Pixels } from "./pixels.ts";

/** One pixel in the fixed-point coordinates of a span. */
export const ONE = 65_536;

/**
 * Pixels `from` (including) to `to` (excluding) of a row that are taken from a straight line through the source. `x` and
 * `y` are the source coordinates of pixel 0 (centres at whole numbers) in 1/65536 pixel; every pixel painted must lie
 * at least one pixel inside the source's right and lower side.
 */
export interface Span {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly from: number;
  readonly to: number;
}

type Paint = (page: Pixels, target: Pixels, v: number, span: Span) => void;

/** Bilinear. A colour pixel costs 11 ns, a grey one 5. */
export function spanPainter(channels: 1 | 3): Paint {
  return channels === 1 ? paintGrey : paintColour;
}

function paintGrey(page: Pixels, target: Pixels, v: number, span: Span): void {
  const { data, width } = page;
  const out = target.data;
  let x = span.x + span.from * span.stepX;
  let y = span.y + span.from * span.stepY;
  for (let u = span.from, at = v * target.width + u; u < span.to; u++, at++) {
    const source = (y >> 16) * width + (x >> 16);
    const right = (x >> 8) & 255;
    const down = (y >> 8) & 255;
    const upper = (data[source] ?? 0) * (256 - right) + (data[source + 1] ?? 0) * right;
    const lower = (data[source + width] ?? 0) * (256 - right) + (data[source + width + 1] ?? 0) * right;
    out[at] = (upper * (256 - down) + lower * down + 32_768) >> 16;
    x += span.stepX;
    y += span.stepY;
  }
}

function paintColour(page: Pixels, target: Pixels, v: number, span: Span): void {
  const { data } = page;
  const out = target.data;
  const stride = page.width * 3;
  let x = span.x + span.from * span.stepX;
  let y = span.y + span.from * span.stepY;
  for (let u = span.from, at = (v * target.width + u) * 3; u < span.to; u++, at += 3) {
    const source = (y >> 16) * stride + (x >> 16) * 3;
    const right = (x >> 8) & 255;
    const down = (y >> 8) & 255;
    for (let c = 0; c < 3; c++) {
      const i = source + c;
      const upper = (data[i] ?? 0) * (256 - right) + (data[i + 3] ?? 0) * right;
      const lower = (data[i + stride] ?? 0) * (256 - right) + (data[i + stride + 3] ?? 0) * right;
      out[at + c] = (upper * (256 - down) + lower * down + 32_768) >> 16;
    }
    x += span.stepX;
    y += span.stepY;
  }
}
