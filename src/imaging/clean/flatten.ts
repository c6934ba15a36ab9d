import { ontoCorners, type Corners, type Homography } from "./homography.ts";
import { channelsOf, type Pixels } from "./pixels.ts";
import { ONE, spanPainter, type Span } from "./resample.ts";
import type { Size } from "./rotate.ts";

/** Pixels between two exact places; on the straight line between them no pixel is off by a tenth. */
const SPAN = 24;

/** The sheet between four corners stretched flat to a size, bilinear; white where the photo ends. */
export function flattened(page: Pixels, corners: Corners, size: Size): Pixels {
  const channels = channelsOf(page);
  const target = { data: Buffer.alloc(size.width * size.height * channels, 255), ...size, channels };
  const map = ontoCorners(corners, size.width, size.height);
  const paint = spanPainter(channels);
  for (let v = 0; v < size.height; v++)
    for (let from = 0; from < size.width; from += SPAN) {
      const to = Math.min(size.width, from + SPAN);
      const [start, end] = [placeOf(map, from, v), placeOf(map, to, v)];
      const span = between(start, end, from, to);
      if (isInside(page, start) && isInside(page, end)) paint(page, target, v, span);
      else
        for (let u = from; u < to; u++)
          if (isInside(page, placeOf(map, u, v))) paint(page, target, v, { ...span, from: u, to: u + 1 });
    }
  return target;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where pixel (u, v) of the flat sheet lies in the photo, pixel centres at whole numbers. */
function placeOf(map: Homography, u: number, v: number): Place {
  const [right, down] = [u + 0.5, v + 0.5];
  const below = 1 / (map.g * right + map.h * down + 1);
  return {
    x: (map.a * right + map.b * down + map.c) * below - 0.5,
    y: (map.d * right + map.e * down + map.f) * below - 0.5,
  };
}

function between(start: Place, end: Place, from: number, to: number): Span {
  const stepX = Math.round(((end.x - start.x) / (to - from)) * ONE);
  const stepY = Math.round(((end.y - start.y) / (to - from)) * ONE);
  return {
    x: Math.round(start.x * ONE) - from * stepX,
    y: Math.round(start.y * ONE) - from * stepY,
    stepX,
    stepY,
    from,
    to,
  };
}

/** With room for the rounding of a span's steps. */
function isInside({ width, height }: Size, { x, y }: Place): boolean {
  return x >= 0.1 && y >= 0.1 && x < width - 1.1 && y < height - 1.1;
}
