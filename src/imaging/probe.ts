import { OperationalError } from "../domain/errors.ts";
import { withFile, type Bytes } from "./bytes.ts";
import { headOf } from "./decode.ts";
import { readGifSize } from "./gif-head.ts";
import { readJpegHead } from "./jpeg-head.ts";
import { readPngHead } from "./png-chunks.ts";
import { formatOf } from "./sniff.ts";
import { tiffAt } from "./tiff-cache.ts";

const ACCEPTED = new Set(["jpeg", "png", "tiff", "webp", "gif", "avif"]);

/**
 * Format and number of pages of an image file from its head; no pixel is decoded. Only TIFF has pages here: the other
 * frames of a GIF or WebP are an animation. Throws `unsupported_format`, `unreadable`, `truncated`, `too_large`.
 */
export async function probeImage(
  path: string,
  maxPixels: number,
): Promise<{ format: string; frames: number }> {
  return withFile(path, async (bytes, mtimeMs) => {
    const head = await bytes.read(0, 1024);
    const format = formatOf(head);
    if (format === "empty") throw new OperationalError("unreadable", "empty file");
    if (!ACCEPTED.has(format)) throw new OperationalError("unsupported_format", format);
    if (format === "tiff") {
      const { frames } = await tiffAt(path, bytes, mtimeMs);
      for (const { width, height } of frames) checkSize(format, width, height, maxPixels);
      return { format, frames: frames.length };
    }
    const early = await sizeInHead(format, head, bytes);
    if (early !== undefined) checkSize(format, early.width, early.height, maxPixels);
    const { width, height } = await headOf(path, format, maxPixels);
    checkSize(format, width, height, maxPixels);
    return { format, frames: 1 };
  });
}

/** The size as the format itself states it: libvips would read a GIF whole before it knows. */
async function sizeInHead(format: string, head: Buffer, bytes: Bytes) {
  if (format === "png") return readPngHead(head);
  if (format === "jpeg") return readJpegHead(bytes);
  return format === "gif" ? readGifSize(head) : undefined;
}

function checkSize(format: string, width: number, height: number, maxPixels: number): void {
  if (width === 0 || height === 0) throw new OperationalError("unreadable", `${format} without a size`);
  if (width * height > maxPixels) throw new OperationalError("too_large", `${format} ${width}x${height}`);
}
