import { OperationalError } from "../../domain/errors.ts";
import type { PlacedImage } from "../../domain/page-ports.ts";
import type { OpenDocument } from "../outside/open-document.ts";
import type { Pdfium } from "../outside/pdfium.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import { isInteger, isKind, nameOf } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode } from "../../pdf-syntax/page-tree.ts";
import { paperSize, quarter } from "../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { readMarks } from "./content.ts";
import type { CodecSize } from "./codec-head.ts";
import { codecSize } from "./codec-head.ts";
import { coversPage, sharedCoverage, shareOf } from "./coverage.ts";
import type { EmbeddedImage } from "./embedded-image.ts";
import { checkSize, embeddedImage, imageSize } from "./embedded-image.ts";
import type { DrawnImage, Marks } from "./marks.ts";
import { turnOf, unitBox } from "./matrix.ts";
import { hasOverlays } from "./page-kind.ts";
import { simpleColour } from "./samples.ts";
import { paintsBlack } from "./stencil.ts";
import { turnSamples } from "./turn-samples.ts";

export interface ImageLimits {
  /** Of an image inside the PDF. */
  readonly embeddedPixels: number;
  /** Of a page to be drawn: pdfium holds four bytes a pixel, and three more leave it. */
  readonly renderedPixels: number;
}

const LOWEST_DPI = 150;
const HIGHEST_DPI = 300;

/**
 * The page's pixels: the embedded image as it is when it is all the page shows, else the page drawn at that
 * image's resolution (150-300 dpi). Throws `PdfDamage`, `too_large`, `unreadable`.
 */
export async function pageImage(
  document: OpenDocument,
  index: number,
  pdfium: Pdfium,
  limits: ImageLimits,
): Promise<PlacedImage> {
  const page = document.pages[index];
  if (page === undefined) throw new OperationalError("unreadable", `no page ${index + 1}`);
  const { file } = document;
  const marks = readMarks(file, page);
  const whole = wholePage(file, page, marks, limits);
  const alone = embedded(page, whole);
  if (alone !== undefined) return alone;
  const stream = whole?.coded === undefined ? {} : { stream: whole.coded };
  const size = drawnSize(document, page, marks, limits);
  const grey = allGrey(file, page, marks);
  const bytes = await pdfium.render(document, { index, ...size, grey });
  const upright = { ...size, channels: grey ? 1 : 3 } as const;
  const paper = paperSize(page);
  if (whole?.coded === undefined) {
    const image = { kind: "raw", bytes, ...upright } as const;
    return { image, paper, turn: 0, how: "rendered", ...storedBytes(file, page, marks) };
  }
  // Drawn upright, but handed out as the stream lies, so that both stand upright by the same turn.
  const turned = turnSamples(bytes, upright, quarter(-whole.turn));
  const [width, height] = whole.turn % 180 === 0 ? [size.width, size.height] : [size.height, size.width];
  const image = { kind: "raw", bytes: turned, width, height, channels: upright.channels } as const;
  return { image, paper, turn: whole.turn, how: "rendered", ...stream };
}

/** The embedded image as it is when it is all the page shows. Throws `PdfDamage`, `unreadable`. */
export function scanImage(
  document: OpenDocument,
  index: number,
  limits: ImageLimits,
): PlacedImage | undefined {
  const page = document.pages[index];
  if (page === undefined) throw new OperationalError("unreadable", `no page ${index + 1}`);
  return embedded(page, wholePage(document.file, page, readMarks(document.file, page), limits));
}

function embedded(page: PdfPageNode, whole: WholePage | undefined): PlacedImage | undefined {
  if (whole?.image === undefined || !whole.square) return undefined;
  const stream = whole.coded === undefined ? {} : { stream: whole.coded };
  return { image: whole.image, paper: paperSize(page), turn: whole.turn, how: "embedded", ...stream };
}

/** The page's one image, where it lies and what of it can be had without drawing. */
interface WholePage extends EmbeddedImage {
  readonly turn: 0 | 90 | 180 | 270;
  /** Pixels are as wide as they are high on paper. */
  readonly square: boolean;
}

function wholePage(
  file: PdfFile,
  page: PdfPageNode,
  marks: Marks,
  limits: ImageLimits,
): WholePage | undefined {
  const only = soleImage(marks, page);
  // Whatever else is visible on the page would be lost with the image alone.
  if (only?.stream === undefined || marks.visible > 0 || marks.paths > 0 || hasOverlays(file, page))
    return undefined;
  const turn = turnOf(only.matrix);
  if (turn === undefined || sticksOut(only, page)) return undefined;
  const stencil = file.get(only.dict, "ImageMask") === true;
  if (stencil && !paintsBlack(file, page)) return undefined;
  const image = embeddedImage(file, only.stream, limits.embeddedPixels, stencil);
  if (image === undefined) return undefined;
  const [across, down] = densities(only, image, page.unit);
  const square = Math.abs(Math.log(across / down)) < Math.log(SQUARE);
  return { ...image, turn: quarter(turn + page.rotate), square };
}

/** Faxes have 204 x 98 dots to the inch; up to a tenth apart is rounding and cropping. */
const SQUARE = 1.1;

