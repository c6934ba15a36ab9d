import { bordersOf } from "./clean/borders.ts";
import { paintBorders } from "./clean/paint-borders.ts";
import type { Grey } from "./grey.ts";
import type { Planes } from "./planes.ts";

/** Darker than any paper, lighter than a scanner's lid behind it. */
const DARK = 110;
/** Share of a side that must be dark before a border is looked for (5 ms). */
const LEAST = 0.03;

/** Paints scanner borders white in what is read and judged; the page's own image is another matter (`clean`). */
export function whitenBorders({ red, smallRed, smallDark, factor }: Planes, dpi: number): void {
  if (!hasDarkSide(smallDark)) return;
  const edges = bordersOf(smallDark, dpi / factor);
  if (edges.length === 0) return;
  for (const [plane, scale] of [
    [red, factor],
    [smallRed, 1],
    [smallDark, 1],
  ] as const)
    paintBorders({ ...plane, data: asBuffer(plane.data), channels: 1 }, edges, scale);
}

function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function hasDarkSide({ data, width, height }: Grey): boolean {
  if (width < 3 || height < 3) return false;
  // One pixel inside, because the outermost is often a mixture.
  const sides = [
    { start: width, step: 1, length: width },
    { start: (height - 2) * width, step: 1, length: width },
    { start: 1, step: width, length: height },
    { start: width - 2, step: width, length: height },
  ];
  return sides.some(({ start, step, length }) => {
    let dark = 0;
    for (let i = 0; i < length; i++) if ((data[start + i * step] ?? 255) < DARK) dark++;
    return dark > length * LEAST;
  });
}
