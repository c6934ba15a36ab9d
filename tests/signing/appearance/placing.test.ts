import { expect, it } from "vitest";
import { findPlace, type WantedPlace } from "../../../src/signing/appearance/placing.ts";
import type { Rect } from "../../../src/signing/appearance/shown-page.ts";

const A4 = { width: 595, height: 842 };
const LEFT: WantedPlace = { width: 256, height: 32, corner: "left", side: 7, top: 1 };
const RIGHT: WantedPlace = { ...LEFT, width: 200, corner: "right", side: 8, top: 6 };
const WHOLE: Rect = [0, 0, 595, 842];

/** By more than the last digit of a number that was mirrored twice. */
const touches = ([a, b, c, d]: Rect, [x0, y0, x1, y1]: Rect) =>
  Math.min(c, x1) - Math.max(a, x0) > 1e-9 && Math.min(d, y1) - Math.max(b, y0) > 1e-9;

it.each<[string, WantedPlace, readonly Rect[], Rect]>([
  ["its own corner", LEFT, [], [7, 809, 263, 841]],
  ["its own corner on the right", RIGHT, [], [387, 804, 587, 836]],
  ["right of a code in the corner", LEFT, [[20, 760, 90, 830]], [90, 809, 346, 841]],
  ["left of a code in the right corner", RIGHT, [[500, 760, 580, 830]], [300, 804, 500, 836]],
  ["below when the top edge is full", LEFT, [[0, 800, 400, 842]], [7, 768, 263, 800]],
  ["below on the right", RIGHT, [[150, 790, 595, 842]], [387, 758, 587, 790]],
  [
    "beside what stands below",
    LEFT,
    [
      [0, 800, 595, 842],
      [0, 700, 100, 790],
    ],
    [100, 768, 356, 800],
  ],
  ["where it is if the code is elsewhere", LEFT, [[300, 20, 400, 120]], [7, 809, 263, 841]],
])("takes %s", (_, wanted, obstacles, rect) => {
  expect(findPlace(wanted, A4, obstacles)).toEqual({ rect, scale: 1, clear: true });
});

it("becomes smaller before it goes into the text, and goes there before it covers something", () => {
  const shelf: Rect = [0, 500, 595, 820];
  const place = findPlace(LEFT, A4, [shelf]);
  expect(place).toMatchObject({ clear: true, scale: 0.6 });
  expect(place.rect[1]).toBeGreaterThanOrEqual(820);
  const header = findPlace(LEFT, A4, [[0, 500, 595, 842]]);
  expect(header).toEqual({ rect: [7, 468, 263, 500], scale: 1, clear: true });
});

it("tells when nothing is free, and covers as little as it can", () => {
  expect(findPlace(LEFT, A4, [WHOLE])).toMatchObject({ clear: false, scale: 0.6 });
  const halves: Rect[] = [
    [0, 0, 595, 830],
    [0, 830, 300, 842],
  ];
  const place = findPlace(LEFT, A4, halves);
  expect(place.clear).toBe(false);
  expect(place.rect[0]).toBe(300);
});

it.each([
  ["a receipt", { width: 120, height: 400 }],
  ["a label", { width: 90, height: 30 }],
  ["a roll", { width: 226, height: 14_000 }],
  ["A0", { width: 2384, height: 3370 }],
])("keeps the box on %s", (_, page) => {
  for (const wanted of [LEFT, RIGHT]) {
    const { rect, clear } = findPlace(wanted, page, []);
    expect(clear).toBe(true);
    expect(rect[0]).toBeGreaterThanOrEqual(0);
    expect(rect[1]).toBeGreaterThanOrEqual(0);
    expect(rect[2]).toBeLessThanOrEqual(page.width);
    expect(rect[3]).toBeLessThanOrEqual(page.height);
    expect((rect[2] - rect[0]) / (rect[3] - rect[1])).toBeCloseTo(wanted.width / wanted.height);
  }
});

it("says clear only of what touches nothing, wherever codes and signatures stand", () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  let placed = 0;
  for (let round = 0; round < 300; round++) {
    const obstacles = Array.from({ length: 1 + Math.floor(random() * 9) }, (): Rect => {
      const [x, y] = [random() * 550, 500 + random() * 330];
      return [x, y, x + 20 + random() * 250, y + 10 + random() * 90];
    });
    for (const wanted of [LEFT, RIGHT]) {
      const { rect, clear } = findPlace(wanted, A4, obstacles);
      expect(obstacles.some((one) => touches(rect, one))).toBe(!clear);
      if (clear) placed++;
    }
  }
  expect(placed).toBeGreaterThan(500);
});
