import { expect, it } from "vitest";
import { applyChanges, planChanges } from "../../src/imaging/clean/clean-page.ts";
import type { Pixels } from "../../src/imaging/clean/pixels.ts";
import { bilevelPage, drawnOn, FACTS, fullPage, greyPage, resized } from "./clean-pages.ts";
import { textPage, type Page } from "./made-pages.ts";

const STEPS = ["despeckle"] as const;
const BILEVEL = { ...FACTS, dpi: 300, colour: false, bilevel: true };

/** The same 400 places every time, all over the page. */
function places(page: Page): [x: number, y: number][] {
  let seed = 99;
  const next = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) / 2 ** 24;
  };
  return Array.from({ length: 400 }, () => [
    Math.floor(20 + next() * (page.width - 40)),
    Math.floor(20 + next() * (page.height - 40)),
  ]);
}

function speckled(page: Page): Page {
  const data = Buffer.from(page.data);
  places(page).forEach(([x, y], i) => {
    const side = 1 + (i % 3);
    for (let row = 0; row < side; row++)
      data.fill(0, ((y + row) * page.width + x) * 3, ((y + row) * page.width + x + side) * 3);
  });
  return { ...page, data };
}

function isClear(page: Page, x: number, y: number, reach: number): boolean {
  for (let row = Math.max(0, y - reach); row < Math.min(page.height, y + reach); row++)
    for (let column = Math.max(0, x - reach); column < Math.min(page.width, x + reach); column++)
      if (page.data[(row * page.width + column) * 3] === 0) return false;
  return true;
}

const isInk = (page: Pixels, x: number, y: number): boolean =>
  page.data[(y * page.width + x) * (page.channels ?? 3)] === 0;

it("takes specks out and keeps every stroke, dot and tone mark of the text", async () => {
  const page = await bilevelPage(await fullPage(300));
  const dirty = speckled(page);
  const changes = planChanges(dirty, BILEVEL, STEPS);
  const result = applyChanges(dirty, changes, 1);
  let lost = 0;
  for (let i = 0; i < page.data.length; i += 3) if (page.data[i] === 0 && result.data[i] !== 0) lost += 1;
  expect(lost).toBe(0);
  const free = places(page).filter(([x, y]) => isClear(page, x, y, 40));
  // Some stay because they lie in a row with others, as the dots of a leader do.
  const left = free.filter(([x, y]) => isInk(result, x, y)).length;
  expect(free.length).toBeGreaterThan(200);
  expect(left).toBeLessThan(free.length * 0.1);
  expect(changes).toEqual([{ kind: "despeckle", dots: expect.any(Number), largest: 3 }]);
  expect(planChanges(result, BILEVEL, STEPS)).toEqual([]);
});

it("plans on the working view what it does to the whole page of one channel", async () => {
  const page = await bilevelPage(await fullPage(300));
  const dirty = speckled(page);
  const work = await resized(dirty, 2 / 3);
  const changes = planChanges(work, { ...BILEVEL, scale: work.width / page.width }, STEPS);
  const result = applyChanges(greyPage(dirty), changes, 1);
  expect(result.channels).toBe(1);
  const free = places(page).filter(([x, y]) => isClear(page, x, y, 40));
  expect(free.filter(([x, y]) => isInk(result, x, y)).length).toBeLessThan(free.length * 0.1);
});

it("keeps dotted leaders, dotted lines, ellipses and small tone marks", async () => {
  const lines = [
    "Họ và tên: ....................................................",
    "Địa chỉ: . . . . . . . . . . . . . . . . . .",
    "ạ ặ ậ ẹ ệ ị ọ ộ ợ ụ ự ỵ i j ! ? : ; , …",
  ];
  const dots = Array.from(
    { length: 90 },
    (_, i) => `<rect x="${300 + i * 14}" y="2600" width="3" height="3"/>`,
  );
  const tiny =
    '<text x="300" y="2800" font-size="22">Số: ...... ngày ..... tháng .... (ạ, ệ, ị, ọ, ự)</text>';
  for (const dpi of [200, 300]) {
    const page = await bilevelPage(await drawnOn(await textPage(lines, dpi), dots.join("") + tiny));
    expect(planChanges(page, { ...BILEVEL, dpi }, STEPS)).toEqual([]);
  }
});

it("leaves grey and colour pages alone", async () => {
  const page = speckled(await fullPage(300));
  expect(planChanges(page, { ...BILEVEL, bilevel: false }, STEPS)).toEqual([]);
});

it("gives a clean page no change", async () => {
  const page = await bilevelPage(await fullPage());
  expect(planChanges(page, { ...BILEVEL, dpi: 200 }, STEPS)).toEqual([]);
});
