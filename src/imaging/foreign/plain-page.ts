import type { PlacedImage } from "../../domain/page-ports.ts";
import { OperationalError } from "../../domain/errors.ts";
import { decoding, withSource, type Source } from "../decode.ts";
import { storedSize } from "../output/stored-size.ts";
import { readTags } from "../tiff-directory.ts";
import { tiffDecoder } from "../tiff-coding.ts";
import { MAGICK_FORMATS, magickSize, magickTiff } from "./magick.ts";
import { svgTiff } from "./svg.ts";

/** Uncompressed, 100 megapixels of colour have 300 MB; a foreign file is decoded from memory. */
const MAX_FILE_BYTES = 320_000_000;

type Decoder = (bytes: Buffer, frame: number, pixels: number) => Promise<Buffer>;

/**
 * The page as it is when libvips can decode it; else its image decoded once and wrapped as an uncompressed TIFF with its
 * density, profile and orientation, so that everything after sees an image file like any other.
 * Throws `unsupported_format`, `unreadable`, `truncated`, `too_large`.
 */
export async function plainPage(page: PlacedImage, maxPixels: number): Promise<PlacedImage> {
  const { image } = page;
  if (image.kind === "raw") return page;
  return withSource(image, async (source) => {
    const decode = await foreignDecoder(source);
    if (decode === undefined) return page;
    const bytes = await decoding(source, () => decoded(source, decode, maxPixels));
    // The plain samples are many times larger than what was stored, and the page must not grow beyond that.
    return {
      ...page,
      image: { kind: "encoded", bytes, frame: 0 },
      storedBytes: await storedSize(page, source),
    };
  });
}

async function decoded(source: Source, decode: Decoder, maxPixels: number): Promise<Buffer> {
  const bytes = await wholeFile(source);
  const { width, height } = await foreignSize(source, bytes);
  if (width * height > maxPixels)
    throw new OperationalError("too_large", `${source.format} ${width}x${height}`);
  return decode(bytes, source.tiff?.frame.page ?? 0, width * height);
}

async function foreignDecoder({ format, bytes, tiff }: Source): Promise<Decoder | undefined> {
  if (format === "svg") return svgTiff;
  const magick: Decoder = (whole, frame, pixels) => magickTiff({ bytes: whole, format, frame }, pixels);
  if (MAGICK_FORMATS.has(format)) return magick;
  if (tiff === undefined) return undefined;
  return tiffDecoder(await readTags(bytes, tiff.file, tiff.frame)) === "magick" ? magick : undefined;
}

async function foreignSize({ format, tiff }: Source, bytes: Buffer) {
  if (tiff !== undefined) return tiff.frame;
  // librsvg has its own limit, and knows the size only when it draws.
  return format === "svg" ? { width: 0, height: 0 } : magickSize({ bytes, format, frame: 0 });
}

/** Throws `too_large`. */
export async function wholeFile({ format, bytes }: Pick<Source, "format" | "bytes">): Promise<Buffer> {
  if (bytes.size > MAX_FILE_BYTES) throw new OperationalError("too_large", `${format} ${bytes.size} bytes`);
  return bytes.read(0, bytes.size);
}
