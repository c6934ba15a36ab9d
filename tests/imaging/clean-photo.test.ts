import { expect, it } from "vitest";
import type { PageChange, Point } from "../../src/domain/page-change.ts";
import { applyChanges, dpiAfter, planChanges, sizeAfter } from "../../src/imaging/clean/clean-page.ts";
import type { Pixels } from "../../src/imaging/clean/pixels.ts";
import {
  bilevelPage,
  centreOfInk,
  drawnOn,
  FACTS,
  fullPage,
  greyPage,
  inkIn,
  resized,
  skewedPage,
} from "./clean-pages.ts";
import { withBox, withNoise, type Page } from "./made-pages.ts";
import { photographed } from "./made-photos.ts";

const STEPS = ["photo"] as const;
const SIZE = { width: 1500, height: 2000 };
const CORNERS = [
  { x: 180, y: 160 },
  { x: 1290, y: 210 },
  { x: 1400, y: 1850 },
  { x: 90, y: 1780 },
] as const;
const EVEN = () => [1, 1, 1] as const;
/** Warm lamp at the upper left: paper from 235 down to 130. */
const LAMP = (x: number, y: number) => {
  const gain = 0.92 - 0.25 * x - 0.18 * y;
  return [gain, gain * 0.97, gain * 0.88] as const;
};

async function stamped(): Promise<Page> {
  const seal = '<circle cx="1100" cy="1900" r="130" fill="none" stroke="#d0202a" stroke-width="26"/>';
  return drawnOn(await fullPage(), seal);
}

function cornersOf(changes: readonly PageChange[]): readonly Point[] {
  const [change] = changes;
  return change?.kind === "perspective" ? change.corners : [];
}

/** Deviation of the paper's brightness over the page: the brightest of squares of 20 pixels, a margin left out. */
function unevenness(page: Pixels): number {
  const channels = page.channels ?? 3;
  const levels: number[] = [];
  for (let y = 40; y < page.height - 60; y += 20)
    for (let x = 40; x < page.width - 60; x += 20) {
      let most = 0;
      for (let k = 0; k < 400; k++) {
        const at = (y + Math.floor(k / 20)) * page.width + x + (k % 20);
        most = Math.max(most, page.data[at * channels + (channels >> 1)] ?? 0);
      }
      levels.push(most);
    }
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return Math.sqrt(levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / levels.length);
}

it("finds the corners of a photographed sheet to within two pixels and lays it flat as A4", async () => {
  const sharp = photographed(await fullPage(), CORNERS, SIZE, EVEN);
  const photo = withNoise(sharp, 8);
  const changes = planChanges(photo, { ...FACTS, dpi: 171 }, STEPS);
  expect(changes.map(({ kind }) => kind)).toEqual(["perspective"]);
  cornersOf(changes).forEach((corner, i) => {
    const truth = CORNERS[i] ?? { x: 0, y: 0 };
    expect(Math.hypot(corner.x - truth.x, corner.y - truth.y)).toBeLessThan(2);
  });
  const flat = applyChanges(sharp, changes, 1);
  expect(flat.height / flat.width).toBeCloseTo(Math.SQRT2, 2);
  expect(sizeAfter(changes, photo)).toEqual({ width: flat.width, height: flat.height });
  expect(dpiAfter(changes, 171)).toBeCloseTo(flat.height / 11.69, 0);
  const page = await resized(await fullPage(), flat.width / 1654);
  const [mine, truth] = [centreOfInk(flat), centreOfInk(page)];
  expect(Math.abs(mine.x / flat.width - truth.x / page.width)).toBeLessThan(0.003);
  expect(Math.abs(mine.y / flat.height - truth.y / page.height)).toBeLessThan(0.003);
  expect(planChanges(flat, { ...FACTS, dpi: 140 }, STEPS)).toEqual([]);
});

it("takes uneven, warm light out and keeps the red of a stamp", async () => {
  const photo = photographed(await stamped(), CORNERS, SIZE, LAMP);
  const facts = { ...FACTS, dpi: 171 };
  const changes = planChanges(photo, facts, STEPS);
  expect(changes.map(({ kind }) => kind)).toEqual(["perspective", "light"]);
  const before = applyChanges(photo, changes.slice(0, 1), 1);
  const after = applyChanges(photo, changes, 1);
  expect(unevenness(before)).toBeGreaterThan(15);
  expect(unevenness(after)).toBeLessThan(3);
  const at =
    (Math.round((1900 / 2339) * after.height) * after.width + Math.round((970 / 1654) * after.width)) * 3;
  const [red = 0, green = 0, blue = 0] = after.data.subarray(at, at + 3);
  expect(Math.abs(red - 0xd0)).toBeLessThan(16);
  expect(Math.abs(green - 0x20)).toBeLessThan(16);
  expect(Math.abs(blue - 0x2a)).toBeLessThan(16);
  expect(planChanges(after, facts, STEPS)).toEqual([]);
});

it("does the same to the whole photo as to the working view, also in grey", async () => {
  const photo = photographed(await fullPage(), CORNERS, SIZE, LAMP);
  const work = await resized(photo, 0.8);
  const scale = work.width / photo.width;
  const changes = planChanges(work, { ...FACTS, dpi: 171, scale }, STEPS);
  const [view, whole] = [applyChanges(work, changes, scale), applyChanges(greyPage(photo), changes, 1)];
  const [seen, ink] = [centreOfInk(view), centreOfInk(whole)];
  expect(Math.abs(seen.x / view.width - ink.x / whole.width)).toBeLessThan(0.002);
  expect(Math.abs(seen.y / view.height - ink.y / whole.height)).toBeLessThan(0.002);
  expect(whole.channels).toBe(1);
  expect(unevenness(whole)).toBeLessThan(3);
});

it("leaves what a scanner gives alone", async () => {
  const page = await fullPage();
  const framed = withBox(page, { left: 0, top: 0, width: 90, height: page.height }, [9, 9, 9]);
  const coloured = withBox(page, { left: 100, top: 1500, width: 1400, height: 700 }, [200, 220, 240]);
  const grey = { ...page, data: Buffer.from(page.data.map((value) => value * 0.8)) };
  for (const scan of [page, framed, coloured, grey, await skewedPage(page, 3, "#0c0c0c"), await stamped()])
    expect(planChanges(scan, FACTS, STEPS)).toEqual([]);
});

it("leaves a sheet alone whose corner lies outside the picture, and a page of black and white", async () => {
  const outside = [{ x: -60, y: 120 }, ...CORNERS.slice(1)] as unknown as typeof CORNERS;
  const photo = photographed(await fullPage(), outside, SIZE, EVEN);
  expect(planChanges(photo, { ...FACTS, dpi: 171 }, STEPS)).toEqual([]);
  const twoLevel = await bilevelPage(photographed(await fullPage(), CORNERS, SIZE, EVEN));
  expect(planChanges(twoLevel, { ...FACTS, bilevel: true }, STEPS)).toEqual([]);
  expect(inkIn(twoLevel)).toBeGreaterThan(1000);
});
