import type { GreyView, PlacedImage } from "../domain/page-ports.ts";
import { decoding, pixelsOf, samples, type Source, withSource } from "./decode.ts";

/** Of the longer side: A4 at 98 dpi, half of a scan at 200, which a JPEG decoder gives for a quarter of the work. */
const LONGER_SIDE = 1150;

/**
 * A small grey picture of the page as it is shown. A JPEG is decoded at a half or a quarter of its size: 8 ms for A4 at
 * 200 dpi, where drawing the page takes 50. Throws `unreadable`, `truncated`, `too_large`.
 */
export async function glanceAt(page: PlacedImage, maxPixels: number): Promise<GreyView> {
  const work = (source?: Source) => decoding(source ?? "raw", () => smallGrey(page, source, maxPixels));
  return page.image.kind === "raw" ? work() : withSource(page.image, work);
}

async function smallGrey(
  page: PlacedImage,
  source: Source | undefined,
  maxPixels: number,
): Promise<GreyView> {
  const opened = pixelsOf(page.image, source, maxPixels);
  // A PDF shows the image of a page without looking at its EXIF.
  const { data, info } = await (page.how === "file" ? opened.autoOrient() : opened)
    .resize({ width: LONGER_SIDE, height: LONGER_SIDE, fit: "inside", withoutEnlargement: true })
    .flatten({ background: "#fff" })
    .toColourspace("b-w")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (page.turn === 0) return greyView(data, info);
  // Turned when it is small: a turn before would keep the decoder from making it small.
  const upright = await samples(data, info.width, info.height, 1)
    .rotate(page.turn)
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return greyView(upright.data, upright.info);
}

function greyView(
  pgm: Buffer,
  { width, height }: { readonly width: number; readonly height: number },
): GreyView {
  return { pgm, width, height };
}
