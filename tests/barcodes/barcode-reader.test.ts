import { afterAll, describe, expect, it } from "vitest";
import { createBarcodeReader } from "../../src/barcodes/barcode-reader.ts";
import {
  blurred,
  drawnCode,
  faded,
  type Grey,
  jpeg,
  noisy,
  oneBit,
  pageOf,
  pageWith,
  scaled,
  turned,
} from "./made-codes.ts";

const reader = createBarcodeReader({ pageTimeoutMs: 60_000 });
afterAll(() => reader.close());

async function codesOn(page: Grey): Promise<string[]> {
  const found = await reader.read(pageOf(page));
  return found.map(({ format, text }) => `${format} ${text}`).toSorted();
}

const CODE = "H57.132-260804-0583";
const SHEET = "SOHOA1|H57.132-260804-0583|TP|GKS|3/12|0a1b2c3d";

describe("a page with QR, Data Matrix, Code 128 and Code 39 among print", () => {
  const EXPECTED = [`Code128 ${CODE}`, "Code39 PATCHT", `DataMatrix ${CODE}`, `QRCode ${CODE}`];
  const drawn = (async (): Promise<Grey> =>
    pageWith([
      { picture: await drawnCode("QRCode", CODE, { module: 6 }), x: 120, y: 120 },
      { picture: await drawnCode("DataMatrix", CODE, { module: 6 }), x: 900, y: 150 },
      { picture: await drawnCode("Code128", CODE, { module: 3 }), x: 120, y: 700 },
      { picture: await drawnCode("Code39", "PATCHT", { module: 3 }), x: 120, y: 1500 },
    ]))();

  it.each<[string, (page: Grey) => Promise<Grey> | Grey]>([
    ["as drawn", (page) => page],
    ["with noise", (page) => noisy(page, 70)],
    ["blurred", (page) => blurred(page, 1.6)],
    ["faded", (page) => faded(page, 120, 200)],
    ["faded and noisy", (page) => noisy(faded(page, 130, 200), 20)],
    ["1 bit", async (page) => oneBit(noisy(await blurred(page, 1), 60))],
    ["JPEG of quality 15", (page) => jpeg(page, 15)],
    ["at 150 dpi", (page) => scaled(page, 0.75)],
    ["at 300 dpi", (page) => scaled(page, 1.5)],
    ["turned by 90 degrees", (page) => turned(page, 90)],
    ["turned by 180 degrees", (page) => turned(page, 180)],
    ["turned by 270 degrees", (page) => turned(page, 270)],
    ["skewed by 3 degrees", (page) => turned(page, 3)],
    ["skewed by 8 degrees", (page) => turned(page, 8)],
    [
      "skewed, blurred, noisy, JPEG",
      async (page) => jpeg(noisy(await blurred(await turned(faded(page, 60, 220), 1.5), 0.8), 25), 50),
    ],
  ])("is read whole %s", async (_, change) => {
    expect(await codesOn(await change(await drawn))).toEqual(EXPECTED);
  });

  // No line crosses a code that is eight times as long as high on such a page; the pipeline straightens it first.
  it("is read but for its longest code when nobody has straightened 16 degrees of skew", async () => {
    const found = await codesOn(await turned(await drawn, -16));
    expect(found).toEqual(EXPECTED.filter((code) => !code.startsWith("Code128")));
  });
});

it("reads Code 93, Codabar, ITF and EAN", async () => {
  const page = await pageWith([
    { picture: await drawnCode("Code93", "ASN00123", { module: 3 }), x: 120, y: 600 },
    { picture: await drawnCode("Codabar", "A123456B", { module: 3 }), x: 900, y: 600 },
    { picture: await drawnCode("ITF", "12345678", { module: 3 }), x: 120, y: 1000 },
    { picture: await drawnCode("EAN13", "893456789012", { module: 3 }), x: 900, y: 1000 },
    { picture: await drawnCode("EAN8", "1234567", { module: 3 }), x: 120, y: 1400 },
  ]);
  const formats = (await reader.read(pageOf(page))).map(({ format }) => format).toSorted();
  expect(formats).toEqual(["Codabar", "Code93", "EAN13", "EAN8", "ITF"]);
});

