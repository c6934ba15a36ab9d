/** Samples of an image of that size, turned clockwise. */
export function turnSamples(
  bytes: Buffer,
  size: { readonly width: number; readonly height: number; readonly channels: 1 | 3 },
  turn: 0 | 90 | 180 | 270,
): Buffer {
  if (turn === 0) return bytes;
  const { width, height, channels } = size;
  const out = Buffer.allocUnsafe(bytes.length);
  // Where the first sample goes, and how far its neighbours to the right and below lie from it.
  const [start, right, down] = {
    90: [height - 1, height, -1],
    180: [width * height - 1, -1, -width],
    270: [(width - 1) * height, -height, 1],
  }[turn] as [number, number, number];
  for (let y = 0, from = 0; y < height; y += 1)
    for (let x = 0, to = (start + y * down) * channels; x < width; x += 1, to += right * channels)
      for (let channel = 0; channel < channels; channel += 1, from += 1) out[to + channel] = bytes[from] ?? 0;
  return out;
}
