import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { testImaging } from "../support/imaging.ts";
import { PARAGRAPH, pixels, rawPage, textPage, withBox, withNoise, type Page } from "./made-pages.ts";

const imaging = testImaging();
const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");
const LINES = [...PARAGRAPH, ...PARAGRAPH];
/** As scanned at 200 dpi. */
const findings = async (page: Page) =>
  (
    await imaging.normalize(
      rawPage(page, { paper: { widthPt: page.width * 0.36, heightPt: page.height * 0.36 } }),
    )
  ).findings;

const mapped = ({ data, ...size }: Page, to: (value: number) => number): Page => ({
  ...size,
  data: Buffer.from(data.map(to)),
});

async function cropped(page: Page, left: number, top: number): Promise<Page> {
  const [width, height] = [page.width - left, page.height - top];
  return { data: await pixels(page).extract({ left, top, width, height }).raw().toBuffer(), width, height };
}

describe("a good page", () => {
  it("gets no finding, also with grain, a black border and a frame round it", async () => {
    const page = await textPage(LINES);
    expect(await findings(withNoise(page, 10))).toEqual([]);
    const border = withBox(page, { left: 0, top: 0, width: page.width, height: 30 }, [10, 10, 10]);
    expect(await findings(border)).toEqual([]);
    const frame = [
      { left: 0, top: 0, width: page.width, height: 3 },
      { left: 0, top: 0, width: 3, height: page.height },
    ].reduce<Page>((sheet, box) => withBox(sheet, box, [0, 0, 0]), page);
    expect(await findings(frame)).toEqual([]);
  });

  it("may carry a red seal set across its edge", async () => {
    const page = await textPage(LINES);
    const seal = Array.from({ length: 12 }, (_, i) => 900 + i * 30).reduce<Page>(
      (sheet, top) => withBox(sheet, { left: page.width - 40, top, width: 40, height: 8 }, [210, 30, 40]),
      page,
    );
    expect(await findings(seal)).toEqual([]);
  });
});

describe("a bad page is told", () => {
  it("when its text is cut at the left or through its first line", async () => {
    const page = await textPage(LINES);
    const left = Math.round(page.width * 0.1) + 11;
    expect(await findings(await cropped(page, left, 0))).toContain("cut_edge");
    const top = Math.round(page.height * 0.2) + 18;
    expect(await findings(await cropped(page, 0, top))).toContain("cut_edge");
  });

  it("when it is blurred by a third of a millimetre", async () => {
    const page = await textPage(LINES);
    const data = await pixels(page).blur(2.6).raw().toBuffer();
    expect(await findings({ ...page, data })).toEqual(["blurred"]);
  });

  it("when its ink is hardly darker than its paper", async () => {
    const pale = mapped(await textPage(LINES), (value) => 255 - (255 - value) * 0.22);
    expect(await findings(pale)).toEqual(["washed_out"]);
  });

  it("when it is near-black, which is not the same as blank", async () => {
    const dark = mapped(await textPage(LINES), (value) => value * 0.15);
    expect(await findings(dark)).toEqual(["too_dark"]);
    const black = mapped(await textPage([]), () => 6);
    expect(await imaging.normalize(rawPage(black))).toMatchObject({ findings: ["too_dark"], blank: false });
  });

  it("when its pixels are too few in one direction, as a fax's are", async () => {
    const page = await textPage(LINES);
    const height = Math.round(page.height / 2);
    const data = await pixels(page).resize({ width: page.width, height, fit: "fill" }).raw().toBuffer();
    expect((await imaging.normalize(rawPage({ ...page, data, height }))).findings).toEqual([
      "low_resolution",
    ]);
  });
});

describe("an empty page", () => {
  it("is one with the seal of its other side come through, pale and in pieces; a stamp makes it none", async () => {
    const page = await textPage([]);
    const ring = Array.from({ length: 40 }, (_, i) => (i * Math.PI) / 20);
    const dots = (colour: readonly [number, number, number], size: number, from: number) =>
      ring.slice(from).reduce<Page>(
        (sheet, angle) =>
          withBox(
            sheet,
            {
              left: 800 + Math.round(130 * Math.cos(angle)),
              top: 1200 + Math.round(130 * Math.sin(angle)),
              width: size,
              height: size,
            },
            colour,
          ),
        page,
      );
    const pale = dots([255, 225, 230], 14, 0);
    const bled = ring.slice(0, 6).reduce<Page>(
      (sheet, angle) =>
        withBox(
          sheet,
          {
            left: 800 + Math.round(130 * Math.cos(angle)),
            top: 1200 + Math.round(130 * Math.sin(angle)),
            width: 9,
            height: 9,
          },
          [190, 30, 40],
        ),
      pale,
    );
    expect(await findings(bled)).toEqual(["blank"]);
    expect(await findings(dots([205, 35, 45], 26, 0))).toEqual([]);
  });

  it("is none with a pencil line, a small blue stamp or a page number", async () => {
    const page = await textPage([]);
    expect(
      await findings(withBox(page, { left: 500, top: 900, width: 300, height: 4 }, [185, 185, 185])),
    ).toEqual([]);
    expect(
      await findings(withBox(page, { left: 500, top: 900, width: 120, height: 120 }, [40, 60, 180])),
    ).toEqual([]);
    expect(await findings(await textPage(["12"]))).toEqual([]);
  });
});

/** What pages of the corpus must get, and must not get. */
const REAL: readonly (readonly [path: string, page: number, expected: readonly string[]])[] = [
  ["vn-scans/299 UB.signed_20250510_124908.pdf", 1, ["blank"]],
  ["vn-scans/574 UB.signed_20250510_124908.pdf", 1, ["blank"]],
  ["vn-scans/574 UB.signed_20250510_124908.pdf", 0, []],
  ["vn-scans/05CT_20250517_033418.pdf", 0, ["low_resolution"]],
  ["vn-scans/23BC.signed_20250510_124908.pdf", 0, []],
  ["vn-scans/DHDL_01.pdf", 2, []],
  ["vn-scans/ailab_1.pdf", 1, ["not_colour"]],
  ["vn-scans/dl_2025_0006.pdf", 0, ["not_colour"]],
  ["vn-scans/nd28_2021_p1.jpg", 0, ["no_resolution", "not_colour", "cut_edge"]],
  ["vn-scans/dl_2025_0003.jpg", 0, []],
  ["scans/blank1.jpg", 0, ["blank"]],
];

describe.skipIf(!existsSync(CORPUS))("real pages (skipped: ../shared/corpus not found)", () => {
  it.each(REAL)("%s page %d gets what it deserves", async (path, index, expected) => {
    const file = join(CORPUS, path);
    const pdf = createPdfTools();
    try {
      const page = path.endsWith(".pdf")
        ? await pdf.pageImage(file, index)
        : ({ image: { kind: "file", path: file, frame: 0 }, turn: 0, how: "file" } as const);
      expect((await imaging.normalize(page)).findings).toEqual(expected);
    } finally {
      await pdf.close();
    }
  });
});
