import type { Metadata, Sharp } from "sharp";
import type { PlacedImage } from "../domain/page-ports.ts";
import { pixelsOf, type Source, trueColours } from "./decode.ts";
import { stanceOf } from "./orientation.ts";
import type { Pixels } from "./clean/pixels.ts";
import { jfifDensity } from "./jfif-density.ts";
import { resolutionOf, type Resolution } from "./resolution.ts";
import { tiffDensity } from "./tiff-density.ts";

/** A page standing upright, decoded once at the resolution it is judged and read at. */
export interface WorkingView {
  readonly pixels: Pixels;
  /** Pixels of the whole upright page at the source's resolution; of a fax as many, but square ones. */
  readonly width: number;
  readonly height: number;
  readonly resolution: Resolution;
  /** Pixels of the view ÷ pixels of the page. */
  readonly scale: number;
  /** The source's pixels are not square. */
  readonly flat: boolean;
  /** Resolution of the view. */
  readonly dpi: number;
  readonly colour: boolean;
  /** Scanned in black and white. */
  readonly bilevel: boolean;
}

/** 200 dpi costs 15-20 % less OCR time than 300 and misreads less; 150 loses on blurred pages. */
const OCR_DPI = 200;

/** Decodes a page (or its half of a spread) at 200 dpi or its own resolution, grey or sRGB, on white. */
export async function workingView(
  page: PlacedImage,
  source: Source | undefined,
  maxPixels: number,
): Promise<WorkingView> {
  const opened = pixelsOf(page.image, source, maxPixels);
  const head = await opened.metadata();
  // A PDF shows the image of a page without looking at its EXIF.
  const orientation = page.how === "file" ? head.orientation : undefined;
  const sideways = stanceOf(orientation, page.turn).turn % 180 !== 0;
  const [wide, height] = sideways ? [head.height, head.width] : [head.width, head.height];
  const density = page.how === "file" ? await densityOf(head, source, sideways) : {};
  const resolution = resolutionOf({ width: wide, height, paper: page.paper, ...density });
  const area = areaOf(page, wide, height);
  const { side, dpi } = squarePixels(resolution);
  const [width, tall] = [Math.round(area.width * side), Math.round(height / side)];
  const colour = isColour(head);
  const shrink = dpi / resolution.dpi;
  const size = {
    width: Math.max(1, Math.round(width * shrink)),
    height: Math.max(1, Math.round(tall * shrink)),
  };
  const upright = stand(trueColours(opened, head), orientation, page.turn);
  const { data, info } = await (page.half === undefined ? upright : upright.extract(area))
    .flatten({ background: "#fff" })
    // Words missing of 16 noisy pages: 0.75 % with the default kernel, 0.64 % with this one, which takes 5 ms less.
    .resize({ ...size, fit: "fill", kernel: "linear" })
    .toColourspace(colour ? "srgb" : "b-w")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const channels = info.channels === 1 ? 1 : 3;
  const pixels = { data, width: info.width, height: info.height, channels } as const;
  const bilevel = isBilevel(head);
  const whole = { width, height: tall, resolution, colour, bilevel };
  return { ...whole, pixels, scale: info.width / width, flat: side !== 1, dpi };
}

async function densityOf(
  head: Metadata,
  source: Source | undefined,
  sideways: boolean,
): Promise<{ readonly density?: number | undefined; readonly densityDown?: number | undefined }> {
  const both = source && ((await tiffDensity(source)) ?? (await jfifDensity(source)));
  if (both === undefined || head.density === undefined) return { density: head.density };
  const { across, down } = both;
  return sideways ? { density: down, densityDown: across } : { density: across, densityDown: down };
}

/** Papers are often told wrongly by some per cent, and no scanner's pixels lie between square and a fax's 2 : 1. */
const NEARLY_SQUARE = 1.3;

/** `side`: how much to widen (and flatten as much) the page so that its pixels are square; `dpi` is the view's. */
function squarePixels({ dpi, downByAcross }: Resolution): { readonly side: number; readonly dpi: number } {
  if (Math.max(downByAcross, 1 / downByAcross) < NEARLY_SQUARE)
    return { side: 1, dpi: Math.min(OCR_DPI, dpi) };
  const side = Math.sqrt(downByAcross);
  return { side, dpi: Math.min(OCR_DPI, dpi * Math.max(side, 1 / side)) };
}

function areaOf({ half }: PlacedImage, width: number, height: number) {
  if (half === undefined) return { left: 0, top: 0, width, height };
  const fold = Math.min(width - 1, Math.max(1, Math.round(width * half.at)));
  return half.side === "left"
    ? { left: 0, top: 0, width: fold, height }
    : { left: fold, top: 0, width: width - fold, height };
}

/** `autoOrient` obeys the tag and `rotate` does not; both in one pipeline apply the tag first. */
function stand(opened: Sharp, orientation: number | undefined, turn: PlacedImage["turn"]): Sharp {
  const tagged = orientation === undefined ? opened : opened.autoOrient();
  return turn === 0 ? tagged : tagged.rotate(turn);
}

function isColour({ channels, space }: Metadata): boolean {
  return channels >= 3 && !["b-w", "grey16"].includes(space);
}

function isBilevel({ bitsPerSample, channels }: Metadata): boolean {
  return bitsPerSample === 1 && channels === 1;
}
