import { afterAll, expect, it } from "vitest";
import { createBarcodeReader } from "../../src/barcodes/barcode-reader.ts";
import { A4, blurred, type Grey, noisy, oneBit, pageOf, pageWith, scaled, turned } from "./made-codes.ts";

const reader = createBarcodeReader({ pageTimeoutMs: 60_000 });
afterAll(() => reader.close());

async function patchesOn(page: Grey): Promise<number> {
  const found = await reader.read(pageOf(page));
  for (const { text } of found) expect(text).toBe("PATCHT");
  return found.filter(({ format }) => format === "PatchT").length;
}

/** Bars at 200 dpi: widths in hundredths of an inch from the upper edge down. */
async function sheet(widths: readonly number[], top = 60, length = 500): Promise<Grey> {
  const picture: Grey = { data: Buffer.alloc(700 * 400, 255), width: 700, height: 400 };
  let y = 60;
  for (const width of widths) {
    for (let row = y; row < y + width * 2; row++)
      picture.data.fill(15, row * 700 + 100, row * 700 + 100 + length);
    y += width * 2 + 16;
  }
  return pageWith([{ picture, x: 450, y: top }]);
}

const T = [8, 20, 8, 20];

it.each<[string, (page: Grey) => Promise<Grey> | Grey]>([
  ["at the upper edge", (page) => page],
  ["at the right edge", (page) => turned(page, 90)],
  ["at the lower edge", (page) => turned(page, 180)],
  ["at the left edge", (page) => turned(page, 270)],
  ["on a sheet skewed by 5 degrees", (page) => turned(page, 5)],
  ["on a sheet skewed by 15 degrees", (page) => turned(page, -15)],
  ["at 100 dpi", (page) => scaled(page, 0.5)],
  ["at 300 dpi", (page) => scaled(page, 1.5)],
  ["among noise", (page) => noisy(page, 60)],
  ["blurred and 1 bit", async (page) => oneBit(noisy(await blurred(page, 2), 50), 190)],
])("finds patch code T %s", async (_, change) => {
  expect(await patchesOn(await change(await sheet(T)))).toBe(1);
});

it.each([
  ["patch 1", [20, 20, 8, 8]],
  ["patch 2", [20, 8, 8, 20]],
  ["patch 3, which is T the other way round", [20, 8, 20, 8]],
  ["patch 4", [8, 20, 20, 8]],
  ["patch 6", [8, 8, 20, 20]],
])("does not take %s for T", async (_, widths) => {
  expect(await patchesOn(await sheet(widths))).toBe(0);
});

it("does not take short bars for a patch: they are print", async () => {
  expect(await patchesOn(await sheet(T, 60, 100))).toBe(0);
});

it("does not take ruled tables for patches", async () => {
  const { width, height } = A4;
  const table: Grey = { data: Buffer.alloc(width * height, 255), width, height };
  for (let y = 100; y < 2200; y += 16)
    if (y % 48 !== 4) table.data.fill(0, y * width + 100, y * width + 1500);
  for (let x = 100; x < 1500; x += 56)
    for (let y = 100; y < 2200; y++) table.data.fill(0, y * width + x, y * width + x + 8);
  expect(await patchesOn(table)).toBe(0);
});
