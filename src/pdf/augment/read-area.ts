import type { AugmentedPage } from "../../domain/pdf-port.ts";
import { readMarks } from "../pages/content.ts";
import { coversPage } from "../pages/coverage.ts";
import { turnOf, unitBox } from "../pages/matrix.ts";
import type { PdfPageNode, Rectangle } from "../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";

/**
 * What the pixels of a read page cover: the visible box, or the page's one image where its very pixels were read (it may
 * leave a margin of 5 % or stick out a little). Throws `PdfDamage`, `too_large`.
 */
export function readArea(file: PdfFile, node: PdfPageNode, page: AugmentedPage): Rectangle {
  const [image, other] = readMarks(file, node).images;
  const turn = image === undefined ? undefined : turnOf(image.matrix);
  if (image === undefined || other !== undefined || turn === undefined) return node.box;
  if (!coversPage(image.matrix, node.box, 0.95)) return node.box;
  const lying = (turn + node.rotate + page.turn) % 180 !== 0;
  const [across, down] = lying ? [page.height, page.width] : [page.width, page.height];
  const same = file.get(image.dict, "Width") === across && file.get(image.dict, "Height") === down;
  return same ? unitBox(image.matrix) : node.box;
}
