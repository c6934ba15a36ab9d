import { expect, it } from "vitest";
import { applyChanges, planChanges, sizeAfter } from "../../src/imaging/clean/clean-page.ts";
import { isTwoLevel } from "../../src/imaging/clean/pixels.ts";
import {
  bilevelPage,
  centreOfInk,
  FACTS,
  fullPage,
  greyPage,
  inkIn,
  resized,
  skewedPage,
} from "./clean-pages.ts";

const STEPS = ["deskew"] as const;

it.each([-7.3, -1.4, 0.6, 3])("removes a skew of %s° to within a tenth of a degree", async (degrees) => {
  const page = await skewedPage(await fullPage(), degrees);
  const changes = planChanges(page, FACTS, STEPS);
  expect(changes).toEqual([{ kind: "deskew", degrees: expect.closeTo(degrees, 1) }]);
  const [change] = changes;
  expect(change?.kind === "deskew" && Math.abs(change.degrees - degrees)).toBeLessThan(0.1);
  expect(planChanges(applyChanges(page, changes, 1), FACTS, STEPS)).toEqual([]);
});

it("leaves a straight page alone", async () => {
  expect(planChanges(await fullPage(), FACTS, STEPS)).toEqual([]);
});

it("puts the text where sharp puts it when it turns back, on a canvas that holds the whole page", async () => {
  const page = await skewedPage(await fullPage(), 2);
  const changes = [{ kind: "deskew", degrees: 2 }] as const;
  const straight = applyChanges(page, changes, 1);
  const judge = await skewedPage(page, -2);
  expect(sizeAfter(changes, page)).toEqual({ width: straight.width, height: straight.height });
  expect(Math.abs(straight.width - judge.width)).toBeLessThanOrEqual(1);
  expect(Math.abs(straight.height - judge.height)).toBeLessThanOrEqual(1);
  const [mine, theirs] = [centreOfInk(straight), centreOfInk(judge)];
  expect(Math.abs(mine.x - theirs.x)).toBeLessThan(1);
  expect(Math.abs(mine.y - theirs.y)).toBeLessThan(1);
  expect(straight.data.subarray(0, 3 * straight.width).every((value) => value === 255)).toBe(true);
});

it("does the same to the working view and to the whole page", async () => {
  const page = await skewedPage(await fullPage(300), 1.7);
  const work = await resized(page, 2 / 3);
  const scale = work.width / page.width;
  const changes = planChanges(work, { ...FACTS, dpi: 300, scale }, STEPS);
  const [whole, small] = [applyChanges(page, changes, 1), applyChanges(work, changes, scale)];
  const [ink, view] = [centreOfInk(whole), centreOfInk(small)];
  // Canvases have whole pixels: half of one of the working view.
  expect(Math.abs(view.x / scale - ink.x)).toBeLessThan(1);
  expect(Math.abs(view.y / scale - ink.y)).toBeLessThan(1);
});

it("keeps a black and white page black and white, and its strokes as heavy", async () => {
  const page = await skewedPage(await fullPage(300), 1.1);
  const twoLevel = greyPage(await bilevelPage(page));
  const straight = applyChanges(twoLevel, [{ kind: "deskew", degrees: 1.1 }], 1);
  expect(isTwoLevel(straight)).toBe(true);
  expect(straight.channels).toBe(1);
  const [before, after] = [inkIn(twoLevel), inkIn(straight)];
  expect(Math.abs(after / before - 1)).toBeLessThan(0.03);
});

it("does not touch the samples it is given", async () => {
  const page = await skewedPage(await fullPage(), 1);
  const copy = Buffer.from(page.data);
  applyChanges(page, planChanges(page, FACTS, STEPS), 1);
  expect(copy.equals(page.data)).toBe(true);
});
