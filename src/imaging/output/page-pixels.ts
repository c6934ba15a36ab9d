import type { Metadata, Sharp } from "sharp";
import type { PageChange } from "../../domain/page-change.ts";
import type { PlacedImage } from "../../domain/page-ports.ts";
import { applyChanges } from "../clean/clean-page.ts";
import { pixelsOf, samples, type Source, trueColours } from "../decode.ts";
import { stanceOf, type Stance } from "../orientation.ts";
import type { Pixels } from "./pixels.ts";

/** A page to be encoded: its source opened, how it stands, and what is to be done to its pixels. */
export interface OpenedPage {
  readonly page: PlacedImage;
  readonly source: Source | undefined;
  readonly maxPixels: number;
  /** Changes of pixels; turns are no such. */
  readonly changes: readonly PageChange[];
  /** Size and kind of the source's image, not turned. */
  readonly head: Head;
}

export interface Head extends Pick<Metadata, "hasProfile" | "space"> {
  readonly width: number;
  readonly height: number;
  readonly grey: boolean;
  readonly orientation: number | undefined;
}

export async function headOf(
  page: PlacedImage,
  source: Source | undefined,
  maxPixels: number,
): Promise<Head> {
  const { width, height, channels, space, hasProfile, orientation } = await pixelsOf(
    page.image,
    source,
    maxPixels,
  ).metadata();
  const grey = channels < 3 || space === "b-w" || space === "grey16";
  // A PDF shows the image of a page without looking at its EXIF.
  return {
    width,
    height,
    grey,
    hasProfile,
    space,
    orientation: page.how === "file" ? orientation : undefined,
  };
}

/** True when the pixels must be other than the source's: changed, or a part of them. */
export function isTouched({ page, changes }: OpenedPage): boolean {
  return changes.length > 0 || page.half !== undefined;
}

/** How what `pagePixels` gives must be laid to stand upright: changes are made to the upright page. */
export function stanceAfter(opened: OpenedPage): Stance {
  if (isTouched(opened)) return { turn: 0, mirrored: false };
  return stanceOf(opened.head.orientation, opened.page.turn);
}

/**
 * The page's samples, grey or sRGB, with all changes made, `scale` times as large as the source.
 * Not turned unless there are changes; see `stanceAfter`.
 */
export async function pagePixels(opened: OpenedPage, scale: number): Promise<Pixels> {
  if (!isTouched(opened)) {
    const whole = trueColours(pixelsOf(opened.page.image, opened.source, opened.maxPixels), opened.head);
    return read(resized(whole, opened.head, scale), opened.head.grey);
  }
  const upright = await half(opened, await read(standing(opened), opened.head.grey));
  const { data, width, height, channels = upright.channels } = applyChanges(upright, opened.changes, 1);
  if (scale === 1) return { data, width, height, channels };
  return read(resized(samples(data, width, height, channels), { width, height }, scale), channels === 1);
}

function resized(
  pixels: Sharp,
  { width, height }: { readonly width: number; readonly height: number },
  scale: number,
): Sharp {
  if (scale === 1) return pixels;
  const size = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  return pixels.resize({ ...size, fit: "fill" });
}

/** `autoOrient` obeys the tag and `rotate` does not; both in one pipeline apply the tag first. */
function standing({ page, source, maxPixels, head }: OpenedPage): Sharp {
  const whole = trueColours(pixelsOf(page.image, source, maxPixels), head);
  const tagged = head.orientation === undefined ? whole : whole.autoOrient();
  return page.turn === 0 ? tagged : tagged.rotate(page.turn);
}

async function read(pixels: Sharp, grey: boolean): Promise<Pixels> {
  const { data, info } = await pixels
    .flatten({ background: "#fff" })
    .toColourspace(grey ? "b-w" : "srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3 };
}

async function half({ page }: OpenedPage, upright: Pixels): Promise<Pixels> {
  if (page.half === undefined) return upright;
  const { data, width, height, channels } = upright;
  const fold = Math.min(width - 1, Math.max(1, Math.round(width * page.half.at)));
  const area = page.half.side === "left" ? { left: 0, width: fold } : { left: fold, width: width - fold };
  return read(samples(data, width, height, channels).extract({ ...area, top: 0, height }), channels === 1);
}
