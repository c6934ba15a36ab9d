import sharp, { type Metadata, type Sharp, type SharpOptions } from "sharp";
import type { PageImage } from "../domain/page-ports.ts";
import { OperationalError, type ErrorCode } from "../domain/errors.ts";
import { bytesOf, withFile, type Bytes } from "./bytes.ts";
import { isCutOff } from "./cut-off.ts";
import { formatOf } from "./sniff.ts";
import { tiffAt } from "./tiff-cache.ts";
import { readTiff, type TiffFile, type TiffFrame } from "./tiff-directory.ts";

// The pipeline runs one page per worker: threads inside libvips would only fight the OCR workers for the cores,
// and its cache would hold pages that never come again.
sharp.concurrency(1);
sharp.cache(false);

export type EncodedImage = Exclude<PageImage, { kind: "raw" }>;

/** The file behind a page, opened: its format and, for a TIFF, which directory the page is. */
export interface Source {
  readonly format: string;
  readonly bytes: Bytes;
  readonly tiff?: { readonly file: TiffFile; readonly frame: TiffFrame };
}

/** Opens the source for as long as `use` runs; a file on disk is read piecewise. Throws `unsupported_format`, `no_pages`. */
export async function withSource<T>(image: EncodedImage, use: (source: Source) => Promise<T>): Promise<T> {
  const open = async (bytes: Bytes, walk: () => Promise<TiffFile>): Promise<T> => {
    const format = formatOf(await bytes.read(0, 1024));
    if (format !== "tiff") return use({ format, bytes });
    const file = await walk();
    const frame = file.frames[image.frame];
    if (frame === undefined) throw new OperationalError("no_pages", `tiff page ${image.frame + 1}`);
    return use({ format, bytes, tiff: { file, frame } });
  };
  if (image.kind === "file")
    return withFile(image.path, (bytes, mtimeMs) => open(bytes, () => tiffAt(image.path, bytes, mtimeMs)));
  const bytes = bytesOf(image.bytes);
  return open(bytes, () => readTiff(bytes));
}

/**
 * A sharp pipeline over one page. Errors and cut-off data are refused, warnings are not: sharp keeps the warnings of all
 * its pages in one queue, so with `warning` a sound page can be refused for what its neighbour did (seen), and scanners
 * cause harmless ones (private TIFF tags, stray bytes between JPEG markers).
 */
export function pixelsOf(image: PageImage, source: Source | undefined, maxPixels: number): Sharp {
  const options: SharpOptions = { limitInputPixels: maxPixels, failOn: "error" };
  if (image.kind === "raw") {
    const { width, height, channels } = image;
    return sharp(image.bytes, { ...options, raw: { width, height, channels } });
  }
  // A page number is an error for formats without pages, and 0 is the default for all others.
  const page = source?.tiff?.frame.page ?? 0;
  return sharp(image.kind === "file" ? image.path : image.bytes, page === 0 ? options : { ...options, page });
}

/**
 * The colours as they are meant: sharp brings 16-bit colour with a profile to Display P3, and samples taken from there
 * are no sRGB (a green of 32, 160, 48 came out as 77, 157, 64).
 */
export function trueColours(
  pixels: Sharp,
  { hasProfile, space }: Pick<Metadata, "hasProfile" | "space">,
): Sharp {
  return hasProfile && space === "rgb16" ? pixels.withIccProfile("srgb") : pixels;
}

/** A sharp pipeline over samples we made ourselves. */
export function samples(bytes: Buffer, width: number, height: number, channels: 1 | 3): Sharp {
  return sharp(bytes, { raw: { width, height, channels } });
}

/** Runs libvips work and turns its messages (which may name files) into our codes. */
export async function decoding<T>(from: Source | string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OperationalError) throw error;
    const format = typeof from === "string" ? from : from.format;
    const cut = typeof from === "string" ? undefined : await isCutOff(from);
    throw new OperationalError(codeOf(error, cut), format, { cause: error });
  }
}

/** `cut` is what the file itself says; undefined where only the message can tell. */
function codeOf(error: unknown, cut: boolean | undefined): ErrorCode {
  const message = error instanceof Error ? error.message : "";
  if (TOO_LARGE.test(message)) return "too_large";
  if (/unsupported image format/iu.test(message)) return "unsupported_format";
  if (cut !== undefined) return cut ? "truncated" : "unreadable";
  return CUT.test(message) ? "truncated" : "unreadable";
}

/** What libvips and ImageMagick say at their limits. */
const TOO_LARGE = /pixel limit|resources? exhausted|exceeds limit|memory allocation failed|out of memory/iu;
/** What libvips, libheif, OpenJPEG and ImageMagick say of a file that ends too early. */
const CUT =
  /premature|truncated|unexpected end|end of (?:file|stream|input)|eof|not enough|read error|past end|tile part length|insufficient|unable ?to ?read ?image ?data/iu;

/** Width, height and format of a file by libvips, from its head. */
export async function headOf(path: string, format: string, maxPixels: number) {
  return decoding(format, () => sharp(path, { limitInputPixels: maxPixels, failOn: "error" }).metadata());
}
