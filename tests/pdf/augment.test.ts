import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { AugmentedPage } from "../../src/domain/pdf-port.ts";
import type { Line } from "../../src/domain/reading.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import type { OnePage } from "./small-pdf.ts";
import { FULL_IMAGE, onePagePdf, run, scratch, smallPdf } from "./small-pdf.ts";

const place = scratch();
const tools = createPdfTools({ workFolder: place.folder });
afterAll(async () => {
  await tools.close();
  place.clean();
});

const GREY = {
  dict: "/Width 4/Height 3/BitsPerComponent 8/ColorSpace/DeviceGray",
  data: Buffer.from([250, 200, 150, 100, 90, 80, 70, 60, 50, 40, 30, 0]),
};
const TURNS = [0, 90, 180, 270] as const;
let counter = 0;
const put = (bytes: Buffer): string => place.put(`${(counter += 1)}.pdf`, bytes);
const scan = (more: Partial<OnePage> = {}): Buffer =>
  onePagePdf({ content: FULL_IMAGE, image: GREY, ...more });

/** One line of equal words at a share of the page's height. */
function line(text: string, top: number, { width, height }: { width: number; height: number }): Line {
  const [y0, y1] = [top * height, (top + 0.05) * height];
  const words = text.split(" ").map((word, index) => ({
    text: word,
    confidence: 0.9,
    box: { x0: (0.1 + index * 0.2) * width, x1: (0.28 + index * 0.2) * width, y0, y1 },
  }));
  return { words, box: { x0: 0.1 * width, y0, x1: 0.9 * width, y1 } };
}

function read(turn: AugmentedPage["turn"], size: { width: number; height: number }): AugmentedPage {
  const lines = [line("Ủy ban nhân dân", 0.1, size), line("Quyết định số bảy", 0.17, size)];
  return { index: 0, turn, ...size, lines };
}

async function augmented(source: string, ...pages: readonly AugmentedPage[]): Promise<string> {
  const output = join(place.folder, `${(counter += 1)}-out.pdf`);
  await tools.augment(source, output, { pages });
  expect(run("qpdf", "--check", output)).toContain("No syntax or stream encoding errors");
  return output;
}

const textOf = (path: string, ...options: string[]): string[] =>
  run("pdftotext", ...options, path, "-")
    .normalize("NFC")
    .split("\n")
    .filter((row) => row.trim() !== "");

const picture = (path: string, page = 1): string =>
  run("pdftoppm", "-r", "36", "-f", String(page), "-l", String(page), "-gray", path).slice(20);

/** Left, top, right, bottom of a word in points of the page as poppler shows it. */
function whereIs(path: string, word: string): number[] {
  const html = run("pdftotext", "-bbox", "-cropbox", path, "-").normalize("NFC");
  const found = new RegExp(
    `xMin="([\\d.]+)" yMin="([\\d.]+)" xMax="([\\d.]+)" yMax="([\\d.]+)">${word}<`,
    "u",
  ).exec(html);
  return (found?.slice(1) ?? []).map((value) => Math.round(Number(value)));
}

describe("the text", () => {
  it.each(TURNS.flatMap((rotate) => TURNS.map((turn) => [rotate, turn] as const)))(
    "of a page shown at %i° and read at %i° more comes out as upright lines, and nothing is seen of it",
    async (rotate, turn) => {
      const source = put(scan({ page: `/Rotate ${rotate}` }));
      const lying = (rotate + turn) % 180 !== 0;
      const size = lying ? { width: 900, height: 1200 } : { width: 1200, height: 900 };
      const output = await augmented(source, read(turn, size));
      expect(textOf(output)).toEqual(["Ủy ban nhân dân", "Quyết định số bảy"]);
      expect(picture(output)).toBe(picture(source));
    },
  );

  it.each([
    ["a media box off the origin", "/MediaBox[-50 20 350 320]", 400, 300],
    ["a crop box", "/CropBox[100 100 300 250]", 200, 150],
    // Poppler gives units, not points.
    ["a user unit", "/UserUnit 2", 400, 300],
    ["boxes as references", "/MediaBox 6 0 R", 400, 300],
  ])("lies where it was read on a page with %s", async (_, page, width, height) => {
    const source = put(scan({ page, more: ["[0 0 400 300]"] }));
    const output = await augmented(source, read(0, { width: 1000, height: 1000 }));
    const [left = 0, top = 0, right = 0, bottom = 0] = whereIs(output, "nhân");
    expect(left).toBeCloseTo(0.5 * width, -1);
    expect(right).toBeCloseTo(0.68 * width, -1);
    // Extractors measure by the font's ascent and descent, not by the box they were laid in.
    expect((top + bottom) / 2).toBeGreaterThan(0.1 * height);
    expect((top + bottom) / 2).toBeLessThan(0.15 * height);
  });

  it.each([
    ["a matrix and states left open", "q q 0.1 0 0 0.1 0 0 cm q 400 0 0 300 0 0 cm /Im0 Do"],
    ["states closed that were never opened", `${FULL_IMAGE} Q Q Q 5 0 0 5 0 0 cm`],
    ["a text object never ended", `${FULL_IMAGE} BT /F0 1 Tf 3 Tr`],
  ])("is not moved by %s", async (_, content) => {
    const source = put(scan({ content }));
    const output = await augmented(source, read(0, { width: 400, height: 300 }));
    const expected = await augmented(put(scan()), read(0, { width: 400, height: 300 }));
    expect(whereIs(output, "nhân")).toEqual(whereIs(expected, "nhân"));
    expect(picture(output)).toBe(picture(source));
  });

  it("is added to resources that other pages share without changing those pages", async () => {
    const shared = `<</XObject 8 0 R/Font<</F0<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>`;
    const source = put(
      smallPdf([
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/MediaBox[0 0 400 300]/Resources 7 0 R>>",
        "<</Type/Page/Parent 2 0 R/Contents 5 0 R>>",
        "<</Type/Page/Parent 2 0 R/Contents[6 0 R]>>",
        { dict: "", data: Buffer.from("BT /F0 20 Tf 30 200 Td (Hello paper world) Tj ET") },
        { dict: "", data: Buffer.from(FULL_IMAGE) },
        shared,
        "<</SohoaText 9 0 R/Im0 9 0 R>>",
        { dict: `/Type/XObject/Subtype/Image${GREY.dict}`, data: GREY.data },
      ]),
    );
    const output = await augmented(source, { ...read(0, { width: 400, height: 300 }), index: 1 });
    expect(textOf(output, "-l", "1")).toEqual(["Hello paper world"]);
    expect(textOf(output, "-f", "2")).toEqual(["Ủy ban nhân dân", "Quyết định số bảy"]);
    expect([1, 2].map((page) => picture(output, page))).toEqual([1, 2].map((page) => picture(source, page)));
  });
});
