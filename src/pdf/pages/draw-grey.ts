import { OperationalError } from "../../domain/errors.ts";
import type { OpenDocument } from "../outside/open-document.ts";
import type { Pdfium } from "../outside/pdfium.ts";
import { paperSize } from "../../pdf-syntax/page-tree.ts";

/** pdfium holds four bytes a pixel. */
const MAX_PIXELS = 36_000_000;

/** The page as people see it, as grey PGM (P5); coarser than `dpi` when that would be more than 36 million pixels. */
export async function drawGrey(
  document: OpenDocument,
  index: number,
  dpi: number,
  pdfium: Pdfium,
): Promise<{ readonly pgm: Buffer; readonly width: number; readonly height: number }> {
  const page = document.pages[index];
  if (page === undefined) throw new OperationalError("unreadable", `no page ${index + 1}`);
  const paper = paperSize(page);
  const affordable = Math.min(dpi, Math.sqrt(MAX_PIXELS / ((paper.widthPt / 72) * (paper.heightPt / 72))));
  // Rounded down: a strip of a page can lose its last half pixel, memory cannot.
  const pixels = (points: number): number =>
    Math.min(MAX_PIXELS, Math.max(1, Math.floor((points / 72) * affordable + 1e-6)));
  const [width, height] = [pixels(paper.widthPt), pixels(paper.heightPt)];
  if (width * height > MAX_PIXELS) throw new OperationalError("too_large", `${width}x${height} pixels`);
  const samples = await pdfium.render(document, { index, width, height, grey: true });
  return { pgm: Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), samples]), width, height };
}
