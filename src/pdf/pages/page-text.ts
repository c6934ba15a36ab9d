import type { Box, Line, Reading, Word } from "../../domain/reading.ts";
import type { PageCharacters } from "../outside/pdfium.ts";
import type { PdfPageNode, Rectangle } from "../../pdf-syntax/page-tree.ts";
import { paperSize } from "../../pdf-syntax/page-tree.ts";

/** What pdfium makes of a hyphen that ends a line. */
const LINE_END_HYPHEN = 2;

/** Turns pdfium's characters into words and lines; boxes in points of the page as shown, from its top left. */
export function readingOf(characters: PageCharacters, page: PdfPageNode): Reading {
  const paper = paperSize(page);
  const lines: Line[] = [];
  let words: Word[] = [];
  let text = "";
  let box: Box | undefined;
  const endWord = (): void => {
    const clean = text.normalize("NFC");
    if (clean !== "" && box !== undefined) words.push({ text: clean, box, confidence: 1 });
    text = "";
    box = undefined;
  };
  const endLine = (): void => {
    endWord();
    const whole = words.map((word) => word.box).reduce<Box | undefined>(joined, undefined);
    if (whole !== undefined) lines.push({ words, box: whole });
    words = [];
  };
  for (const [index, code] of characters.codes.entries()) {
    if (code === 0x0a || code === 0x0d) endLine();
    else if (isBlank(code) && code !== LINE_END_HYPHEN) endWord();
    else {
      text += characterOf(code);
      const [left = 0, bottom = 0, right = 0, top = 0] = characters.boxes.subarray(index * 4, index * 4 + 4);
      box = joined(box, shownBox([left, bottom, right, top], page));
    }
  }
  endLine();
  return { width: paper.widthPt, height: paper.heightPt, engine: "text layer, pdfium", lines };
}

function isBlank(code: number): boolean {
  return code <= 0x20 || code === 0xa0 || (code >= 0x2000 && code <= 0x200b) || code === 0x3000;
}

/** pdfium gives UTF-16 halves one by one. */
function characterOf(code: number): string {
  if (code === LINE_END_HYPHEN) return "-";
  if (code === 0xfffe || code === 0xffff) return "";
  return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code);
}

function joined(a: Box | undefined, b: Box): Box {
  if (a === undefined) return b;
  return {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  };
}

/** From the unturned page (user space units, origin bottom left) to points of the page as shown (origin top left). */
export function shownBox([left, bottom, right, top]: Rectangle, page: PdfPageNode): Box {
  const [x0, y0, x1, y1] = page.box;
  const [l, r, b, t] = [left - x0, right - x0, bottom - y0, top - y0];
  const [width, height] = [x1 - x0, y1 - y0];
  const turned = {
    0: { x0: l, y0: height - t, x1: r, y1: height - b },
    90: { x0: b, y0: l, x1: t, y1: r },
    180: { x0: width - r, y0: b, x1: width - l, y1: t },
    270: { x0: height - t, y0: width - r, x1: height - b, y1: width - l },
  }[page.rotate];
  const { unit } = page;
  return { x0: turned.x0 * unit, y0: turned.y0 * unit, x1: turned.x1 * unit, y1: turned.y1 * unit };
}
