import type { CodedImage, InkLayer } from "../domain/page-ports.ts";
import { encodeG4 } from "./g4.ts";
import { background } from "./output/background.ts";
import { darkInk, inkColour } from "./output/ink.ts";
import { quickJpeg } from "./output/jpeg.ts";
import { paperMap, type PaperMap } from "./output/paper.ts";
import { whatIsLeft } from "./output/rest.ts";
import type { Pixels } from "./output/pixels.ts";

export interface MixedImage extends CodedImage {
  readonly ink?: readonly InkLayer[];
}

/** Seals and signatures keep their small letters; a page of text has 15-40 KB of it. */
const BACKGROUND_DPI = 150;
/** Nothing but tinted paper. */
const PLAIN_DPI = 75;
/** A page that is mostly picture is better off as one JPEG. */
const MOSTLY_PICTURE = 0.4;

/**
 * Mixed raster: dark ink as a 1-bit mask at the resolution given, everything else as a coarse picture of the paper behind
 * it. A page with nothing else is 1-bit as a whole. Undefined when the page is a picture itself.
 */
export async function mixedImage(
  pixels: Pixels,
  dpi: number,
  quality: number,
): Promise<MixedImage | undefined> {
  const map = paperMap(pixels, dpi);
  if (shareOf(map.picture) > MOSTLY_PICTURE) return undefined;
  const mask = darkInk(pixels, map, dpi);
  const scale = Math.min(1, BACKGROUND_DPI / dpi);
  const behind = await background(pixels, mask, scale);
  const left = whatIsLeft(behind, map, scale);
  const { width, height } = pixels;
  const text = await encodeG4(mask, width, height);
  if (left === "nothing") return { filter: "CCITTFaxDecode", colour: "gray", bits: 1, ...text };
  const coarse = left === "paper" ? await background(pixels, mask, Math.min(1, PLAIN_DPI / dpi)) : behind;
  const picture = await quickJpeg(coarse, quality);
  if (!mask.includes(0)) return picture;
  return { ...picture, ink: [{ bytes: text.bytes, width, height, rgb: inkColour(mask, pixels) }] };
}

function shareOf(cells: PaperMap["picture"]): number {
  return cells.reduce((sum, value) => sum + value, 0) / Math.max(1, cells.length);
}
