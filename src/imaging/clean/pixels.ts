import type { Grey } from "../skew.ts";

/** 8-bit samples, interleaved, row by row; three channels when none are named. */
export interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels?: 1 | 3;
}

export function channelsOf(page: Pixels): 1 | 3 {
  return page.channels ?? 3;
}

/** The same page in memory of its own, so that it can be painted on. */
export function copyOf(page: Pixels): Pixels {
  return { ...page, data: Buffer.from(page.data) };
}

/** Brightness as the eye sees it; a grey page's own samples are not copied. */
export function greyOf(page: Pixels): Grey {
  const { data, width, height } = page;
  if (channelsOf(page) === 1) return { data, width, height };
  const out = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < out.length; i++, at += 3)
    out[i] = ((data[at] ?? 0) * 77 + (data[at + 1] ?? 0) * 151 + (data[at + 2] ?? 0) * 28) >> 8;
  return { data: out, width, height };
}

/** One channel of three; red shows no red stamps, so lines of text are found without them. */
export function redOf(page: Pixels): Grey {
  const { data, width, height } = page;
  if (channelsOf(page) === 1) return { data, width, height };
  const out = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < out.length; i++, at += 3) out[i] = data[at] ?? 0;
  return { data: out, width, height };
}

/** Mean of squares of `by` × `by` pixels; what does not fill a square at the right and bottom is left out. */
export function shrunk(image: Grey, by: number): Grey {
  if (by <= 1) return image;
  const width = Math.max(1, Math.floor(image.width / by));
  const height = Math.max(1, Math.floor(image.height / by));
  const out = new Uint8Array(width * height);
  const sums = new Uint32Array(width);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let row = y * by; row < Math.min(image.height, (y + 1) * by); row++) addRow(image, row, by, sums);
    for (let x = 0; x < width; x++) out[y * width + x] = Math.round((sums[x] ?? 0) / (by * by));
  }
  return { data: out, width, height };
}

function addRow({ data, width }: Grey, row: number, by: number, sums: Uint32Array): void {
  for (let x = 0, at = row * width; x < sums.length; x++) {
    let sum = 0;
    for (let i = 0; i < by; i++, at++) sum += data[at] ?? 0;
    sums[x] = (sums[x] ?? 0) + sum;
  }
}

/** Every `by`-th pixel of every `by`-th row. */
export function thinned(page: Pixels, by: number): Pixels {
  const channels = channelsOf(page);
  const [width, height] = [Math.floor(page.width / by), Math.floor(page.height / by)];
  const data = Buffer.allocUnsafe(width * height * channels);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * by * page.width + x * by) * channels;
      for (let c = 0; c < channels; c++) data[at++] = page.data[from + c] ?? 0;
    }
  return { data, width, height, channels };
}

/** Whether every sample is 0 or 255, as of pages scanned in black and white. */
export function isTwoLevel({ data }: Pixels): boolean {
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0;
    if (value !== 0 && value !== 255) return false;
  }
  return true;
}

/** Brightness that `share` (0..1) of the pixels stay below; every third pixel of every third row is asked. */
export function percentile({ data, width, height }: Grey, share: number): number {
  const counts = new Uint32Array(256);
  let total = 0;
  for (let y = 0; y < height; y += 3)
    for (let x = 0; x < width; x += 3, total++) {
      const value = data[y * width + x] ?? 0;
      counts[value] = (counts[value] ?? 0) + 1;
    }
  let level = 0;
  for (let below = counts[0] ?? 0; below < total * share && level < 255;) below += counts[++level] ?? 0;
  return level;
}
