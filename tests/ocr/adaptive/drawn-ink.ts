import type { PreparedPage } from "../../../src/domain/page-ports.ts";
import type { Box, Line } from "../../../src/domain/reading.ts";

/** A page of paper to draw on, at 200 dpi. */
export function blankPage(width: number, height: number) {
  const samples = Buffer.alloc(width * height, 245);
  const dot = (x: number, y: number): void => {
    if (x >= 0 && y >= 0 && x < width && y < height) samples[Math.round(y) * width + Math.round(x)] = 20;
  };
  const bar = (x: number, y: number, wide: number, high: number): void => {
    for (let row = y; row < y + high; row++) for (let at = x; at < x + wide; at++) dot(at, row);
  };
  /** Letters of two upright strokes with a foot, 12 wide and 26 high, five to a word. */
  const text = (x: number, y: number, letters: number): Box => {
    for (let letter = 0; letter < letters; letter++) {
      const left = x + letter * 18 + Math.floor((letter + 0.5) / 5) * 12;
      for (const stroke of [0, 9]) bar(left + stroke, y, 3, 26);
      bar(left, y + 23, 12, 3);
    }
    const wide = letters * 18 + Math.floor((letters - 0.5) / 5) * 12 - 6;
    return { x0: x, y0: y, x1: x + wide, y1: y + 26 };
  };
  const curve = (
    points: number,
    thick: number,
    at: (share: number) => readonly [x: number, y: number],
  ): void => {
    for (let point = 0; point < points; point++) {
      const [x, y] = at(point / points);
      for (let down = 0; down < thick; down++)
        for (let across = 0; across < thick; across++) dot(x + across, y + down);
    }
  };
  const page = (): PreparedPage => {
    const pgm = Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), samples]);
    return { pgm, width, height, dpi: 200, scale: 1, skewDegrees: 0 };
  };
  return { dot, bar, text, curve, page };
}

/** A line of one word, as if read there. */
export function lineAt(box: Box, text = "Điều", confidence = 0.95): Line {
  return { box, words: [{ text, box, confidence }] };
}

/** The same numbers 0..1 every time. */
export function numbers(seed = 7): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
