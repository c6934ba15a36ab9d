import { readFileSync } from "node:fs";
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
    .split(/[\n\f]/u)
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

  it("lies on the image whose pixels were read, not on the margin around it", async () => {
    const content = "q 390 0 0 296 10 4 cm /Im0 Do Q";
    const image = { ...GREY, dict: GREY.dict.replace("/Width 4/Height 3", "/Width 400/Height 300") };
    const source = put(scan({ content, image: { ...image, data: Buffer.alloc(120_000, 200) } }));
    const byImage = whereIs(await augmented(source, read(0, { width: 400, height: 300 })), "nhân");
    const byPage = whereIs(await augmented(source, read(0, { width: 800, height: 600 })), "nhân");
    expect(byImage.map((side, index) => side - (byPage[index] ?? 0))).toEqual([5, 0, 3, -1]);
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

describe("the file", () => {
  const KINDS = ["--object-streams=disable", "--object-streams=generate", "--linearize"];
  const two = (): string =>
    put(
      smallPdf([
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/MediaBox[0 0 400 300]/Resources 7 0 R>>",
        "<</Type/Page/Parent 2 0 R/Contents 5 0 R>>",
        "<</Type/Page/Parent 2 0 R/Contents 6 0 R>>",
        { dict: "", data: Buffer.from("BT /F0 20 Tf 30 200 Td (Hello paper world) Tj ET") },
        { dict: "", data: Buffer.from(FULL_IMAGE) },
        "<</XObject<</Im0 8 0 R>>/Font<</F0<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>",
        { dict: `/Type/XObject/Subtype/Image${GREY.dict}`, data: GREY.data },
      ]),
    );
  const second = { ...read(0, { width: 400, height: 300 }), index: 1 };

  it.each(KINDS)("keeps every byte, and its text page's objects, when made with qpdf %s", async (kind) => {
    const source = join(place.folder, `kind${kind}.pdf`);
    run("qpdf", kind, two(), source);
    const output = await augmented(source, second);
    const [before, after] = [readFileSync(source), readFileSync(output)];
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    const contents = (path: string): string => {
      const [page] = /\d+ 0 R/u.exec(run("qpdf", "--show-pages", path)) ?? [];
      const num = (page ?? "").split(" ")[0] ?? "";
      const stream = /\/Contents (\d+) 0 R/u.exec(run("qpdf", `--show-object=${num}`, path))?.[1];
      return `${num} ${stream} ${run("qpdf", `--show-object=${stream}`, "--raw-stream-data", path)}`;
    };
    expect(contents(output)).toBe(contents(source));
    expect(textOf(output)).toEqual(["Hello paper world", "Ủy ban nhân dân", "Quyết định số bảy"]);
    expect(await tools.check(output)).toEqual({ pages: 2 });
    expect((await tools.inspect(output)).pages.map(({ kind: page }) => page)).toEqual(["text", "scan"]);
  });

  it("comes out the same when it is made again", async () => {
    const source = two();
    const [first, again] = [await augmented(source, second), await augmented(source, second)];
    expect(readFileSync(first).equals(readFileSync(again))).toBe(true);
  });

  it("is a plain copy of what an empty password locks", async () => {
    const locked = join(place.folder, "locked.pdf");
    run("qpdf", "--encrypt", "", "owner", "256", "--", two(), locked);
    const output = await augmented(locked, second);
    expect(run("qpdf", "--show-encryption", output)).toContain("File is not encrypted");
    expect(textOf(output)).toEqual(["Hello paper world", "Ủy ban nhân dân", "Quyết định số bảy"]);
  });

  it("is repaired first when it is damaged", async () => {
    const broken = readFileSync(two(), "latin1").replace(/startxref\n\d+/u, "startxref\n7");
    const output = await augmented(put(Buffer.from(broken, "latin1")), second);
    expect(textOf(output)).toEqual(["Hello paper world", "Ủy ban nhân dân", "Quyết định số bảy"]);
  });

  it("holds the pages of a range and nothing of the others", async () => {
    const output = join(place.folder, "range.pdf");
    const source = two();
    const first = { ...read(0, { width: 400, height: 300 }), index: 0 };
    const request = { range: { first: 2, last: 2 }, pages: [first, second] };
    expect(await tools.augment(source, output, request)).toEqual({ pages: 1 });
    expect(run("qpdf", "--check", output)).toContain("No syntax or stream encoding errors");
    expect(textOf(output)).toEqual(["Ủy ban nhân dân", "Quyết định số bảy"]);
    expect(readFileSync(output).includes("Hello paper")).toBe(false);
    expect(picture(output)).toBe(picture(source, 2));
  });

  it("holds no answers that people wrote into the form on other pages", async () => {
    const page = (widget: number): string =>
      `<</Type/Page/Parent 2 0 R/Contents 5 0 R/Annots[${widget} 0 R]/Resources<</Font<</F0<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>`;
    const widget = (value: string): string =>
      `<</Type/Annot/Subtype/Widget/Parent 6 0 R/T(q)/V(${value})/Rect[10 10 90 30]>>`;
    const form = smallPdf([
      "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>",
      "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/MediaBox[0 0 400 300]>>",
      page(7),
      page(8),
      { dict: "", data: Buffer.from("BT /F0 20 Tf 30 200 Td (A form) Tj ET") },
      "<</FT/Tx/T(form)/Kids[7 0 R 8 0 R]>>",
      widget("Tran Thi Mot"),
      widget("Le Van Hai"),
    ]);
    const output = join(place.folder, "form-range.pdf");
    await tools.augment(put(form), output, { range: { first: 1, last: 1 }, pages: [] });
    const plain = run("qpdf", "--qdf", "--object-streams=disable", output, "-");
    expect(plain).toContain("Tran Thi Mot");
    expect(plain).not.toContain("Le Van Hai");
  });

  it("has no page of that range", async () => {
    const request = { range: { first: 3, last: 9 }, pages: [] };
    const refusal = expect.objectContaining({ code: "no_pages" }) as Error;
    await expect(tools.augment(two(), join(place.folder, "none.pdf"), request)).rejects.toThrow(refusal);
  });
});

describe("words the page already has", () => {
  const PICTURE = "q 200 0 0 300 200 0 cm /Im0 Do Q";
  const SIZE = { width: 400, height: 300 };
  /** 440 characters on the left half; they make it a page of text and picture. */
  const BODY = Array.from(
    { length: 20 },
    (_, row) => `1 0 0 1 10 ${20 + row * 13} Tm (quyet dinh ve viec so) Tj`,
  );
  const mixed = (extra = ""): string =>
    put(scan({ content: `${PICTURE} BT /F0 10 Tf ${BODY.join(" ")} ${extra} ET` }));
  const at = (text: string, x0: number, y0: number): Line => {
    const box = { x0, y0, x1: x0 + 40, y1: y0 + 12 };
    return { words: [{ text, confidence: 1, box }], box };
  };
  const words = (lines: readonly Line[]): string[] =>
    lines.flatMap((row) => row.words.map(({ text }) => text));

  it("are not added again: only those of pictures are", async () => {
    const path = mixed();
    expect((await tools.inspect(path)).pages[0]?.kind).toBe("mixed");
    const lines = [at("quyet", 10, 271), at("ve", 60, 130), at("ảnh", 250, 40), at("chụp", 320, 200)];
    const page = { index: 0, turn: 0, ...SIZE, lines } as const;
    expect(words(await tools.missingLines(path, page))).toEqual(["ảnh", "chụp"]);
    const output = await augmented(path, page);
    expect(run("pdftotext", output, "-").normalize("NFC").match(/quyet/gu)).toHaveLength(20);
    expect(textOf(output).join(" ")).toMatch(/ảnh[^]*chụp/u);
  });

  it("are known by their place on the page as shown, whatever way it was read", async () => {
    const path = mixed("1 0 0 1 250 248 Tm (captioned) Tj");
    const lines = [at("captioned", 250, 40), at("ảnh", 320, 200)];
    const upright = { index: 0, turn: 0, ...SIZE, lines } as const;
    expect(words(await tools.missingLines(path, upright))).toEqual(["ảnh"]);
    // The same page lying on its side: x' = height − y, y' = x.
    const lying = lines.map(({ words: row, box: { x0, y0, x1, y1 } }) => {
      const box = { x0: 300 - y1, x1: 300 - y0, y0: x0, y1: x1 };
      return { box, words: row.map((word) => ({ ...word, box })) };
    });
    const turned = { index: 0, turn: 90, width: 300, height: 400, lines: lying } as const;
    expect(words(await tools.missingLines(path, turned))).toEqual(["ảnh"]);
  });

  it("on a scan are its captions; on a page of text nothing is missing", async () => {
    const captioned = put(scan({ content: `${FULL_IMAGE} BT /F0 10 Tf 250 248 Td (captioned) Tj ET` }));
    const lines = [at("captioned", 250, 40), at("ảnh", 20, 200)];
    const page = { index: 0, turn: 0, ...SIZE, lines } as const;
    expect(words(await tools.missingLines(captioned, page))).toEqual(["ảnh"]);
    const text = put(onePagePdf({ content: "BT /F0 20 Tf 30 200 Td (Hello paper world) Tj ET" }));
    expect(await tools.missingLines(text, page)).toEqual([]);
  });

  it("are not laid twice on a page that was read before", async () => {
    const page = read(0, { width: 400, height: 300 });
    const once = await augmented(put(scan()), page);
    const more = line("con dấu", 0.6, page);
    expect(await tools.missingLines(once, { ...page, lines: [...page.lines, more] })).toEqual([more]);
    expect(textOf(await augmented(once, page))).toEqual(["Ủy ban nhân dân", "Quyết định số bảy"]);
  });
});
