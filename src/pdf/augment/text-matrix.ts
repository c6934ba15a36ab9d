import type { AugmentedPage } from "../../domain/pdf-port.ts";
import type { Matrix } from "../pages/matrix.ts";
import type { PdfPageNode, Rectangle } from "../../pdf-syntax/page-tree.ts";
import { quarter } from "../../pdf-syntax/page-tree.ts";

/**
 * From the read page (pixels, origin bottom left, upright) to the page's own coordinates. The page as shown is the
 * visible box turned clockwise by /Rotate; the read page is that turned on by `turn`, and covers `area` of the box.
 */
export function textMatrix(
  { rotate }: Pick<PdfPageNode, "rotate">,
  page: Pick<AugmentedPage, "width" | "height" | "turn">,
  area: Rectangle,
): Matrix {
  const [x0, y0, x1, y1] = area;
  const [width, height] = [x1 - x0, y1 - y0];
  const turn = quarter(rotate + page.turn);
  const lying = turn % 180 !== 0;
  const across = (lying ? height : width) / page.width;
  const up = (lying ? width : height) / page.height;
  switch (turn) {
    case 0:
      return [across, 0, 0, up, x0, y0];
    case 90:
      return [0, across, -up, 0, x1, y0];
    case 180:
      return [-across, 0, 0, -up, x1, y1];
    case 270:
      return [0, -across, up, 0, x0, y1];
  }
}
