import type { Box, Line, Word } from "../../domain/reading.ts";
import { printable } from "./xml-text.ts";

/** Lines that stand under one another in one column. */
export interface Block {
  readonly box: Box;
  readonly lines: readonly Line[];
}

/** Office papers have 1.0-1.5 lines; a line is about as high as its type, so the gap within a paragraph is below its height. */
const WIDEST_GAP = 1.2;

/**
 * Puts lines that follow each other into blocks, in the reading's own order: hOCR and ALTO want areas, and neither reading
 * engine nor second look gives any. Words without a character that XML can hold are left out, and lines without words.
 */
export function blocksOf(lines: readonly Line[]): Block[] {
  const blocks: { box: Box; readonly lines: Line[] }[] = [];
  for (const line of lines.map(writable).filter(({ words }) => words.length > 0)) {
    const block = blocks.at(-1);
    const last = block?.lines.at(-1);
    if (block !== undefined && last !== undefined && continues(last.box, line.box)) {
      block.lines.push(line);
      block.box = around(block.box, line.box);
    } else blocks.push({ box: line.box, lines: [line] });
  }
  return blocks;
}

function writable(line: Line): Line {
  const words = line.words.map((word): Word => ({ ...word, text: printable(word.text) }));
  return { ...line, words: words.filter(({ text }) => text !== "") };
}

/** Side by side (a two-column head, cells of a table), or far below: another block. */
function continues(above: Box, below: Box): boolean {
  const height = Math.max(above.y1 - above.y0, below.y1 - below.y0);
  const under = below.y0 + below.y1 > above.y0 + above.y1 + height / 2;
  const shared = Math.min(above.x1, below.x1) - Math.max(above.x0, below.x0);
  return under && shared > 0 && below.y0 - above.y1 <= WIDEST_GAP * height;
}

function around(a: Box, b: Box): Box {
  return {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  };
}
