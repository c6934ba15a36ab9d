import type { Box } from "../../domain/reading.ts";
import { channelsOf, type Pixels } from "./pixels.ts";

/** Width of the frame whose colour fills a box, as a share of the box. */
const FRAME = 0.15;

/** Paints boxes (in pixels ÷ `scale`) of the page's own samples in the colour of the paper round each. */
export function fillHoles(page: Pixels, boxes: readonly Box[], scale: number): void {
  for (const box of boxes) {
    const x0 = Math.max(0, Math.floor(box.x0 * scale));
    const y0 = Math.max(0, Math.floor(box.y0 * scale));
    const x1 = Math.min(page.width, Math.ceil(box.x1 * scale));
    const y1 = Math.min(page.height, Math.ceil(box.y1 * scale));
    fillBox(page, { x0, y0, x1, y1 });
  }
}

function fillBox(page: Pixels, box: Box): void {
  const channels = channelsOf(page);
  for (let channel = 0; channel < channels; channel++) {
    const colour = colourAround(page, box, channel);
    for (let y = box.y0; y < box.y1; y++)
      for (let x = box.x0; x < box.x1; x++) page.data[(y * page.width + x) * channels + channel] = colour;
  }
}

/** Median of one channel in a frame round the box; white where the box is the page. */
function colourAround(page: Pixels, { x0, y0, x1, y1 }: Box, channel: number): number {
  const channels = channelsOf(page);
  const frame = Math.max(2, Math.round(Math.max(x1 - x0, y1 - y0) * FRAME));
  const values: number[] = [];
  for (let y = Math.max(0, y0 - frame); y < Math.min(page.height, y1 + frame); y++)
    for (let x = Math.max(0, x0 - frame); x < Math.min(page.width, x1 + frame); x++) {
      if (x >= x0 && x < x1 && y >= y0 && y < y1) continue;
      values.push(page.data[(y * page.width + x) * channels + channel] ?? 255);
    }
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 255;
}
