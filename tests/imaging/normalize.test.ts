import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { linesToSource } from "../../src/domain/page-geometry.ts";
import type { PlacedImage, PreparedPage } from "../../src/domain/page-ports.ts";
import { encodeG4 } from "../../src/imaging/g4.ts";
import { testImaging } from "../support/imaging.ts";
import { PARAGRAPH, pixels, placed, rawPage, textPage, withBox, withNoise, type Page } from "./made-pages.ts";
import { faxTags, madeTiff } from "./made-tiff.ts";

const imaging = testImaging();
const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");

function samplesOf(page: PreparedPage | undefined): { at: (x: number, y: number) => number; dark: number } {
  if (page === undefined) throw new Error("not prepared");
  const head = `P5\n${page.width} ${page.height}\n255\n`;
  expect(page.pgm.toString("latin1", 0, head.length)).toBe(head);
  const data = page.pgm.subarray(head.length);
  expect(data.length).toBe(page.width * page.height);
  return { at: (x, y) => data[y * page.width + x] ?? -1, dark: data.filter((value) => value < 100).length };
}

function red(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: "#ff0000" } });
}

describe("the prepared page", () => {
  it("loses a red stamp and keeps black ink, because it is the red channel and not grey", async () => {
    const stamped = withBox(
      await textPage(PARAGRAPH),
      { left: 800, top: 1200, width: 300, height: 300 },
      [230, 20, 30],
    );
    const black = withBox(stamped, { left: 900, top: 1300, width: 40, height: 40 }, [0, 0, 0]);
    const page = await imaging.normalize(rawPage(black));
    const { at } = samplesOf(page.prepared);
    // Grey would be about 84 under the stamp.
    expect(at(850, 1250)).toBeGreaterThan(215);
    expect(at(920, 1320)).toBeLessThan(40);
    expect(page).toMatchObject({ colour: true, blank: false });
  });

  it("is at most 200 dpi and never enlarged", async () => {
    const fine = await pixels(await textPage(PARAGRAPH, 300))
      .withMetadata({ density: 300 })
      .jpeg()
      .toBuffer();
    const page = await imaging.normalize(placed(fine));
    expect(page).toMatchObject({ width: 2481, height: 3507, dpi: 300, findings: [] });
    expect(page.prepared).toMatchObject({ width: 1654, dpi: 200 });
    expect(page.prepared?.scale).toBeCloseTo(2 / 3, 4);
    const coarse = await imaging.normalize(rawPage(await textPage(PARAGRAPH, 100)));
    expect(coarse.prepared).toMatchObject({ width: 827, height: 1169, scale: 1 });
    expect(coarse.findings).toEqual(["low_resolution"]);
  });

  it.each([1.5, -3.2, 14])("is straightened when the paper lay %f degrees askew", async (angle) => {
    const straight = await textPage([...PARAGRAPH, ...PARAGRAPH, ...PARAGRAPH]);
    const { data, info } = await pixels(straight)
      .rotate(angle, { background: "#fff" })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const page = await imaging.normalize(rawPage({ data, width: info.width, height: info.height }));
    expect(page.skewDegrees).toBeGreaterThan(angle - 0.15);
    expect(page.skewDegrees).toBeLessThan(angle + 0.15);
    expect(page.prepared?.skewDegrees).toBe(page.skewDegrees);
    expect(page.width).toBe(info.width);
  });

  it("is left as it is when the lines are steeper than the search", async () => {
    const text = await textPage([...PARAGRAPH, ...PARAGRAPH, ...PARAGRAPH]);
    const { data, info } = await pixels(text)
      .rotate(32, { background: "#fff" })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const page = await imaging.normalize(rawPage({ data, width: info.width, height: info.height }));
    expect(page.skewDegrees).toBe(0);
  });

  it("gives coordinates that lead back to the mark on the slanted source", async () => {
    const text = await textPage([...PARAGRAPH, ...PARAGRAPH]);
    const marked = withBox(text, { left: 1300, top: 1900, width: 60, height: 60 }, [0, 0, 0]);
    const { data, info } = await pixels(marked)
      .rotate(3, { background: "#fff" })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const page = await imaging.normalize(rawPage({ data, width: info.width, height: info.height }));
    const { prepared } = page;
    if (prepared === undefined) throw new Error("not prepared");
    const found = lumpOf(prepared);
    const [line] = linesToSource([{ words: [], box: found }], prepared, page);
    const [x, y] = [
      Math.round(((line?.box.x0 ?? 0) + (line?.box.x1 ?? 0)) / 2),
      Math.round(((line?.box.y0 ?? 0) + (line?.box.y1 ?? 0)) / 2),
    ];
    for (const [dx, dy] of [
      [0, 0],
      [22, 0],
      [-22, 0],
      [0, 22],
      [0, -22],
    ] as const)
      expect(data[((y + dy) * info.width + x + dx) * 3]).toBeLessThan(40);
  });

  it("does not turn a page without lines of text", async () => {
    const picture = withNoise(await textPage([]), 120);
    expect((await imaging.normalize(rawPage(picture))).skewDegrees).toBe(0);
  });
});

