import { expect, it } from "vitest";
import { createImaging } from "../../src/imaging/imaging.ts";
import { foldOf } from "../../src/imaging/fold.ts";
import { drawnOn, fullPage, resized } from "./clean-pages.ts";
import { pixels, placed, textPage, withNoise, type Page } from "./made-pages.ts";

/** Two pages side by side on one picture of the given width. */
async function spread(left: Page, right: Page): Promise<Page> {
  const width = left.width + right.width;
  const data = Buffer.alloc(width * left.height * 3, 255);
  for (const [page, x] of [
    [left, 0],
    [right, left.width],
  ] as const)
    for (let y = 0; y < page.height; y++)
      data.set(page.data.subarray(y * page.width * 3, (y + 1) * page.width * 3), (y * width + x) * 3);
  return { data, width, height: left.height };
}

async function made(): Promise<Page> {
  return resized(await spread(await fullPage(100), await fullPage(100)), 0.9);
}

it("finds the empty gutter of a spread", async () => {
  expect(foldOf(await made())).toBeCloseTo(0.5, 2);
  expect(foldOf(withNoise(await made(), 12))).toBeCloseTo(0.5, 2);
});

it("finds the shadow of a fold that does not lie in the exact middle", async () => {
  const page = await made();
  const at = Math.round(page.width * 0.485);
  const shadow = `<defs><linearGradient id="g"><stop offset="0" stop-opacity="0"/><stop offset="0.5" stop-opacity="0.6"/>
    <stop offset="1" stop-opacity="0"/></linearGradient></defs>
    <rect x="${at - 30}" width="60" height="${page.height}" fill="url(#g)"/>`;
  const fold = foldOf(await drawnOn(page, shadow)) ?? 0;
  expect(Math.abs(fold - 0.485)).toBeLessThan(0.004);
});

it.each([
  [
    "a title over both halves",
    '<text x="650" y="120" font-size="40">DANH SÁCH HỒ SƠ TIẾP NHẬN TRONG THÁNG</text>',
  ],
  ["ruled lines from half to half", '<path d="M100 300H1400M100 400H1400" stroke="#000" stroke-width="2"/>'],
  [
    "a line ruled down the middle and rows across",
    '<path d="M744 20V1040M100 300H1400" stroke="#000" stroke-width="2"/>',
  ],
])("takes a landscape page with %s for one page", async (_, shapes) => {
  expect(foldOf(await drawnOn(await made(), shapes))).toBeUndefined();
});

it("takes upright pages, wide strips, and pages with an empty half for one page", async () => {
  const [page, empty] = await Promise.all([fullPage(100), textPage([], 100)]);
  expect(foldOf(page)).toBeUndefined();
  expect(foldOf(await spread(page, empty))).toBeUndefined();
  expect(foldOf(await spread(await spread(page, page), page))).toBeUndefined();
  expect(foldOf({ data: Buffer.alloc(1400 * 1000 * 3, 255), width: 1400, height: 1000 })).toBeUndefined();
});

it("takes two columns with a narrow space between them for one page", async () => {
  const half = await fullPage(100);
  const both = await spread(half, half);
  // The columns moved together: a tenth of each page's width is its inner margin.
  const cut = Math.round(half.width * 0.11);
  const data = Buffer.alloc(both.data.length, 255);
  for (let y = 0; y < both.height; y++) {
    const row = y * both.width;
    data.set(both.data.subarray(row * 3, (row + half.width) * 3), row * 3);
    data.set(
      half.data.subarray((y * half.width + cut) * 3, (y + 1) * half.width * 3),
      (row + half.width - 3 * cut) * 3,
    );
  }
  expect(foldOf({ ...both, data })).toBeUndefined();
});

it("finds the fold of an image file that lies on its side", async () => {
  const output = { passThroughKilobytes: 1000, dpi: 300, quality: 80, mixed: false };
  const profile = { minDpi: 200, colour: false, output };
  const imaging = createImaging({ megapixels: 50, profile, clean: ["spread"] });
  const bytes = await pixels(await made())
    .rotate(-90)
    .png()
    .toBuffer();
  expect(await imaging.fold(placed(bytes, { turn: 90 }))).toBeCloseTo(0.5, 2);
  expect(await imaging.fold(placed(bytes))).toBeUndefined();
  await imaging.close();
});
