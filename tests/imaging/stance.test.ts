import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { Stance } from "../../src/domain/page-ports.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { testImaging } from "../support/imaging.ts";
import { PARAGRAPH, pixels, rawPage, textPage, withBox, withNoise, type Page } from "./made-pages.ts";

const imaging = testImaging();
const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");
const LINES = [...PARAGRAPH, ...PARAGRAPH, ...PARAGRAPH];

/** The page turned clockwise; turning it on by `360 − degrees` sets it upright again. */
async function laid(page: Page, degrees: number): Promise<Page> {
  const { data, info } = await pixels(page)
    .rotate(degrees, { background: "#fff" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** As scanned at 200 dpi. */
const scanned = (page: Page) =>
  rawPage(page, { paper: { widthPt: page.width * 0.36, heightPt: page.height * 0.36 } });

const upright = (degrees: number): number => (360 - degrees) % 360;

describe("the stance of a page of text", () => {
  let text: Page;
  beforeAll(async () => {
    text = await textPage(LINES);
  });

  it.each([0, 90, 180, 270])("is told from its lines when it lies at %d degrees", async (degrees) => {
    const { stance } = await imaging.normalize(scanned(await laid(text, degrees)));
    expect(stance.turn).toBe(upright(degrees));
    expect(stance.confidence).toBeGreaterThan(0.6);
  });

  it.each([
    [2.5, 0],
    [-4, 90],
    [2.5, 180],
    [-4, 270],
  ])("is told although the paper lay %f degrees askew, at %d", async (skew, degrees) => {
    const askew = await laid(await laid(text, degrees), skew);
    const { stance, skewDegrees } = await imaging.normalize(scanned(askew));
    expect(stance.turn).toBe(upright(degrees));
    expect(stance.confidence).toBeGreaterThanOrEqual(0.5);
    expect(Math.abs(skewDegrees - skew)).toBeLessThan(0.2);
  });

  it("is not misled by frames, rules and a black border", async () => {
    const ruled = [400, 900, 1400].reduce<Page>(
      (page, left) => withBox(page, { left, top: 300, width: 4, height: 1700 }, [0, 0, 0]),
      text,
    );
    const bordered = withBox(ruled, { left: 0, top: 0, width: 40, height: text.height }, [0, 0, 0]);
    const { stance } = await imaging.normalize(rawPage(bordered));
    expect(stance).toMatchObject({ turn: 0 });
    expect(stance.confidence).toBeGreaterThan(0.5);
  });
});

describe("a page that says nothing of its stance", () => {
  const confidence = async (page: Page): Promise<number> =>
    (await imaging.normalize(rawPage(page))).stance.confidence;

  it("has one short line, noise, or bars only", async () => {
    const empty = await textPage([]);
    expect(await confidence(await textPage(["Trang 1"]))).toBeLessThan(0.5);
    expect(await confidence(withNoise(empty, 120))).toBeLessThan(0.5);
    const bars = Array.from({ length: 30 }, (_, i) => i * 30 + 300).reduce<Page>(
      (page, left) => withBox(page, { left, top: 900, width: 12, height: 200 }, [0, 0, 0]),
      empty,
    );
    expect(await confidence(bars)).toBeLessThan(0.5);
  });
});

/** Pages of the corpus with enough text, and the turn that sets them upright. */
const REAL: readonly (readonly [path: string, page: number, turn: Stance["turn"]])[] = [
  ["pdfs/cardinal.pdf", 0, 0],
  ["pdfs/cardinal.pdf", 1, 270],
  ["pdfs/cardinal.pdf", 2, 180],
  ["pdfs/cardinal.pdf", 3, 90],
  ["vn-scans/05CT_20250517_033418.pdf", 1, 0],
  ["vn-scans/23BC.signed_20250510_124908.pdf", 0, 0],
  ["vn-scans/DHDL_01.pdf", 5, 0],
  ["vn-scans/dl_2025_0006.pdf", 0, 0],
  ["vn-scans/photo_nd30_2020.jpg", 0, 0],
];

describe.skipIf(!existsSync(CORPUS))("real pages (skipped: ../shared/corpus not found)", () => {
  it.each(REAL)("%s page %d is told", async (path, index, turn) => {
    const file = join(CORPUS, path);
    const pdf = createPdfTools();
    try {
      const page = path.endsWith(".pdf")
        ? await pdf.pageImage(file, index)
        : ({ image: { kind: "file", path: file, frame: 0 }, turn: 0, how: "file" } as const);
      const { stance } = await imaging.normalize(page);
      expect(stance.turn).toBe(turn);
      expect(stance.confidence).toBeGreaterThanOrEqual(0.5);
    } finally {
      await pdf.close();
    }
  });
});

it("a half of a spread is judged and measured alone", async () => {
  const [left, right] = [await textPage(LINES), await textPage(["Trang bên phải"])];
  const spread = await sharp({
    create: { width: left.width * 2, height: left.height, channels: 3, background: "#fff" },
  })
    .composite([
      { input: left.data, raw: { width: left.width, height: left.height, channels: 3 }, left: 0, top: 0 },
      {
        input: right.data,
        raw: { width: right.width, height: right.height, channels: 3 },
        left: left.width,
        top: 0,
      },
    ])
    .removeAlpha()
    .raw()
    .toBuffer();
  const page = { data: spread, width: left.width * 2, height: left.height };
  const paper = { widthPt: 1190, heightPt: 842 };
  const [one, other] = await Promise.all(
    (["left", "right"] as const).map((side) =>
      imaging.normalize(rawPage(page, { paper, half: { side, at: 0.5 } })),
    ),
  );
  expect(one).toMatchObject({ width: left.width, height: left.height, stance: { turn: 0 } });
  expect(one?.dpi).toBeCloseTo(200, 0);
  expect(other?.stance.confidence).toBeLessThan(0.5);
  expect(other?.prepared).toMatchObject({ width: right.width, height: right.height });
});