/** Box of the only mark lower than the text. */
function lumpOf(page: PreparedPage) {
  const { at } = samplesOf(page);
  const box = { x0: page.width, y0: page.height, x1: 0, y1: 0 };
  for (let y = Math.round(page.height * 0.75); y < page.height; y++)
    for (let x = 0; x < page.width; x++) {
      if (at(x, y) > 100) continue;
      box.x0 = Math.min(box.x0, x);
      box.x1 = Math.max(box.x1, x + 1);
      box.y0 = Math.min(box.y0, y);
      box.y1 = Math.max(box.y1, y + 1);
    }
  return box;
}

/** With a JFIF head, as scanners and fax servers write it and sharp does not. */
function withJfifDensity(jpeg: Buffer, across: number, down: number): Buffer {
  const head = Buffer.from("ffe000104a46494600010101000000000000", "hex");
  head.writeUInt16BE(across, 12);
  head.writeUInt16BE(down, 14);
  return Buffer.concat([jpeg.subarray(0, 2), head, jpeg.subarray(2)]);
}

describe("a fax of 204 × 98 dpi", () => {
  it.each(["TIFF", "JPEG"])(
    "as %s has square pixels, words where they stand, and its coarser direction counts",
    async (kind) => {
      const page = withBox(
        await textPage([...PARAGRAPH, ...PARAGRAPH]),
        { left: 1300, top: 1900, width: 60, height: 60 },
        [0, 0, 0],
      );
      const flat = pixels(page).resize({ width: 1728, height: 1145, fit: "fill" });
      const bytes =
        kind === "TIFF"
          ? await flat.tiff({ xres: 204 / 25.4, yres: 98 / 25.4 }).toBuffer()
          : withJfifDensity(await flat.jpeg().toBuffer(), 204, 98);
      const fax = await imaging.normalize(placed(bytes));
      expect(fax).toMatchObject({
        dpi: 141.4,
        findings: ["low_resolution"],
        stance: { turn: 0 },
      });
      const { prepared, width, height } = fax;
      // What the PDF page's size is made of: 1728 dots of 1/204 inch by 1145 rows of 1/98 inch.
      expect(width / fax.dpi).toBeCloseTo(1728 / 204, 1);
      expect(height / fax.dpi).toBeCloseTo(1145 / 98, 1);
      if (prepared === undefined) throw new Error("not prepared");
      expect(prepared.dpi).toBe(200);
      expect(prepared.width / prepared.height).toBeCloseTo(1694 / 2337, 2);
      const [line] = linesToSource([{ words: [], box: lumpOf(prepared) }], prepared, fax);
      expect(line?.box.x0).toBeCloseTo((1300 * width) / 1654, -1);
      expect(line?.box.y0).toBeCloseTo((1900 * height) / 2338, -1);
      expect(line?.box.y1).toBeCloseTo((1960 * height) / 2338, -1);
    },
  );
});

