import type { PlacedImage } from "../../domain/page-ports.ts";
import type { Source } from "../decode.ts";
import { readTags } from "../tiff-directory.ts";

const [STRIP_COUNTS, TILE_COUNTS, OLD_JPEG_LENGTH] = [279, 325, 514];

/** Bytes the page's image takes where it comes from: what it must not grow beyond. */
export async function storedSize(page: PlacedImage, source: Source | undefined): Promise<number> {
  if (page.storedBytes !== undefined) return page.storedBytes;
  if (page.stream !== undefined) return page.stream.bytes.length;
  if (source === undefined) return page.image.kind === "raw" ? page.image.bytes.length : 0;
  const { tiff, bytes } = source;
  if (tiff === undefined) return bytes.size;
  const tags = await readTags(bytes, tiff.file, tiff.frame);
  const counts = tags.get(STRIP_COUNTS) ?? tags.get(TILE_COUNTS) ?? tags.get(OLD_JPEG_LENGTH) ?? [];
  const sum = counts.reduce((total, count) => total + count, 0);
  return sum > 0 ? Math.min(sum, bytes.size) : bytes.size / tiff.file.frames.length;
}
