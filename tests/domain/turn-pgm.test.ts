import { expect, it } from "vitest";
import { cropPgm, tiltPgm, turnPgm } from "../../src/domain/turn-pgm.ts";

/** 1 2 3 over 4 5 6. */
const page = { pgm: Buffer.from([80, 53, 10, 1, 2, 3, 4, 5, 6]), width: 3, height: 2 };
const rows = ({ pgm, width, height }: ReturnType<typeof turnPgm>): number[][] =>
  Array.from({ length: height }, (_, y) => [
    ...pgm.subarray(pgm.length - width * height + y * width).subarray(0, width),
  ]);

it.each([
  [
    0,
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
  [
    90,
    [
      [4, 1],
      [5, 2],
      [6, 3],
    ],
  ],
  [
    180,
    [
      [6, 5, 4],
      [3, 2, 1],
    ],
  ],
  [
    270,
    [
      [3, 6],
      [2, 5],
      [1, 4],
    ],
  ],
] as const)("turns a page clockwise by %i degrees", (degrees, wanted) => {
  expect(rows(turnPgm(page, degrees))).toEqual(wanted);
});

it("writes a header that says the new size", () => {
  expect(turnPgm(page, 90).pgm.toString("latin1")).toMatch(/^P5\n2 3\n255\n/u);
});

it("cuts a part out", () => {
  expect(rows(cropPgm(page, { x0: 1, y0: 0, x1: 3, y1: 2 }))).toEqual([
    [2, 3],
    [5, 6],
  ]);
});

it("tilts on a canvas that holds all of the picture, white around it", () => {
  const black = {
    pgm: Buffer.concat([Buffer.from("P5\n40 10\n255\n"), Buffer.alloc(400, 0)]),
    width: 40,
    height: 10,
  };
  const tilted = tiltPgm(black, 10);
  expect([tilted.width, tilted.height]).toEqual([42, 17]);
  const slanted = rows(tilted);
  const dark = slanted.flat().filter((sample) => sample === 0).length;
  expect(dark).toBeGreaterThan(380);
  expect(dark).toBeLessThan(420);
  // Clockwise: the right end goes down, so the top right corner is white.
  expect(slanted[0]?.at(-1)).toBe(255);
  expect(slanted.at(-1)?.[0]).toBe(255);
  expect(slanted[1]?.[3]).toBe(0);
});