describe("orientation", () => {
  it("obeys EXIF in image files, then the page's turn", async () => {
    const sideways = await red(300, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await imaging.normalize(placed(sideways))).toMatchObject({ width: 200, height: 300 });
    expect(await imaging.normalize(placed(sideways, { turn: 90 }))).toMatchObject({
      width: 300,
      height: 200,
    });
  });

  it("ignores EXIF of images inside a PDF, as every PDF reader does", async () => {
    const sideways = await red(300, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const page = await imaging.normalize(
      placed(sideways, { how: "embedded", paper: { widthPt: 72, heightPt: 108 }, turn: 90 }),
    );
    expect(page).toMatchObject({ width: 200, height: 300, dpi: 200 });
  });
});

describe("a blank page", () => {
  const blankness = async (page: PlacedImage) => (await imaging.normalize(page)).blank;

  it("is one with paper grain, punch holes, a black edge and faint writing from the other side", async () => {
    const written = await textPage([...PARAGRAPH, ...PARAGRAPH]);
    const through = { ...written, data: Buffer.from(written.data.map((value) => 255 - (255 - value) / 12)) };
    const holes = [700, 1600].reduce<Page>(
      (page, top) => withBox(page, { left: 60, top, width: 46, height: 46 }, [30, 30, 30]),
      through,
    );
    const edge = withBox(holes, { left: 0, top: 0, width: 18, height: written.height }, [0, 0, 0]);
    const page = await imaging.normalize(rawPage(withNoise(edge, 12)));
    expect(page).toMatchObject({ blank: true, findings: ["blank"], skewDegrees: 0 });
    expect(page.prepared).toBeUndefined();
  });

  it.each([["Trang cuối"], ["12"], ["Nơi nhận: Lưu VT."]])("is not one with the line %s", async (line) => {
    const page = await textPage([line]);
    expect(await blankness(rawPage(page))).toBe(false);
    expect(await blankness(rawPage(withNoise(page, 12)))).toBe(false);
  });

  it("is not one with a grey or red line", async () => {
    const { data, ...size } = await textPage(["Đã nhận đủ hồ sơ"]);
    const faint = { ...size, data: Buffer.from(data.map((value) => 255 - (255 - value) * 0.45)) };
    const ink = { ...size, data: Buffer.from(data.map((value, i) => (i % 3 === 0 ? 255 : value))) };
    expect(await blankness(rawPage(faint))).toBe(false);
    expect(await blankness(rawPage(ink))).toBe(false);
  });

  it.skipIf(!existsSync(CORPUS))("matches the corpus (skipped: ../shared/corpus not found)", async () => {
    const blankFile = async (path: string) =>
      blankness({ image: { kind: "file", path: join(CORPUS, path), frame: 0 }, turn: 0, how: "file" });
    expect(await blankFile("scans/blank1.jpg")).toBe(true);
    for (const path of ["vn-scans/dl_2025_0003.jpg", "scans/feyn.tif", "vn-scans/vietsample1.tif"])
      expect(await blankFile(path)).toBe(false);
  });
});

describe("unusual pixels", () => {
  it("reads 16 bit, CMYK, palette and transparent pages, with white behind what is clear", async () => {
    const page = pixels(await textPage(PARAGRAPH, 100));
    const small = await page.png().toBuffer();
    const clear = await sharp(small)
      .ensureAlpha()
      .composite([{ input: await red(827, 300).ensureAlpha(0).png().toBuffer(), gravity: "south" }])
      .png()
      .toBuffer();
    const made = {
      sixteen: await sharp(small).toColourspace("rgb16").png().toBuffer(),
      greySixteen: await sharp(small).toColourspace("grey16").tiff().toBuffer(),
      cmyk: await sharp(small).toColourspace("cmyk").jpeg().toBuffer(),
      palette: await sharp(small).png({ palette: true }).toBuffer(),
      gif: await sharp(small).gif().toBuffer(),
      clear,
    };
    const reference = samplesOf((await imaging.normalize(placed(small))).prepared).dark;
    for (const [name, bytes] of Object.entries(made)) {
      const { at, dark } = samplesOf((await imaging.normalize(placed(bytes))).prepared);
      expect(at(20, 1100), name).toBeGreaterThan(225);
      expect(dark / reference, name).toBeGreaterThan(0.8);
      expect(dark / reference, name).toBeLessThan(1.25);
    }
  });

  it("says not_colour for grey pages and no_resolution when nothing tells the size", async () => {
    const grey = await pixels(await textPage(PARAGRAPH))
      .greyscale()
      .toColourspace("b-w")
      .png()
      .toBuffer();
    const page = await imaging.normalize(placed(grey));
    expect(page).toMatchObject({ colour: false, dpi: 200, findings: ["no_resolution", "not_colour"] });
  });

  it("refuses a cut JPEG instead of filling the rest with grey", async () => {
    const whole = await pixels(await textPage(PARAGRAPH))
      .jpeg()
      .toBuffer();
    const cut = placed(whole.subarray(0, whole.length * 0.6));
    await expect(imaging.normalize(cut)).rejects.toMatchObject({ code: "truncated", detail: "jpeg" });
  });

  it("refuses a fax page whose code is cut or damaged, and a strip that is too short", async () => {
    const text = await textPage(PARAGRAPH, 60);
    const { width, height } = text;
    const grey = await pixels(text).greyscale().toColourspace("b-w").raw().toBuffer();
    const { bytes } = await encodeG4(
      Buffer.from(grey.map((value) => (value < 128 ? 0 : 255))),
      width,
      height,
    );
    const broken = Buffer.from(bytes).fill(0x5a, 500, 520);
    const normalize = (compression: number, strip: Buffer) =>
      imaging.normalize(
        placed(madeTiff([{ tags: faxTags(width, height, { 259: [compression] }), strips: [strip] }])),
      );
    expect(await normalize(4, bytes)).toMatchObject({ width, height });
    await expect(normalize(4, broken)).rejects.toMatchObject({ code: "unreadable", detail: "tiff" });
    await expect(normalize(1, Buffer.alloc(20_000))).rejects.toMatchObject({ code: "truncated" });
  });

  it("refuses a page over the pixel limit before it is decoded", async () => {
    const small = testImaging({ megapixels: 1 });
    const page = placed(await red(1200, 1000).png().toBuffer());
    await expect(small.normalize(page)).rejects.toMatchObject({ code: "too_large" });
  });
});
