import { OperationalError } from "../../domain/errors.ts";
import type { PlacedImage } from "../../domain/page-ports.ts";
import type { OpenDocument } from "../outside/open-document.ts";
import type { Pdfium } from "../outside/pdfium.ts";
import { PdfDamage } from "../reader/damage.ts";
import { isInteger } from "../reader/objects.ts";
import type { PdfPageNode } from "../reader/page-tree.ts";
import { paperSize, quarter } from "../reader/page-tree.ts";
import type { PdfFile } from "../reader/pdf-file.ts";
import { readMarks } from "./content.ts";
import { coversPage, shareOf } from "./coverage.ts";
import { embeddedImage } from "./embedded-image.ts";
import type { DrawnImage, Marks } from "./marks.ts";
import { turnOf, unitBox } from "./matrix.ts";
import { hasOverlays } from "./page-kind.ts";
import { simpleColour } from "./samples.ts";

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
  const marks = readMarks(document.file, page);
  return (
    embedded(document.file, page, marks, limits) ??
    (await rendered(document, page, index, marks, pdfium, limits))
  );
}

function embedded(
  file: PdfFile,
  page: PdfPageNode,
  marks: Marks,
  limits: ImageLimits,
): PlacedImage | undefined {
  const only = soleImage(marks, page);
  // Whatever else is visible on the page would be lost with the image alone.
  if (only?.stream === undefined || marks.visible > 0 || marks.paths > 0 || hasOverlays(file, page))
    return undefined;
  const turn = turnOf(only.matrix);
  if (turn === undefined || sticksOut(only, page)) return undefined;
  const image = embeddedImage(file, only.stream, limits.embeddedPixels);
  if (image === undefined) return undefined;
  return { image, paper: paperSize(page), turn: quarter(turn + page.rotate), how: "embedded" };
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

async function rendered(
  document: OpenDocument,
  page: PdfPageNode,
  index: number,
  marks: Marks,
  pdfium: Pdfium,
  limits: ImageLimits,
): Promise<PlacedImage> {
  const paper = paperSize(page);
  const inches = (paper.widthPt / 72) * (paper.heightPt / 72);
  const wanted = Math.min(HIGHEST_DPI, Math.max(LOWEST_DPI, largestDpi(document.file, page, marks)));
  const affordable = Math.sqrt(limits.renderedPixels / inches);
  const dpi = Math.min(wanted, affordable);
  if (dpi < LOWEST_DPI) {
    const size = `${Math.round(paper.widthPt)}x${Math.round(paper.heightPt)} points`;
    throw new OperationalError("too_large", size);
  }
  const grey = allGrey(document.file, page, marks);
  // Exactly the image's own pixel grid where possible: half a pixel off blurs 1-bit pages.
  const width = Math.max(1, Math.round((paper.widthPt / 72) * dpi));
  const height = Math.max(1, Math.round((paper.heightPt / 72) * dpi));
  const bytes = await pdfium.render(document, { index, width, height, grey });
  const image = { kind: "raw", bytes, width, height, channels: grey ? 1 : 3 } as const;
  return { image, paper, turn: 0, how: "rendered" };
}

/** Pixels per inch of the image that covers most of the page; 300 for pages without images. */
function largestDpi(file: PdfFile, page: PdfPageNode, marks: Marks): number {
  let best = { share: 0, dpi: HIGHEST_DPI };
  for (const image of marks.images) {
    const share = shareOf(image.matrix, page.box);
    const width = file.get(image.dict, "Width") ?? file.get(image.dict, "W");
    const points = Math.hypot(image.matrix[0], image.matrix[1]) * page.unit;
    if (isInteger(width) && points > 0 && share > best.share) best = { share, dpi: (width / points) * 72 };
  }
  return best.dpi;
}

/** Grey only when nothing but grey images is on the page: stamps and seals keep their colour. */
function allGrey(file: PdfFile, page: PdfPageNode, marks: Marks): boolean {
  const others = marks.visible + marks.paths + file.array(page.dict.entries.get("Annots")).length;
  return others === 0 && marks.images.length > 0 && marks.images.every(({ dict }) => isGrey(file, dict));
}

function isGrey(file: PdfFile, dict: DrawnImage["dict"]): boolean {
  if (file.get(dict, "ImageMask") !== null) return false;
  try {
    return simpleColour(file, dict.entries.get("ColorSpace"))?.kind === "gray";
  } catch (error) {
    if (error instanceof PdfDamage) return false;
    throw error;
  }
}