/** Pixels per inch along an image's rows and columns. */
function densities(
  image: DrawnImage,
  { width, height }: CodecSize,
  unit: number,
): [across: number, down: number] {
  const [a, b, c, d] = image.matrix;
  const points = [Math.hypot(a, b) * unit, Math.hypot(c, d) * unit] as const;
  return [(width / points[0]) * 72, (height / points[1]) * 72];
}

/** The one image that fills at least 95 % of the page, when no other is drawn. */
function soleImage(marks: Marks, page: PdfPageNode): DrawnImage | undefined {
  const [first, second] = marks.images;
  return first !== undefined && second === undefined && coversPage(first.matrix, page.box, 0.95)
    ? first
    : undefined;
}

/** A crop box that hides more than 2 % of the image on a side means something. */
function sticksOut(image: DrawnImage, page: PdfPageNode): boolean {
  const box = unitBox(image.matrix);
  const width = (page.box[2] - page.box[0]) * 0.02;
  const height = (page.box[3] - page.box[1]) * 0.02;
  const [left, bottom, right, top] = page.box;
  return box[0] < left - width || box[1] < bottom - height || box[2] > right + width || box[3] > top + height;
}

/** Pixels to draw the page at: its image's own grid where possible, as half a pixel off blurs 1-bit pages. */
function drawnSize(document: OpenDocument, page: PdfPageNode, marks: Marks, limits: ImageLimits): CodecSize {
  checkImages(document.file, marks, limits.embeddedPixels);
  const paper = paperSize(page);
  const inches = (paper.widthPt / 72) * (paper.heightPt / 72);
  const wanted = Math.min(HIGHEST_DPI, Math.max(LOWEST_DPI, largestDpi(document.file, page, marks)));
  const dpi = Math.min(wanted, Math.sqrt(limits.renderedPixels / inches));
  if (dpi < LOWEST_DPI) {
    const size = `${Math.round(paper.widthPt)}x${Math.round(paper.heightPt)} points`;
    throw new OperationalError("too_large", size);
  }
  const width = Math.max(1, Math.round((paper.widthPt / 72) * dpi));
  const height = Math.max(1, Math.round((paper.heightPt / 72) * dpi));
  return { width, height };
}

/** The renderer makes room for what an image's head says, however small its file is. */
function checkImages(file: PdfFile, marks: Marks, maxPixels: number): void {
  const seen = new Set<number>();
  for (const { dict, stream } of marks.images) {
    const size = imageSize(file, dict);
    if (size !== undefined) checkSize(size, maxPixels);
    if (stream === undefined || seen.has(stream.start) || !hasCodec(file, dict)) continue;
    seen.add(stream.start);
    const { codec, bytes } = file.decode(stream);
    const inside = codecSize(codec, bytes);
    if (inside !== undefined) checkSize(inside, maxPixels);
  }
}

function hasCodec(file: PdfFile, dict: DrawnImage["dict"]): boolean {
  const filter = file.get(dict, "Filter");
  const last = isKind(filter, "array") ? file.resolve(filter.items.at(-1)) : filter;
  return ["DCTDecode", "JPXDecode", "JBIG2Decode"].includes(nameOf(last) ?? "");
}

/** Pixels per inch, the finer way, of the image that covers most of the page; 300 for pages without images. */
function largestDpi(file: PdfFile, page: PdfPageNode, marks: Marks): number {
  let best = { share: 0, dpi: HIGHEST_DPI };
  for (const image of marks.images) {
    const share = shareOf(image.matrix, page.box);
    const size = imageSize(file, image.dict);
    const dpi = size === undefined ? 0 : Math.max(...densities(image, size, page.unit));
    if (Number.isFinite(dpi) && dpi > 0 && share > best.share) best = { share, dpi };
  }
  return best.dpi;
}

/** A scan put together of several images must not outgrow them; a drawn page has no such measure. */
function storedBytes(file: PdfFile, page: PdfPageNode, marks: Marks): { readonly storedBytes?: number } {
  const matrices = marks.images.map(({ matrix }) => matrix);
  if (marks.images.length > MAX_COUNTED || sharedCoverage(matrices, page.box) < WHOLE) return {};
  const lengths = new Map<number, number>();
  for (const { stream, dict } of marks.images) {
    const length = file.get(dict, "Length");
    if (stream === undefined || !isInteger(length)) return {};
    lengths.set(stream.start, length);
  }
  return { storedBytes: [...lengths.values()].reduce((sum, length) => sum + length, 0) };
}

const WHOLE = 0.8;
const MAX_COUNTED = 1000;

/** Grey only when nothing but grey images is on the page: stamps and seals keep their colour. */
function allGrey(file: PdfFile, page: PdfPageNode, marks: Marks): boolean {
  const others = marks.visible + marks.paths + file.array(page.dict.entries.get("Annots")).length;
  return others === 0 && marks.images.length > 0 && marks.images.every(({ dict }) => isGrey(file, dict));
}

function isGrey(file: PdfFile, dict: DrawnImage["dict"]): boolean {
  if (file.get(dict, "ImageMask") === true) return false;
  try {
    return simpleColour(file, dict.entries.get("ColorSpace"))?.kind === "gray";
  } catch (error) {
    if (error instanceof PdfDamage) return false;
    throw error;
  }
}
