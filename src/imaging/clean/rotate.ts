import { channelsOf, isTwoLevel, type Pixels } from "./pixels.ts";
import { ONE, spanPainter, type Span } from "./resample.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Canvas that holds a page turned by these degrees. */
export function turnedSize({ width, height }: Size, degrees: number): Size {
  const [cos, sin] = [Math.abs(Math.cos(radians(degrees))), Math.abs(Math.sin(radians(degrees)))];
  return { width: Math.round(width * cos + height * sin), height: Math.round(width * sin + height * cos) };
}

/**
 * The page turned clockwise about its centre on a canvas grown to hold it, white where nothing was; bilinear, and a page
 * that is black and white only stays so. 300-dpi A4 in colour: 100 ms, grey 40 ms; at 200 dpi 40 and 18.
 */
export function turned(page: Pixels, degrees: number): Pixels {
  const size = turnedSize(page, degrees);
  const channels = channelsOf(page);
  const data = Buffer.alloc(size.width * size.height * channels, 255);
  const rows = rowsOf(page, size, degrees);
  const twoLevel = isTwoLevel(page);
  const paint = spanPainter(channels);
  for (let y = 0; y < size.height; y++) paint(page, { data, ...size }, y, rows(y));
  if (twoLevel) for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) < 128 ? 0 : 255;
  return { data, ...size, channels };
}

function rowsOf(page: Size, size: Size, degrees: number): (y: number) => Span {
  const [cos, sin] = [Math.cos(radians(degrees)), Math.sin(radians(degrees))];
  const [stepX, stepY] = [cos, -sin];
  return (v) => {
    const [left, down] = [0.5 - size.width / 2, v + 0.5 - size.height / 2];
    const x = left * cos + down * sin + page.width / 2 - 0.5;
    const y = -left * sin + down * cos + page.height / 2 - 0.5;
    const [fromX, toX] = within(x, stepX, page.width - 1);
    const [fromY, toY] = within(y, stepY, page.height - 1);
    return {
      x: Math.round(x * ONE),
      y: Math.round(y * ONE),
      stepX: Math.round(stepX * ONE),
      stepY: Math.round(stepY * ONE),
      from: Math.max(0, fromX, fromY),
      to: Math.min(size.width, toX, toY),
    };
  };
}

/** The steps n, from (including) and to (excluding), for which `start + n × step` lies inside 0..end. */
function within(start: number, step: number, end: number): [from: number, to: number] {
  // A little inside, because the sum of rounded steps may be off by a twentieth of a pixel.
  const [low, high] = [0.1, end - 0.1];
  if (Math.abs(step) < 1e-9) return start >= low && start < high ? [0, Infinity] : [0, 0];
  const [one, other] = [(low - start) / step, (high - start) / step];
  return [Math.ceil(Math.min(one, other)), Math.floor(Math.max(one, other))];
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