it("finds a small QR that half the size blurs away, because the page is searched again", async () => {
  const page = await pageWith([{ picture: await drawnCode("QRCode", SHEET, { module: 4 }), x: 700, y: 900 }]);
  expect(await codesOn(oneBit(noisy(await blurred(page, 1), 60)))).toEqual([`QRCode ${SHEET}`]);
});

it("says where a code lies, in shares of the page", async () => {
  const picture = await drawnCode("Code128", CODE, { module: 3 });
  const upright = await pageWith([{ picture, x: 100, y: 2000 }]);
  const [code] = await reader.read(pageOf(upright));
  expect((code?.box.y0 ?? 0) * upright.height).toBeGreaterThan(2000);
  expect((code?.box.y1 ?? 0) * upright.height).toBeLessThan(2000 + picture.height);
  expect((code?.box.x0 ?? 0) * upright.width).toBeGreaterThan(100);
  const [sideways] = await reader.read(pageOf(await turned(upright, 90)));
  expect(sideways?.box.x1).toBeLessThan(0.15);
});

it("reads nothing in print, tables and noise", async () => {
  const print = await pageWith([]);
  const table = { ...print, data: Buffer.from(print.data) };
  for (let x = 150; x < 1500; x += 60)
    for (let y = 200; y < 1500; y++) table.data.fill(0, y * 1654 + x, y * 1654 + x + 3);
  for (let y = 200; y < 1500; y += 45) table.data.fill(0, y * 1654 + 150, y * 1654 + 1500);
  for (const page of [print, table, noisy(table, 60), await turned(table, 2)])
    expect(await codesOn(page)).toEqual([]);
});

it("keeps a page that needs more memory than it may have to itself, and reads the next one", async () => {
  const small = createBarcodeReader({ threads: 1, wasmMegabytes: 24 });
  const picture = await drawnCode("Code128", CODE, { module: 3 });
  const large = await pageWith([{ picture, x: 100, y: 100 }], { width: 9000, height: 9000 });
  await expect(small.read(pageOf(large))).rejects.toThrow(expect.objectContaining({ code: "page_timeout" }));
  const next = await pageWith([{ picture, x: 100, y: 100 }]);
  expect((await small.read(pageOf(next))).map(({ text }) => text)).toEqual([CODE]);
  await small.close();
});

it("gives up a page that takes too long, and starts a new thread", async () => {
  const hasty = createBarcodeReader({ threads: 1, pageTimeoutMs: 1 });
  const page = pageOf(await pageWith([]));
  for (let tries = 0; tries < 2; tries++)
    await expect(hasty.read(page)).rejects.toThrow(expect.objectContaining({ code: "page_timeout" }));
  await hasty.close();
});

it("reads many pages asked for at once, each with its own codes, and none after it is closed", async () => {
  const both = createBarcodeReader({ threads: 2, pageTimeoutMs: 60_000 });
  const texts = ["H57.1-260804-0001", "H57.1-260804-0002", "H57.1-260804-0003", "H57.1-260804-0004"];
  const pages = await Promise.all(
    texts.map(async (text) =>
      pageOf(await pageWith([{ picture: await drawnCode("QRCode", text, { module: 6 }), x: 100, y: 100 }])),
    ),
  );
  const found = await Promise.all(pages.map((page) => both.read(page)));
  expect(found.map(([code]) => code?.text)).toEqual(texts);
  await both.close();
  const [page = { pgm: Buffer.alloc(0), width: 0, height: 0 }] = pages;
  await expect(both.read(page)).rejects.toThrow("page_timeout");
});

it("has nothing to say of a page without pixels", async () => {
  expect(await reader.read({ pgm: Buffer.from("P5\n8 8\n255\n"), width: 8, height: 8 })).toEqual([]);
  expect(await codesOn({ data: Buffer.alloc(4, 255), width: 2, height: 2 })).toEqual([]);
});

it("does not believe short codes of kinds without a check digit: tables and print look like them", async () => {
  const page = await pageWith([
    { picture: await drawnCode("ITF", "1234", { module: 3 }), x: 120, y: 300 },
    { picture: await drawnCode("Codabar", "A12B", { module: 3 }), x: 900, y: 300 },
    { picture: await drawnCode("Code39", "A1", { module: 3 }), x: 120, y: 700 },
    { picture: await drawnCode("Code128", "A1", { module: 3 }), x: 900, y: 700 },
  ]);
  expect(await codesOn(page)).toEqual(["Code128 A1"]);
});
