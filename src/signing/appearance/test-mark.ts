import { n } from "./text-block.ts";
import type { TextFont } from "./text-font.ts";

/** Points. */
export const TEST_MARK = { width: 30, height: 32, size: 11.5 } as const;
const WORDS = ["KÝ", "THỬ"] as const;

/** A framed KÝ THỬ on white, so that nobody takes a trial for a signature; x and y are its lower left corner. */
export function drawTestMark(x: number, y: number, font: TextFont): string {
  const { width, height, size } = TEST_MARK;
  const frame = `${n(x + 1)} ${n(y + 1)} ${width - 2} ${height - 2} re`;
  const row = (word: string, up: number) => {
    const middle = x + (width - font.width(word) * size) / 2;
    return `1 0 0 1 ${n(middle)} ${n(y + up)} Tm ${font.encode(word)} Tj\n`;
  };
  return (
    `q /C0 cs 1 sc /C0 CS 0 SC 0.8 w ${frame} B Q\n` +
    `/C0 cs 0 sc BT /F0 ${size} Tf 100 Tz\n${row(WORDS[0], 18.5)}${row(WORDS[1], 5.5)}ET\n`
  );
}
