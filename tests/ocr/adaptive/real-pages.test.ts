import { afterAll, expect, it } from "vitest";
import sharp, { type OverlayOptions } from "sharp";
import type { NormalizedPage, OcrEngine, Segmentation } from "../../../src/domain/page-ports.ts";
import type { Line } from "../../../src/domain/reading.ts";
import { createRecognizer } from "../../../src/ocr/recognizer.ts";
import { createTesseractJs } from "../../../src/ocr/tesseractjs.ts";
import { PARAGRAPH, type Page, rawPage, textPage } from "../../imaging/made-pages.ts";
import { testImaging } from "../../support/imaging.ts";

const never = new AbortController().signal;
const imaging = testImaging();
const embedded = createTesseractJs({ jobs: 1, languages: ["vie"], tessdata: null, pageTimeoutMs: 120_000 });
const calls: { segmentation: Segmentation; pixels: number }[] = [];
const counted: OcrEngine = {
  ...embedded,
  read: (view, signal, segmentation = "page") => {
    calls.push({ segmentation, pixels: view.width * view.height });
    return embedded.read(view, signal, segmentation);
  },
};
const recognizer = createRecognizer(counted, { secondLook: true });

afterAll(() => embedded.close());

async function drawnOver(page: Page, overlays: OverlayOptions[]): Promise<Page> {
  const raw = { raw: { width: page.width, height: page.height, channels: 3 } } as const;
  return { ...page, data: await sharp(page.data, raw).composite(overlays).removeAlpha().raw().toBuffer() };
}

const svg = (width: number, height: number, body: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`);

/** As the pipeline does it: the page, its red ink, then the second look. */
async function read(page: Page): Promise<{ lines: readonly Line[]; looks: typeof calls }> {
  const { prepared, redInk }: NormalizedPage = await imaging.normalize(rawPage(page));
  if (prepared === undefined) throw new Error("not prepared");
  const first = await recognizer.read(prepared, never);
  const redLines = redInk === undefined ? [] : await recognizer.read(redInk, never);
  calls.length = 0;
  const red = redInk === undefined ? {} : { redInk, redLines };
  return { lines: await recognizer.refine({ prepared, ...red }, first, never), looks: [...calls] };
}

const textOf = (lines: readonly Line[]) =>
  lines.map(({ words }) => words.map(({ text }) => text).join(" ")).join("\n");

it("a page that reads well is not looked at twice", async () => {
  const { lines, looks } = await read(await textPage(PARAGRAPH));
  expect(textOf(lines)).toContain("Căn cứ Nghị định số 61/2018/NĐ-CP của Chính phủ");
  expect(looks.length).toBeLessThanOrEqual(1);
  expect(looks.reduce((sum, { pixels }) => sum + pixels, 0)).toBeLessThan(1654 * 2338 * 0.06);
});

it("text under a red stamp is read, and the stamp's rim is not", async () => {
  const stamp = svg(
    420,
    420,
    `<g fill="none" stroke="#d02030" stroke-width="7"><circle cx="210" cy="210" r="200"/>
     <circle cx="210" cy="210" r="140"/></g>`,
  );
  const page = await drawnOver(await textPage(PARAGRAPH), [{ input: stamp, left: 400, top: 620 }]);
  const text = textOf((await read(page)).lines);
  expect(text.split("\n").length).toBe(PARAGRAPH.length);
  const wanted = PARAGRAPH.join(" ").split(" ");
  const seen = new Set(text.split(/\s/u));
  expect(wanted.filter((word) => !seen.has(word)).length).toBeLessThanOrEqual(wanted.length * 0.07);
});

it("a title in red stands at its place among the black lines, once", async () => {
  const red = await textPage(["QUYẾT ĐỊNH CÔNG NHẬN"]);
  const mask = await sharp(red.data, { raw: { width: red.width, height: red.height, channels: 3 } })
    .extract({ left: 0, top: 440, width: red.width, height: 100 })
    .linear([0.3, 1, 1], [178, 0, 0])
    .png()
    .toBuffer();
  const page = await drawnOver(await textPage(PARAGRAPH), [{ input: mask, left: 0, top: 300 }]);
  const { lines } = await read(page);
  expect(textOf(lines).split("\n")[0]).toBe("QUYẾT ĐỊNH CÔNG NHẬN");
  expect(lines[0]?.look).toBe("red ink");
  expect(textOf(lines).match(/QUYẾT/gu)?.length).toBe(1);
  const words = lines.flatMap((line) => line.words);
  expect(new Set(words.map(({ box }) => `${box.x0} ${box.y0}`)).size).toBe(words.length);
});
