import type { PdfImage } from "../domain/page-ports.ts";
import { OperationalError } from "../domain/errors.ts";
import { bytesOf, type Bytes } from "./bytes.ts";
import { samples } from "./decode.ts";
import { readTags, readTiff, type TiffFile, type TiffFrame, type TiffTags } from "./tiff-directory.ts";

/** TIFF 6 tag numbers. */
const TAG = {
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  offsets: 273,
  samples: 277,
  counts: 279,
  t6Options: 293,
  extraSamples: 338,
} as const;

export type FaxImage = Pick<PdfImage, "bytes" | "width" | "height"> & { readonly blackIs1: boolean };

/** One bit per pixel, black and white only. */
export function isBilevel(tags: TiffTags): boolean {
  const photometric = one(tags, TAG.photometric, 0);
  return one(tags, TAG.bits, 1) === 1 && one(tags, TAG.samples, 1) === 1 && photometric <= 1;
}

/** The Group 4 data of a page as it lies in the file, if it is one strip; undefined otherwise. Throws `truncated`. */
export async function g4Strip(
  bytes: Bytes,
  file: TiffFile,
  frame: TiffFrame,
  tags: TiffTags,
): Promise<FaxImage | undefined> {
  const [offset, ...more] = tags.get(TAG.offsets) ?? [];
  const length = one(tags, TAG.counts, 0);
  const usable = isBilevel(tags) && one(tags, TAG.compression, 1) === 4 && one(tags, TAG.t6Options, 0) === 0;
  if (!usable || offset === undefined || more.length > 0 || length === 0) return undefined;
  const strip = await bytes.read(offset, length);
  if (strip.length < length) throw new OperationalError("truncated", "tiff strip");
  return {
    bytes: one(tags, TAG.fillOrder, 1) === 2 ? reversedBits(strip) : strip,
    width: frame.width,
    height: frame.height,
    // Fax code knows white and black runs; photometric 1 (BlackIsZero) shows the "white" ones as black.
    blackIs1: one(tags, TAG.photometric, 0) === 1,
  };
}

/** Codes 8-bit grey samples that are only 0 or 255 as one Group 4 strip, without loss. */
export async function encodeG4(grey: Buffer, width: number, height: number): Promise<FaxImage> {
  const tiff = await samples(grey, width, height, 1)
    .toColourspace("b-w")
    // A strip as high as the page (a multiple of 16): libtiff would cut it into strips of 256 rows, which PDF cannot join.
    .tiff({
      compression: "ccittfax4",
      bitdepth: 1,
      miniswhite: true,
      tileHeight: Math.ceil(height / 16) * 16,
    })
    .toBuffer();
  const bytes = bytesOf(tiff);
  const file = await readTiff(bytes);
  const [frame] = file.frames;
  const strip =
    frame === undefined ? undefined : await g4Strip(bytes, file, frame, await readTags(bytes, file, frame));
  if (strip === undefined) throw new Error("libvips did not write one Group 4 strip");
  return { ...strip, width, height };
}

function one(tags: TiffTags, tag: number, otherwise: number): number {
  return tags.get(tag)?.[0] ?? otherwise;
}

const REVERSED = Uint8Array.from({ length: 256 }, (_, value) => {
  let out = 0;
  for (let bit = 0; bit < 8; bit++) if ((value & (1 << bit)) !== 0) out |= 0x80 >> bit;
  return out;
});

function reversedBits(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((value) => REVERSED[value] ?? 0));
}
