import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import type { PdfImage, PlacedImage } from "../../src/domain/page-ports.ts";
import { testImaging } from "../support/imaging.ts";
import { encodeG4 } from "../../src/imaging/g4.ts";
import { drawnByPoppler } from "./drawn-by-poppler.ts";
import { PARAGRAPH, pixels, placed, textPage, withBox, type Page } from "./made-pages.ts";
import { faxTags, madeTiff } from "./made-tiff.ts";

const imaging = testImaging();
const encode = (page: PlacedImage) => imaging.encode(page, { changes: [], dpi: 200 });
const normalize = (page: PlacedImage) => imaging.normalize(page);
const folder = mkdtempSync(join(tmpdir(), "sohoa-encode-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A small page with text and a big dark block left of the middle. */
const page: Page = withBox(
  await textPage(PARAGRAPH, 60),
  { left: 50, top: 400, width: 120, height: 120 },
  [10, 20, 90],
);
const { width, height } = page;
const grey = await pixels(page).greyscale().toColourspace("b-w").raw().toBuffer();
const blackWhite = Buffer.from(grey.map((value) => (value < 128 ? 0 : 255)));

/** Share of samples that poppler shows within 30 of the page. */
function likeness(image: PdfImage, wanted: Buffer): number {
  const drawn = drawnByPoppler(image);
  expect([drawn.width, drawn.height]).toEqual([width, height]);
  return drawn.data.filter((value, i) => Math.abs(value - (wanted[i] ?? -999)) < 30).length / wanted.length;
}

function packed(samples: Buffer, whiteIs: 0 | 1): Buffer {
  const row = Math.ceil(width / 8);
  const out = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = (samples[y * width + x] ?? 0) > 127 ? whiteIs : 1 - whiteIs;
      const at = y * row + (x >> 3);
      out[at] = (out[at] ?? 0) | (bit << (7 - (x & 7)));
    }
  return out;
}

describe("colours", () => {
  it("of 16 bits with a profile stay what they are", async () => {
    const wanted = { r: 32, g: 160, b: 48 };
    const green = sharp({ create: { width: 64, height: 64, channels: 3, background: wanted } });
    const deep = green.toColourspace("rgb16").withIccProfile("srgb");
    const { bytes } = await encode(placed(await deep.png().toBuffer()));
    const shown = await sharp(bytes).raw().toBuffer();
    for (const [at, value] of Object.values(wanted).entries())
      expect(Math.abs((shown[at] ?? 0) - value)).toBeLessThan(6);
  });
});

describe("bytes are passed through", () => {
  it("from a grey, a colour and a progressive JPEG", async () => {
    const made = [
      [await pixels(page).greyscale().toColourspace("b-w").jpeg().toBuffer(), "gray"],
      [await pixels(page).jpeg().toBuffer(), "rgb"],
      [await pixels(page).jpeg({ progressive: true }).toBuffer(), "rgb"],
    ] as const;
    for (const [bytes, colour] of made) {
      const image = await encode(placed(bytes));
      expect(image).toMatchObject({
        filter: "DCTDecode",
        width,
        height,
        colour,
        bits: 8,
        passedThrough: true,
      });
      expect(image.bytes.equals(bytes)).toBe(true);
      expect(likeness(image, grey)).toBeGreaterThan(0.97);
    }
  });

  it("from a PNG in grey, colour and palette", async () => {
    const made = {
      gray: pixels(page).greyscale().toColourspace("b-w").png(),
      rgb: pixels(page).png(),
      palette: pixels(page).png({ palette: true, colours: 200 }),
    };
    for (const [name, pipeline] of Object.entries(made)) {
      const image = await encode(placed(await pipeline.toBuffer()));
      expect(image, name).toMatchObject({ filter: "FlateDecode", passedThrough: true });
      expect(image.pngColours, name).toBe(name === "rgb" ? 3 : 1);
      expect(likeness(image, grey), name).toBeGreaterThan(0.95);
    }
  });

  it("from a Group 4 strip, in both photometric meanings and both bit orders", async () => {
    const { bytes: strip } = await encodeG4(blackWhite, width, height);
    const negative = Buffer.from(blackWhite.map((value) => 255 - value));
    const { bytes: inverted } = await encodeG4(negative, width, height);
    const flip = (byte: number) =>
      Number.parseInt(byte.toString(2).padStart(8, "0").split("").toReversed().join(""), 2);
    const made = [
      { tags: faxTags(width, height), strips: [strip] },
      { tags: faxTags(width, height, { 262: [1] }), strips: [inverted] },
      { tags: faxTags(width, height, { 266: [2] }), strips: [Buffer.from(strip.map(flip))] },
    ];
    for (const frame of made) {
      const image = await encode(placed(madeTiff([frame])));
      expect(image).toMatchObject({ filter: "CCITTFaxDecode", bits: 1, passedThrough: true });
      expect(likeness(image, blackWhite)).toBe(1);
    }
  });

  it("from a late page of a big TIFF on disk, reading that page only", async () => {
    const { bytes: strip } = await encodeG4(blackWhite, width, height);
    const filler = { tags: faxTags(width, height), strips: [Buffer.alloc(200_000)] };
    const path = join(folder, "long.tif");
    const frames = Array.from({ length: 300 }, (_, i) =>
      i === 250 ? { ...filler, strips: [strip] } : filler,
    );
    writeFileSync(path, madeTiff(frames));
    const before = process.memoryUsage().arrayBuffers;
    const image = await encode({ image: { kind: "file", path, frame: 250 }, turn: 0, how: "file" });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    expect(image.bytes.equals(strip)).toBe(true);
    const late: PlacedImage = { image: { kind: "file", path, frame: 300 }, turn: 0, how: "file" };
    await expect(encode(late)).rejects.toMatchObject({ code: "no_pages", detail: "tiff page 301" });
  });
});

describe("pixels are encoded again", () => {
  it("without loss and no larger when a PNG is black and white", async () => {
    const png = await sharp(blackWhite, { raw: { width, height, channels: 1 } })
      .toColourspace("b-w")
      .png({ palette: true, colours: 2 })
      .toBuffer();
    const image = await encode(placed(png));
    expect(image).toMatchObject({ bits: 1, colour: "gray", width, height });
    expect(image.bytes.length).toBeLessThanOrEqual(png.length);
    expect(likeness(image, blackWhite)).toBe(1);
  });

  it("without loss as Group 4 when a fax page has several strips or another compression", async () => {
    const whole = packed(blackWhite, 0);
    const row = Math.ceil(width / 8);
    const strips = [whole.subarray(0, row * 400), whole.subarray(row * 400)];
    const plain = madeTiff([{ tags: faxTags(width, height, { 259: [1], 278: [400] }), strips }]);
    const lzw = await sharp(blackWhite, { raw: { width, height, channels: 1 } })
      .toColourspace("b-w")
      .tiff({ compression: "lzw", bitdepth: 1, predictor: "none" })
      .toBuffer();
    for (const bytes of [plain, lzw]) {
      const image = await encode(placed(bytes));
      expect(image).toMatchObject({ filter: "CCITTFaxDecode", width, height, passedThrough: false });
      expect(likeness(image, blackWhite)).toBe(1);
    }
  });

  it("although the TIFF carries private tags that libtiff warns of", async () => {
    const whole = packed(blackWhite, 0);
    const tags = faxTags(width, height, { 259: [1], 37_724: [1, 2, 3], 65_000: [7] });
    const bytes = madeTiff([{ tags, strips: [whole] }]);
    expect(likeness(await encode(placed(bytes)), blackWhite)).toBe(1);
    expect(await normalize(placed(bytes))).toMatchObject({ width, height, blank: false });
  });

  it("as JPEG when PDF could not show them right", async () => {
    const jpeg = await pixels(page).jpeg({ chromaSubsampling: "4:4:4" }).toBuffer();
    const adobeRgb = Buffer.concat([
      jpeg.subarray(0, 2),
      Buffer.from("ffee000e41646f626500640000000000", "hex"),
      jpeg.subarray(2),
    ]);
    const made = {
      adobeRgb,
      cmyk: await pixels(page).toColourspace("cmyk").jpeg().toBuffer(),
      sixteen: await pixels(page).toColourspace("rgb16").png().toBuffer(),
      interlaced: await pixels(page).png({ progressive: true }).toBuffer(),
      alpha: await pixels(page).ensureAlpha(0.5).png().toBuffer(),
      webp: await pixels(page).webp().toBuffer(),
      gif: await pixels(page).gif().toBuffer(),
      lzw: await pixels(page).tiff({ compression: "lzw" }).toBuffer(),
    };
    for (const [name, bytes] of Object.entries(made)) {
      const image = await encode(placed(bytes));
      expect(image, name).toMatchObject({
        filter: "DCTDecode",
        colour: "rgb",
        width,
        height,
        passedThrough: false,
      });
      if (!["adobeRgb", "alpha"].includes(name)) expect(likeness(image, grey), name).toBeGreaterThan(0.9);
    }
  });

  it("as grey JPEG when the source is grey, and from raw samples", async () => {
    const sixteen = await pixels(page).toColourspace("grey16").png().toBuffer();
    expect(await encode(placed(sixteen))).toMatchObject({ colour: "gray", passedThrough: false });
    const raw = { kind: "raw", bytes: grey, width, height, channels: 1 } as const;
    const image = await encode({ image: raw, turn: 90, how: "rendered" });
    expect(image).toMatchObject({ colour: "gray", turn: 90, mirrored: false, passedThrough: false });
    expect(likeness(image, grey)).toBeGreaterThan(0.97);
  });
});

describe("turn and mirror", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "bring orientation %i upright when applied as mirror, then turn",
    async (orientation) => {
      const source = await pixels(page).withMetadata({ orientation }).jpeg().toBuffer();
      const image = await encode(placed(source, { turn: 180 }));
      const stored = await sharp(image.bytes).raw().toBuffer({ resolveWithObject: true });
      const mirrored = await sharp(stored.data, { raw: { width, height, channels: 3 } })
        .flop(image.mirrored)
        .raw()
        .toBuffer();
      const ours = await sharp(mirrored, { raw: { width, height, channels: 3 } })
        .rotate(image.turn)
        .raw()
        .toBuffer();
      const theirs = await sharp(source).autoOrient().rotate(180).raw().toBuffer();
      expect(ours.equals(theirs)).toBe(true);
    },
  );

  it("agree with the size that normalize reports", async () => {
    const sideways = await pixels(page).withMetadata({ orientation: 8 }).jpeg().toBuffer();
    const image = await encode(placed(sideways));
    expect(image).toMatchObject({ width, height, turn: 270, passedThrough: true });
    expect(await normalize(placed(sideways))).toMatchObject({ width: height, height: width });
    expect(await encode(placed(sideways, { how: "embedded" }))).toMatchObject({ turn: 0, mirrored: false });
  });
});
