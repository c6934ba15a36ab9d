import type { Pixels } from "./pixels.ts";

/**
 * Everything but the ink, `scale` (below 1) times as large: each sample is the mean of what no ink covers, and what lay
 * wholly under ink is taken from around it, so that no dark halo stays behind the letters.
 */
export function background(pixels: Pixels, mask: Uint8Array, scale: number): Pixels {
  const { width, height, channels } = pixels;
  const columns = Math.max(1, Math.round(width * scale));
  const rows = Math.max(1, Math.round(height * scale));
  const columnOf = Uint16Array.from({ length: width }, (_, x) => Math.floor((x * columns) / width));
  const out = Buffer.alloc(columns * rows * channels);
  const known = new Uint8Array(columns * rows);
  const sums = new Uint32Array(columns * 4);
  for (let row = 0; row < rows; row += 1) {
    sums.fill(0);
    const [from, to] = [Math.ceil((row * height) / rows), Math.ceil(((row + 1) * height) / rows)];
    for (let y = from; y < to; y += 1) addRow(sums, pixels, columnOf, nearInk(mask, width, y), y);
    for (let column = 0; column < columns; column += 1) {
      const count = sums[column * 4 + 3] ?? 0;
      if (count === 0) continue;
      const at = row * columns + column;
      known[at] = 1;
      for (let channel = 0; channel < channels; channel += 1)
        out[at * channels + channel] = (sums[column * 4 + channel] ?? 0) / count + 0.5;
    }
  }
  const made = { data: out, width: columns, height: rows, channels };
  fillUnknown(made, known);
  return made;
}

/** Red, green, blue and count of each column's pixels without ink. */
function addRow(sums: Uint32Array, pixels: Pixels, columnOf: Uint16Array, near: Uint8Array, y: number): void {
  const { data, width, channels } = pixels;
  for (let x = 0, at = y * width * channels; x < width; x += 1, at += channels) {
    if (near[x] !== 0) continue;
    const slot = (columnOf[x] ?? 0) * 4;
    sums[slot] = (sums[slot] ?? 0) + (data[at] ?? 0);
    if (channels === 3) {
      sums[slot + 1] = (sums[slot + 1] ?? 0) + (data[at + 1] ?? 0);
      sums[slot + 2] = (sums[slot + 2] ?? 0) + (data[at + 2] ?? 0);
    }
    sums[slot + 3] = (sums[slot + 3] ?? 0) + 1;
  }
}

/** Ink of one row and a pixel around it: the blurred edge of a stroke is left out with the stroke. */
function nearInk(mask: Uint8Array, width: number, y: number): Uint8Array {
  const row = mask.subarray(y * width, (y + 1) * width);
  const above = y === 0 ? row : mask.subarray((y - 1) * width, y * width);
  const below = mask.subarray((y + 1) * width, (y + 2) * width);
  const near = new Uint8Array(width);
  let [left, here] = [0, (row[0] ?? 0) | (above[0] ?? 0) | (below[0] ?? 0)];
  for (let x = 0; x < width; x += 1) {
    const right = x + 1 < width ? (row[x + 1] ?? 0) | (above[x + 1] ?? 0) | (below[x + 1] ?? 0) : 0;
    near[x] = left | here | right;
    left = here;
    here = right;
  }
  return near;
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
  const sums = new Uint32Array(wide * high * 4);
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
