import { codingRefusal, refusalOf } from "./foreign/refusal.ts";
import type { TiffTags } from "./tiff-directory.ts";

/** TIFF 6 tag numbers, and DNGVersion. */
const TAG = { bits: 258, compression: 259, photometric: 262, sampleFormat: 339, dng: 50706 } as const;

/** None, CCITT RLE, G3, G4, LZW, JPEG, Deflate (two numbers), CCITT RLE by words, PackBits. */
const KNOWN = new Set([1, 2, 3, 4, 5, 7, 8, 32771, 32773, 32946]);
const NONE = 1;
const OLD_JPEG = 6;
const JPEG = 7;
/** The decoders here were built without these; what they are called is all that can be said. */
const NAMES: Readonly<Record<number, string>> = {
  9: "JBIG",
  10: "JBIG",
  34661: "JBIG",
  34676: "SGI Log",
  34677: "SGI Log",
  34712: "JPEG 2000",
  34715: "JBIG2",
  34887: "LERC",
  34925: "LZMA",
  50000: "ZSTD",
  50001: "WebP",
  50002: "JPEG XL",
  52546: "JPEG XL",
};
/** Sony, Nikon, Kodak, Pentax: camera files in a TIFF's clothes. */
const RAW = new Set([32767, 32769, 34713, 34892, 65000, 65535]);
const DEPTHS = new Set([1, 2, 4, 8, 16]);
/** White is zero, black is zero, RGB, palette, CMYK. */
const PHOTOMETRIC = new Set([0, 1, 2, 3, 5]);
const YCBCR = 6;
const LAB = 8;
const UNSIGNED = 1;

/**
 * Who decodes a TIFF page. libvips shows 12 bits, floating point and YCbCr without JPEG wrong or not at all, refuses
 * 8-bit Lab and old-style JPEG; ImageMagick reads them (and shows other Lab wrong). Throws `unsupported_format` for
 * codings that neither knows.
 */
export function tiffDecoder(tags: TiffTags): "libvips" | "magick" {
  const [coding = NONE] = valuesOf(tags, TAG.compression, NONE);
  if (tags.has(TAG.dng) || RAW.has(coding)) throw refusalOf("raw");
  if (coding === OLD_JPEG) return "magick";
  if (!KNOWN.has(coding)) throw codingRefusal("tiff", NAMES[coding] ?? `compression ${coding}`);
  const [photometric = 0] = valuesOf(tags, TAG.photometric, 0);
  const bits = valuesOf(tags, TAG.bits, 1);
  if (photometric === LAB) return bits.every((depth) => depth === 8) ? "magick" : "libvips";
  const plain =
    bits.every((depth) => DEPTHS.has(depth)) &&
    valuesOf(tags, TAG.sampleFormat, UNSIGNED).every((kind) => kind === UNSIGNED) &&
    (PHOTOMETRIC.has(photometric) || (photometric === YCBCR && coding === JPEG));
  return plain ? "libvips" : "magick";
}

function valuesOf(tags: TiffTags, tag: number, otherwise: number): readonly number[] {
  return tags.get(tag) ?? [otherwise];
}
