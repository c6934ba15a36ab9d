import type { ContactItem } from "../../domain/pdf-port.ts";

/** Grey in 16 steps, two pixels a byte, rows padded: a tenth of what the page takes, and nobody sees the difference. */
export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  readonly rows: Buffer;
}

/** Pixels a point: 150 dpi on paper. */
const DENSITY = 150 / 72;

/** The page made small enough for a box of so many points, each pixel the mean of those it stands for. */
export function contactThumbnail(
  { pgm, width, height }: NonNullable<ContactItem["thumbnail"]>,
  box: { readonly width: number; readonly height: number },
): Thumbnail {
  const scale = Math.min(1, (box.width * DENSITY) / width, (box.height * DENSITY) / height);
  const [wide, tall] = [width, height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ];
  const pixels = pgm.subarray(pgm.length - width * height);
  const rows = Buffer.alloc(Math.ceil(wide / 2) * tall);
  const stride = Math.ceil(wide / 2);
  for (let y = 0; y < tall; y++) {
    const [y0, y1] = span(y, tall, height);
    for (let x = 0; x < wide; x++) {
      const grey = Math.round(mean(pixels, width, [...span(x, wide, width), y0, y1]) / 17);
      const at = y * stride + (x >> 1);
      rows[at] = (rows[at] ?? 0) | (x % 2 === 0 ? grey << 4 : grey);
    }
  }
  return { width: wide, height: tall, rows };
}

/** Source pixels behind the small pixel `at`: at least one. */
function span(at: number, small: number, large: number): [from: number, to: number] {
  const from = Math.floor((at * large) / small);
  return [from, Math.max(from + 1, Math.floor(((at + 1) * large) / small))];
}

function mean(
  pixels: Buffer,
  stride: number,
  [x0, x1, y0, y1]: readonly [number, number, number, number],
): number {
  let sum = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) sum += pixels[y * stride + x] ?? 255;
  }
  return sum / ((x1 - x0) * (y1 - y0));
}
