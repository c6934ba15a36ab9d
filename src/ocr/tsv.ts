import type { Box, Line, Word } from "../domain/reading.ts";

/** Columns of Tesseract's TSV: level page block par line word left top width height conf text. */
const WORD_LEVEL = "5";

/** Lines and words in Tesseract's reading order (block, paragraph, line); words that are only white space are left out. */
export function linesOfTsv(tsv: string): Line[] {
  const lines: { key: string; words: Word[] }[] = [];
  for (const row of tsv.split("\n")) {
    const [level, page, block, paragraph, line, , left, top, width, height, confidence, ...rest] =
      row.split("\t");
    const text = cleanText(rest.join(" "));
    if (level !== WORD_LEVEL || text === "") continue;
    const key = [page, block, paragraph, line].join(".");
    const [x0, y0] = [Number(left), Number(top)];
    const box = { x0, y0, x1: x0 + Number(width), y1: y0 + Number(height) };
    const word = { text, box, confidence: Math.min(1, Math.max(0, Number(confidence) / 100)) };
    const last = lines.at(-1);
    if (last?.key === key) last.words.push(word);
    else lines.push({ key, words: [word] });
  }
  return lines.map(({ words }) => ({ words, box: around(words.map((word) => word.box)) }));
}

/**
 * NFC without white space. Tesseract's Vietnamese model writes the Icelandic Ð (U+00D0), which looks the same as the
 * Vietnamese Đ (U+0110) and breaks every search for "QĐ" or "ĐĂNG KÝ".
 */
function cleanText(text: string): string {
  return text.normalize("NFC").replaceAll(/\s+/gu, "").replaceAll("\u00d0", "\u0110");
}

function around(boxes: readonly Box[]): Box {
  return {
    x0: Math.min(...boxes.map((box) => box.x0)),
    y0: Math.min(...boxes.map((box) => box.y0)),
    x1: Math.max(...boxes.map((box) => box.x1)),
    y1: Math.max(...boxes.map((box) => box.y1)),
  };
}
