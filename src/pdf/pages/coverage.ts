import type { Rectangle } from "../../pdf-syntax/page-tree.ts";
import { intersect } from "../../pdf-syntax/page-tree.ts";
import type { Matrix } from "./matrix.ts";
import { unitBox } from "./matrix.ts";

/** Share 0..1 of the page an image's bounding box covers. */
export function shareOf(matrix: Matrix, page: Rectangle): number {
  const common = intersect(unitBox(matrix), page);
  return common === undefined ? 0 : area(common) / area(page);
}

/** True when the image covers at least that share of the page. */
export function coversPage(matrix: Matrix, page: Rectangle, share: number): boolean {
  return shareOf(matrix, page) >= share;
}

function area(box: Rectangle): number {
  return (box[2] - box[0]) * (box[3] - box[1]);
}

const CELLS = 40;

/** Share 0..1 of the page that all images cover together; strips of one scan add up, overlaps do not. */
export function sharedCoverage(matrices: readonly Matrix[], page: Rectangle): number {
  const hit = new Uint8Array(CELLS * CELLS);
  const width = (page[2] - page[0]) / CELLS;
  const height = (page[3] - page[1]) / CELLS;
  for (const matrix of matrices) {
    const common = intersect(unitBox(matrix), page);
    if (common === undefined) continue;
    const [x0, x1] = [(common[0] - page[0]) / width, (common[2] - page[0]) / width];
    const [y0, y1] = [(common[1] - page[1]) / height, (common[3] - page[1]) / height];
    for (let y = Math.ceil(y0 - 0.5); y + 0.5 <= y1; y += 1) {
      for (let x = Math.ceil(x0 - 0.5); x + 0.5 <= x1; x += 1) hit[y * CELLS + x] = 1;
    }
  }
  return hit.reduce((sum, cell) => sum + cell, 0) / hit.length;
}
