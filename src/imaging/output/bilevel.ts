import { deflateSync } from "node:zlib";
import type { CodedImage } from "../../domain/page-ports.ts";
import { encodeG4 } from "../g4.ts";
import type { Pixels } from "./pixels.ts";

/** True for samples that are black or white and nothing between. */
export function isBlackAndWhite({ data, channels }: Pixels): boolean {
  if (channels !== 1) return false;
  for (let at = 0; at < data.length; at += 1) {
    const value = data[at] ?? 0;
    if (value !== 0 && value !== 255) return false;
  }
  return true;
}

/** Black and white without loss: Group 4, or Flate where that is smaller (dithered pictures). */
export async function bilevelImage(
  { data, width, height }: Pixels,
  most = Number.MAX_SAFE_INTEGER,
): Promise<CodedImage> {
  const fax = await encodeG4(data, width, height);
  const group4: CodedImage = { filter: "CCITTFaxDecode", colour: "gray", bits: 1, ...fax };
  if (fax.bytes.length <= most) return group4;
  const bytes = deflateSync(packed(data, width, height));
  return bytes.length < fax.bytes.length
    ? { filter: "FlateDecode", bytes, width, height, colour: "gray", bits: 1 }
    : group4;
}

/** Changes of a 1-bit page leave greys along the edges. */
export function blackAndWhite(pixels: Pixels): Pixels {
  return { ...pixels, data: Buffer.from(pixels.data.map((value) => (value < 128 ? 0 : 255))) };
}

function packed(grey: Buffer, width: number, height: number): Buffer {
  const row = Math.ceil(width / 8);
  const out = Buffer.alloc(row * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      if ((grey[y * width + x] ?? 0) < 128) continue;
      const at = y * row + (x >> 3);
      out[at] = (out[at] ?? 0) | (0x80 >> (x & 7));
    }
  return out;
}
