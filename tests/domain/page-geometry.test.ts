import { expect, it } from "vitest";
import { linesToSource } from "../../src/domain/page-geometry.ts";
import type { Line } from "../../src/domain/reading.ts";

const line: Line = {
  box: { x0: 100, y0: 100, x1: 300, y1: 120 },
  words: [
    { text: "Số", confidence: 0.9, box: { x0: 100, y0: 104, x1: 140, y1: 118 } },
    { text: "hóa", confidence: 0.8, box: { x0: 160, y0: 100, x1: 300, y1: 120 } },
  ],
};

it("only scales when the page was straight, and gives every word the top and bottom of its line", () => {
  const page = { width: 1000, height: 800, scale: 0.5, skewDegrees: 0 };
  const [mapped] = linesToSource([line], page, { width: 2000, height: 1600 });
  expect(mapped?.box).toEqual({ x0: 200, y0: 200, x1: 600, y1: 240 });
  expect(mapped?.words.map((word) => word.box)).toEqual([
    { x0: 200, y0: 200, x1: 280, y1: 240 },
    { x0: 320, y0: 200, x1: 600, y1: 240 },
  ]);
  expect(mapped?.words[0]).toMatchObject({ text: "Số", confidence: 0.9 });
});

it("turns about the centres, so that a straightened line lands where the slanted one was", () => {
  // A page turned 10° clockwise: its straightened canvas is larger; a mark 400 px right of the centre went down.
  const page = { width: 1200, height: 1000, scale: 1, skewDegrees: 10 };
  const right = { ...line, words: [], box: { x0: 990, y0: 490, x1: 1010, y1: 510 } };
  const [mapped] = linesToSource([right], page, { width: 1000, height: 800 });
  const angle = (10 * Math.PI) / 180;
  const centre = { x: 500 + 400 * Math.cos(angle), y: 400 + 400 * Math.sin(angle) };
  const box = mapped?.box ?? line.box;
  expect((box.x0 + box.x1) / 2).toBeCloseTo(centre.x, 6);
  expect((box.y0 + box.y1) / 2).toBeCloseTo(centre.y, 6);
  expect(box.y1 - box.y0).toBeCloseTo(20, 6);
});

it("keeps boxes inside the page", () => {
  const page = { width: 1100, height: 900, scale: 1, skewDegrees: 2 };
  const outside = { ...line, words: [], box: { x0: -20, y0: 2, x1: 1100, y1: 12 } };
  const [mapped] = linesToSource([outside], page, { width: 1000, height: 800 });
  expect(mapped?.box.x0).toBe(0);
  expect(mapped?.box.x1).toBe(1000);
  expect(mapped?.box.y0).toBe(0);
});

it("does not let one noisy word stretch its line over the next", () => {
  const page = { width: 1000, height: 800, scale: 1, skewDegrees: 0 };
  const text = [0, 1, 2, 3].map((at) => ({
    text: "chữ",
    confidence: 0.9,
    box: { x0: 100 + at * 100, y0: 100, x1: 180 + at * 100, y1: 120 },
  }));
  const rule = { text: "|", confidence: 0.3, box: { x0: 90, y0: 60, x1: 92, y1: 190 } };
  const [mapped] = linesToSource(
    [{ box: { x0: 90, y0: 60, x1: 480, y1: 190 }, words: [rule, ...text], look: "block" }],
    page,
    { width: 1000, height: 800 },
  );
  expect(mapped?.box).toEqual({ x0: 90, y0: 93, x1: 480, y1: 127 });
  expect(mapped?.words.every(({ box }) => box.y0 === 93 && box.y1 === 127)).toBe(true);
  expect(mapped?.look).toBe("block");
});
