import type { PlacedImage } from "../../domain/page-ports.ts";
import { bytesOf, withFile, type Bytes } from "../bytes.ts";
import { readGifSize } from "../gif-head.ts";
import { readJpegHead } from "../jpeg-head.ts";
import { readPngHead } from "../png-chunks.ts";
import { formatOf } from "../sniff.ts";
import { tiffAt } from "../tiff-cache.ts";
import { readTiff } from "../tiff-directory.ts";

/** HEIC, JPEG 2000, SVG and the like say their size only to their decoders: a phone's largest photo but one. */
const UNKNOWN = 24;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Millions of pixels that decoding a page brings forth, from the head of its file; nothing is decoded here. */
export async function pageMegapixels({ image }: PlacedImage): Promise<number> {
  if (image.kind === "raw") return millions(image);
  try {
    const size =
      image.kind === "encoded"
        ? await sizeOf(bytesOf(image.bytes), image.frame, (bytes) => readTiff(bytes))
        : await withFile(image.path, (bytes, mtimeMs) =>
            sizeOf(bytes, image.frame, () => tiffAt(image.path, bytes, mtimeMs)),
          );
    return size === undefined ? UNKNOWN : millions(size);
  } catch {
    return UNKNOWN; // what is wrong with it is said by who decodes it
  }
}

async function sizeOf(
  bytes: Bytes,
  frame: number,
  walk: (bytes: Bytes) => ReturnType<typeof readTiff>,
): Promise<Size | undefined> {
  const head = await bytes.read(0, 1024);
  const format = formatOf(head);
  if (format === "jpeg") return readJpegHead(bytes);
  if (format === "png") return readPngHead(head);
  if (format === "gif") return readGifSize(head);
  return format === "tiff" ? (await walk(bytes)).frames[frame] : undefined;
}

const millions = ({ width, height }: Size): number => (width * height) / 1_000_000;
