import { expect, it } from "vitest";
import { applyChanges, planChanges } from "../../src/imaging/clean/clean-page.ts";
import type { Pixels } from "../../src/imaging/clean/pixels.ts";
import { drawnOn, FACTS, fullPage, inkIn, resized, skewedPage } from "./clean-pages.ts";
import { withBox, type Page } from "./made-pages.ts";

const STEPS = ["borders"] as const;
const BLACK = [8, 8, 8] as const;
const GREY = [70, 72, 71] as const;

function cleaned(page: Page): Pixels {
  return applyChanges(page, planChanges(page, FACTS, STEPS), 1);
}

function differing(a: Pixels, b: Pixels): number {
  let count = 0;
  for (let i = 0; i < a.data.length; i++) if (a.data[i] !== b.data[i]) count += 1;
  return count;
}

it.each([
  ["black", BLACK],
  ["dark grey", GREY],
])("paints %s borders on all sides white and changes nothing else", async (_, colour) => {
  const page = await fullPage();
  const { width, height } = page;
  let framed = withBox(page, { left: 0, top: 0, width: 60, height }, colour);
  framed = withBox(framed, { left: width - 25, top: 0, width: 25, height }, colour);
  framed = withBox(framed, { left: 0, top: 0, width, height: 40 }, colour);
  framed = withBox(framed, { left: 0, top: height - 90, width, height: 90 }, colour);
  const changes = planChanges(framed, FACTS, STEPS);
  expect(changes).toMatchObject([
    { kind: "borders", box: { x0: 60, y0: 40, x1: width - 25, y1: height - 90 } },
  ]);
  const result = applyChanges(framed, changes, 1);
  expect(differing(result, page)).toBe(0);
  expect(planChanges(result, FACTS, STEPS)).toEqual([]);
});

it("paints the wedges round a slanted sheet white and keeps every letter", async () => {
  const [page, truth] = await Promise.all(
    ["#0a0a0a", "#fff"].map(async (background) => skewedPage(await fullPage(), 2.5, background)),
  );
  const result = cleaned(page as Page);
  // What is left may be the blurred rim alone.
  expect(inkIn(result) / inkIn(truth as Page)).toBeCloseTo(1, 2);
  expect(planChanges(result, FACTS, STEPS)).toEqual([]);
});

it("paints a border that ends half-way down, as books leave it", async () => {
  const page = await fullPage();
  const half = withBox(page, { left: 0, top: 0, width: 130, height: 1100 }, BLACK);
  expect(differing(cleaned(half), page)).toBe(0);
});

it("does the same to the whole page as to the working view", async () => {
  const page = await fullPage(300);
  const framed = withBox(page, { left: 0, top: 0, width: 91, height: page.height }, BLACK);
  const work = await resized(framed, 2 / 3);
  const changes = planChanges(work, { ...FACTS, dpi: 300, scale: work.width / framed.width }, STEPS);
  expect(differing(applyChanges(framed, changes, 1), page)).toBe(0);
});

it("keeps lines and words that touch the border", async () => {
  const page = await fullPage();
  const ink =
    '<path d="M0 900H700M0 300H900" stroke="#000" stroke-width="5"/><text x="30" y="1200" font-size="60">Nghị định</text>';
  const drawn = await drawnOn(page, ink);
  const framed = withBox(drawn, { left: 0, top: 0, width: 50, height: page.height }, BLACK);
  const result = cleaned(framed);
  const expected = withBox(drawn, { left: 0, top: 0, width: 50, height: page.height }, [255, 255, 255]);
  // Three pixels of rim may go with the border.
  const beyond = { x: 53, y: 0 };
  expect(inkIn(result, beyond)).toBe(inkIn(expected, beyond));
  expect(inkIn(result, beyond)).toBeGreaterThan(6000);
});

it.each([
  ["a plain page", ""],
  ["bars printed on the sheet that run out of the picture", '<path d="M0 500H400V700H0Z" fill="#000"/>'],
  [
    "a dark picture in the corner",
    '<rect width="700" height="600" fill="#222"/><circle cx="300" cy="300" r="200" fill="#aaa"/>',
  ],
  [
    "a frame printed near the edge",
    '<rect x="20" y="20" width="1600" height="2290" fill="none" stroke="#000" stroke-width="12"/>',
  ],
])("leaves %s alone", async (_, shapes) => {
  expect(planChanges(await drawnOn(await fullPage(), shapes), FACTS, STEPS)).toEqual([]);
});

it("leaves a page that is dark all over alone", async () => {
  const { width, height } = await fullPage();
  expect(planChanges({ data: Buffer.alloc(width * height * 3, 40), width, height }, FACTS, STEPS)).toEqual(
    [],
  );
});
