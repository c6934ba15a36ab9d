import { OperationalError } from "../../domain/errors.ts";
import type { AugmentedPage } from "../../domain/pdf-port.ts";
import type { Box, Line, Word } from "../../domain/reading.ts";
import type { OpenDocument } from "../outside/open-document.ts";
import type { Pdfium } from "../outside/pdfium.ts";
import { readMarks } from "../pages/content.ts";
import { unitBox } from "../pages/matrix.ts";
import { kindOf } from "../pages/page-kind.ts";
import { readingOf, shownBox } from "../pages/page-text.ts";
import { paperSize } from "../../pdf-syntax/page-tree.ts";
import type { ShareBox } from "./missing-lines.ts";
import { missingLines } from "./missing-lines.ts";

const WHOLE: ShareBox = { x0: 0, y0: 0, x1: 1, y1: 1 };

/** Of the lines read from a page, what its own text lacks. Throws `PdfDamage`, `unreadable`, `too_large`. */
export async function linesMissing(
  document: OpenDocument,
  page: AugmentedPage,
  pdfium: Pdfium,
): Promise<readonly Line[]> {
  const node = document.pages[page.index];
  if (node === undefined) throw new OperationalError("unreadable", `no page ${page.index + 1}`);
  document.file.budget.renew();
  const marks = readMarks(document.file, node);
  const kind = kindOf(document.file, node, marks);
  if (page.lines.length === 0 || kind === "text" || kind === "empty") return [];
  const { widthPt, heightPt } = paperSize(node);
  const share = ({ x0, y0, x1, y1 }: ShareBox): ShareBox => ({
    x0: x0 / widthPt,
    y0: y0 / heightPt,
    x1: x1 / widthPt,
    y1: y1 / heightPt,
  });
  // A scan may be laid of strips with hair lines between them: all of it counts as one picture.
  const pictures =
    kind === "scan" ? [WHOLE] : marks.images.map((image) => share(shownBox(unitBox(image.matrix), node)));
  if (marks.visible + marks.invisible === 0) return missingLines(page, pictures, []);
  const { lines } = readingOf(await pdfium.characters(document, page.index), node);
  const existing = lines.flatMap(({ words }) => words.map((word) => share(solid(word))));
  return missingLines(page, pictures, existing);
}

/**
 * The glyphs of recognised text are often empty, and their boxes then lines without height: such a word is taken to be
 * twice as high as its characters are wide, the most part above its baseline.
 */
function solid({ text, box }: Word): Box {
  const [width, height] = [box.x1 - box.x0, box.y1 - box.y0];
  const step = Math.max(width, height) / text.length;
  if (height < step / 4) return { ...box, y0: box.y0 - 1.6 * step, y1: box.y1 + 0.4 * step };
  return width < step / 4 ? { ...box, x0: box.x0 - step, x1: box.x1 + step } : box;
}
