import { samples } from "../decode.ts";
import type { Mask } from "./ink.ts";
import type { Pixels } from "./pixels.ts";

/**
 * Everything but the ink, `scale` (at most 1) times as large. What ink or its blurred edge touches is taken from around it,
 * so that no dark halo stays behind the letters.
 */
export async function background(pixels: Pixels, mask: Mask, scale: number): Promise<Pixels> {
  const { data, width, height, channels } = pixels;
  const size = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  const small = await samples(data, width, height, channels)
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    // The mean of what each sample covers: sharper kernels reach into the ink beside it.
    .resize({ ...size, fit: "fill", kernel: "linear" })
    .raw({ depth: "uchar" })
    .toBuffer();
  const made = { ...size, data: small, channels };
  fillUnknown(made, untouched(mask, { width, height }, size));
  return made;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels around ink that its edge has darkened. */
const EDGE = 2;

/** 1 for samples that no ink and no edge of ink has part in. */
function untouched(mask: Mask, { width, height }: Size, small: Size): Uint8Array {
  const known = new Uint8Array(small.width * small.height).fill(1);
  const last = { x: small.width - 1, y: small.height - 1 };
  const [across, down] = [small.width / width, small.height / height];
  const firstOf = Uint16Array.from({ length: width }, (_, x) => Math.max(0, Math.floor((x - EDGE) * across)));
  const lastOf = Uint16Array.from({ length: width }, (_, x) =>
    Math.min(last.x, Math.floor((x + EDGE) * across)),
  );
  for (let y = 0; y < height; y += 1) {
    const top = Math.max(0, Math.floor((y - EDGE) * down));
    const bottom = Math.min(last.y, Math.floor((y + EDGE) * down));
    const start = y * width;
    const end = start + width;
    // From run to run of ink: most of a page is none.
    for (let at = mask.indexOf(0, start); at >= 0 && at < end; at = mask.indexOf(0, at)) {
      const from = firstOf[at - start] ?? 0;
      while (at < end && mask[at] === 0) at += 1;
      const to = lastOf[at - 1 - start] ?? last.x;
      for (let row = top; row <= bottom; row += 1)
        known.fill(0, row * small.width + from, row * small.width + to + 1);
    }
  }
  return known;
}

/** Unknown samples take the mean of what is known around them, from coarse to fine. */
function fillUnknown(fine: Pixels, known: Uint8Array): void {
  if (!known.includes(0)) return;
  if (fine.width <= 1 && fine.height <= 1) {
    fine.data.fill(255);
    return;
  }
  const { half, some } = halved(fine, known);
  fillUnknown(half, some);
  const { data, width, height, channels } = fine;
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, at += 1) {
      if (known[at] === 1) continue;
      const from = ((y >> 1) * half.width + (x >> 1)) * channels;
      for (let channel = 0; channel < channels; channel += 1)
        data[at * channels + channel] = half.data[from + channel] ?? 0;
    }
}

/** Half as large; `some` is 1 where at least one of the four samples is known. */
function halved({ data, width, height, channels }: Pixels, known: Uint8Array) {
  const [wide, high] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const sums = new Uint16Array(wide * high * 4);
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, at += 1) {
      if (known[at] === 0) continue;
      const slot = ((y >> 1) * wide + (x >> 1)) * 4;
      for (let channel = 0; channel < channels; channel += 1)
        sums[slot + channel] = (sums[slot + channel] ?? 0) + (data[at * channels + channel] ?? 0);
      sums[slot + 3] = (sums[slot + 3] ?? 0) + 1;
    }
  const half: Pixels = { data: Buffer.alloc(wide * high * channels), width: wide, height: high, channels };
  const some = new Uint8Array(wide * high);
  for (let at = 0; at < some.length; at += 1) {
    const count = sums[at * 4 + 3] ?? 0;
    if (count === 0) continue;
    some[at] = 1;
    for (let channel = 0; channel < channels; channel += 1)
      half.data[at * channels + channel] = (sums[at * 4 + channel] ?? 0) / count;
  }
  return { half, some };
}
