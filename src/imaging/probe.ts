import { OperationalError } from "../domain/errors.ts";
import { withFile, type Bytes } from "./bytes.ts";
import { decoding, headOf } from "./decode.ts";
import { MAGICK_FORMATS, magickSize } from "./foreign/magick.ts";
import { wholeFile } from "./foreign/plain-page.ts";
import { codingRefusal, refusalOf } from "./foreign/refusal.ts";
import { isSelfContained } from "./foreign/svg.ts";
import { readGifSize } from "./gif-head.ts";
import { oddCoding, readJpegHead } from "./jpeg-head.ts";
import { readPngHead } from "./png-chunks.ts";
import { formatOf } from "./sniff.ts";
import { tiffAt } from "./tiff-cache.ts";
import { tiffDecoder } from "./tiff-coding.ts";
import { readTags } from "./tiff-directory.ts";

const ACCEPTED = new Set(["jpeg", "png", "webp", "gif", "avif", "svg"]);

/**
 * Format and number of pages of an image file from its head; no pixel is decoded. Only TIFF has pages here: the other
 * frames of a GIF or WebP are an animation, those of a HEIC are thumbnails and bursts. Throws `unsupported_format` with
 * the format's name and what to do, `unreadable`, `truncated`, `too_large`.
 */
export async function probeImage(
  path: string,
  maxPixels: number,
): Promise<{ format: string; frames: number }> {
  return withFile(path, async (bytes, mtimeMs) => {
    const head = await bytes.read(0, 1024);
    const format = formatOf(head);
    if (format === "empty") throw new OperationalError("unreadable", "empty file");
    if (format === "tiff") return { format, frames: await probeTiff(path, bytes, mtimeMs, maxPixels) };
    if (MAGICK_FORMATS.has(format)) {
      const size = async () => magickSize({ bytes: await wholeFile({ format, bytes }), format, frame: 0 });
      checkSize(format, await decoding({ format, bytes }, size), maxPixels);
      return { format, frames: 1 };
    }
    if (!ACCEPTED.has(format)) throw refusalOf(format);
    if (format === "svg" && !isSelfContained(await wholeFile({ format, bytes }))) throw refusalOf(format);
    const early = await sizeInHead(format, head, bytes);
    if (early !== undefined) checkSize(format, early, maxPixels);
    // The size of a drawing is known when it is drawn.
    if (format !== "svg") checkSize(format, await headOf(path, format, maxPixels), maxPixels);
    return { format, frames: 1 };
  });
}

async function probeTiff(path: string, bytes: Bytes, mtimeMs: number, maxPixels: number): Promise<number> {
  const file = await tiffAt(path, bytes, mtimeMs);
  for (const frame of file.frames) checkSize("tiff", frame, maxPixels);
  // Pages of one file are coded alike; a stranger among them is refused when its turn comes.
  const [first] = file.frames;
  if (first !== undefined) tiffDecoder(await readTags(bytes, file, first));
  return file.frames.length;
}

/** The size as the format itself states it: libvips would read a GIF whole before it knows. */
async function sizeInHead(format: string, head: Buffer, bytes: Bytes) {
  if (format === "png") return readPngHead(head);
  if (format === "jpeg") {
    const jpeg = await readJpegHead(bytes);
    const odd = oddCoding(jpeg);
    if (odd !== undefined) throw codingRefusal("jpeg", odd);
    return jpeg;
  }
  return format === "gif" ? readGifSize(head) : undefined;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function checkSize(format: string, { width, height }: Size, maxPixels: number): void {
  if (width === 0 || height === 0) throw new OperationalError("unreadable", `${format} without a size`);
  if (width * height > maxPixels) throw new OperationalError("too_large", `${format} ${width}x${height}`);
}
