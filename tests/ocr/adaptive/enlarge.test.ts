import { expect, it } from "vitest";
import type { PreparedPage } from "../../../src/domain/page-ports.ts";
import { enlarged, enlargementOf, shrunk } from "../../../src/ocr/adaptive/enlarge.ts";

function view(width: number, height: number, dpi: number, sample = (_x: number, _y: number) => 255) {
  const samples = Buffer.from(
    Array.from({ length: width * height }, (_, at) => sample(at % width, Math.floor(at / width))),
  );
  const pgm = Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), samples]);
  return { pgm, width, height, dpi, scale: 1, skewDegrees: 0 } satisfies PreparedPage;
}

it("enlarges coarse pages and no others", () => {
  expect(enlargementOf(view(1, 1, 200))).toBe(1);
  expect(enlargementOf(view(1, 1, 150))).toBe(1);
  expect(enlargementOf(view(1, 1, 82))).toBeCloseTo(1.59, 2);
  expect(enlargementOf(view(1, 1, 30))).toBe(2);
  // A drawing of a square metre at 100 dpi.
  expect(enlargementOf({ width: 3937, height: 3937, dpi: 100 })).toBe(1);
});

it("keeps the picture: size on paper, black, white, and grey between them", () => {
  const big = enlarged(
    view(20, 10, 80, (x) => (x < 10 ? 0 : 255)),
    2,
  );
  expect({ ...big, pgm: big.pgm.length }).toEqual({
    width: 40,
    height: 20,
    dpi: 160,
    scale: 2,
    skewDegrees: 0,
    pgm: "P5\n40 20\n255\n".length + 800,
  });
  const row = [...big.pgm.subarray(-40)];
  expect([row[0], row[18], row[19], row[20], row[21], row[39]]).toEqual([0, 0, 64, 191, 255, 255]);
});

it("gives lines back in pixels of the page itself", () => {
  const box = { x0: 30, y0: 60, x1: 90, y1: 75 };
  const [line] = shrunk([{ box, words: [{ text: "a", box, confidence: 1 }] }], 1.5);
  expect(line?.box).toEqual({ x0: 20, y0: 40, x1: 60, y1: 50 });
  expect(line?.words[0]?.box).toEqual({ x0: 20, y0: 40, x1: 60, y1: 50 });
});
