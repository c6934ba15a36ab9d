import { brokenLines, fittingSize, type PageCanvas, type SheetFont } from "./page-canvas.ts";
import { A4 } from "./sheet-face.ts";

/** How a contact sheet is divided; points. */
export const CELLS = {
  columns: 3,
  rows: 4,
  margin: 30,
  /** Above and below the cells: heading and page number. */
  top: 74,
  bottom: 36,
  /** The largest picture. */
  width: 162,
  height: 116,
} as const;

const CAPTION = { rows: 7, size: 7.5, heading: 9, leading: 8.6 } as const;
const NO_PICTURE = "Không vẽ được trang 1";

export interface ContactCell {
  /** 0-based, row by row. */
  readonly index: number;
  /** The first line is the heading. */
  readonly lines: readonly string[];
  /** Width and height: only their ratio counts. */
  readonly picture?: { readonly name: string; readonly width: number; readonly height: number };
}

/** One document: its first page in a thin frame, the caption under it. */
export function drawContactCell(canvas: PageCanvas, font: SheetFont, cell: ContactCell): void {
  const wide = (A4.width - 2 * CELLS.margin) / CELLS.columns;
  const tall = (A4.height - CELLS.top - CELLS.bottom) / CELLS.rows;
  const x = CELLS.margin + (cell.index % CELLS.columns) * wide;
  const top = A4.height - CELLS.top - Math.floor(cell.index / CELLS.columns) * tall;
  drawPicture(canvas, cell, x, top - CELLS.height);
  drawCaption(canvas, font, cell.lines, { x, y: top - CELLS.height - 11, room: wide - 12 });
}

function drawPicture(canvas: PageCanvas, { picture }: ContactCell, x: number, y: number): void {
  const none = picture === undefined;
  const { width, height } = none ? { width: 210, height: 297 } : picture;
  const scale = Math.min(CELLS.width / width, CELLS.height / height);
  const [wide, tall] = [width * scale, height * scale];
  if (!none) canvas.picture(picture.name, x, y, wide, tall);
  canvas.frame(x, y, wide, tall, 0.55);
  if (none) canvas.text(NO_PICTURE, { x: x + 6, y: y + tall / 2, size: 7 }, { grey: 0.35 });
}

function drawCaption(
  canvas: PageCanvas,
  font: SheetFont,
  [heading = "", ...lines]: readonly string[],
  { x, y, room }: { readonly x: number; readonly y: number; readonly room: number },
): void {
  canvas.text(heading, { x, y, size: fittingSize(heading, room, CAPTION.heading, font) }, { bold: true });
  const { size, leading, rows } = CAPTION;
  const texts = lines.filter((line) => line !== "");
  let left = rows - 1;
  for (const [index, line] of texts.entries()) {
    // Every line gets a row before a long one gets its second.
    const most = Math.min(2, left - (texts.length - index - 1));
    if (most < 1) return;
    for (const words of brokenLines(line, { room, size, most }, font)) {
      canvas.text(words, { x, y: y - (rows - left) * leading, size });
      left--;
    }
  }
}
