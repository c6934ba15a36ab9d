import { expect, it } from "vitest";
import { type Rect, shownPage } from "../../../src/signing/appearance/shown-page.ts";

const SHEET = { x: 0, y: 0, width: 600, height: 800, rotate: 0, unit: 1 } as const;

it.each([
  [0, [10, 750, 110, 790]],
  [90, [10, 10, 50, 110]],
  [180, [490, 10, 590, 50]],
  [270, [550, 690, 590, 790]],
] as const)("finds the top left corner of a page shown turned by %i degrees", (rotate, expected) => {
  const page = shownPage({ ...SHEET, rotate });
  expect([page.width, page.height]).toEqual(rotate % 180 === 0 ? [600, 800] : [800, 600]);
  const box: Rect = [10, page.height - 50, 110, page.height - 10];
  expect(page.toUser(box)).toEqual(expected);
  expect(page.fromUser(page.toUser(box))).toEqual(box);
});

it.each([0, 90, 180, 270] as const)("knows units and a crop box off the origin, turned by %i", (rotate) => {
  const page = shownPage({ x: -30, y: 1000, width: 300, height: 400, rotate, unit: 2.5 });
  expect([page.width, page.height]).toEqual(rotate % 180 === 0 ? [750, 1000] : [1000, 750]);
  const box: Rect = [20, page.height - 90, 270, page.height - 15];
  const user = page.toUser(box);
  expect(user[0]).toBeGreaterThanOrEqual(-30);
  expect(user[1]).toBeGreaterThanOrEqual(1000);
  expect(user[2]).toBeLessThanOrEqual(270);
  expect(user[3]).toBeLessThanOrEqual(1400);
  expect(page.fromUser(user).map((value) => Math.round(value * 100) / 100)).toEqual([...box]);
});

it("turns shares from the top left into points from the bottom left of the page as shown", () => {
  const page = shownPage({ ...SHEET, rotate: 90 });
  const [x0, y0, x1, y1] = page.fromArea({ x0: 0.05, y0: 0, x1: 0.15, y1: 0.1 });
  expect([x0, y0, x1, y1]).toEqual([40, 540, 120, 600]);
});

it("reads rectangles whichever corners they name", () => {
  expect(shownPage(SHEET).fromUser([110, 790, 10, 750])).toEqual([10, 750, 110, 790]);
});
