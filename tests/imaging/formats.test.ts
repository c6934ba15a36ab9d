import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import type { PlacedImage } from "../../src/domain/page-ports.ts";
import { pixelsOf, withSource } from "../../src/imaging/decode.ts";
import { plainPage } from "../../src/imaging/foreign/plain-page.ts";
import { isBilevel } from "../../src/imaging/g4.ts";
import { readTags } from "../../src/imaging/tiff-directory.ts";
import { testImaging } from "../support/imaging.ts";
import { bmp, magickFile, pnm, type Samples } from "./made-foreign.ts";
import { madeHeic } from "./made-heif.ts";
import { placed } from "./made-pages.ts";
import { madeTiff } from "./made-tiff.ts";

const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus/images");
const LIMIT = 1_000_000;

/** White, a black block top left, a blue one below it, and a red strip at the right: no turn or mirror looks the same. */
const [width, height] = [64, 48];
const data = Buffer.alloc(width * height * 3, 0xff);
for (let y = 0; y < height; y++)
  for (let x = 0; x < width; x++) {
    const at = (y * width + x) * 3;
    if (x < 24 && y < 16) data.fill(0, at, at + 3);
    else if (x < 16 && y < 32) data.set([20, 40, 200], at);
    else if (x >= 56) data.set([200, 30, 20], at);
  }
const page: Samples = { data, width, height };
const source = sharp(data, { raw: { width, height, channels: 3 } });
const grey = await source.clone().toColourspace("b-w").raw().toBuffer();

/** The page's pixels as normalization sees them: upright, on white, sRGB. */
async function seen(given: Buffer | PlacedImage): Promise<Samples> {
  const { image } = await plainPage("image" in given ? given : placed(given), LIMIT);
  if (image.kind === "raw") throw new Error("a raw image");
  const { data, info } = await withSource(image, (source) =>
    pixelsOf(image, source, LIMIT)
      .autoOrient()
      .flatten({ background: "#fff" })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true }),
  );
  return { data, width: info.width, height: info.height };
}

/** Mean difference of the samples, 0..255; a wrong size is as wrong as can be. */
async function difference(given: Buffer | PlacedImage, wanted: Buffer = data): Promise<number> {
  const found = await seen(given);
  if (found.width !== width || found.height !== height) return 255;
  return found.data.reduce((sum, value, at) => sum + Math.abs(value - (wanted[at] ?? 0)), 0) / wanted.length;
}

const greyRgb = Buffer.from([...grey].flatMap((value) => [value, value, value]));

describe("what libvips reads looks as it should", () => {
  it.each([
    ["progressive JPEG", () => source.clone().jpeg({ progressive: true, quality: 95 })],
    ["16-bit interlaced PNG", () => source.clone().toColourspace("rgb16").png({ progressive: true })],
    ["palette PNG", () => source.clone().png({ palette: true, progressive: true })],
    ["WebP", () => source.clone().webp({ lossless: true })],
    ["AVIF", () => source.clone().avif({ quality: 95 })],
    ["GIF", () => source.clone().gif()],
    ["LZW TIFF", () => source.clone().tiff({ compression: "lzw" })],
    ["Deflate TIFF", () => source.clone().tiff({ compression: "deflate", predictor: "horizontal" })],
    ["PackBits TIFF", () => source.clone().tiff({ compression: "packbits" })],
    ["JPEG TIFF", () => source.clone().tiff({ compression: "jpeg", quality: 95 })],
    [
      "tiled BigTIFF",
      () => source.clone().tiff({ tile: true, tileWidth: 16, tileHeight: 16, bigtiff: true }),
    ],
    ["16-bit TIFF", () => source.clone().toColourspace("rgb16").tiff({ compression: "lzw" })],
    ["Lab TIFF", () => source.clone().toColourspace("lab").tiff({ compression: "none" })],
  ])("%s", async (_, made) => {
    expect(await difference(await made().toBuffer())).toBeLessThan(6);
  });

  it("CMYK, within what its inks can show", async () => {
    for (const made of [
      source.clone().toColourspace("cmyk").jpeg({ quality: 95 }),
      source.clone().toColourspace("cmyk").tiff(),
    ])
      expect(await difference(await made.toBuffer())).toBeLessThan(20);
  });

  it("transparency as white paper", async () => {
    const alpha = Buffer.from(grey.map((value) => (value > 250 ? 0 : 255)));
    const ink = source.clone().joinChannel(alpha, { raw: { width, height, channels: 1 } });
    for (const made of [
      ink.clone().png(),
      ink.clone().webp({ lossless: true }),
      ink.clone().tiff({ compression: "lzw" }),
    ])
      expect(await difference(await made.toBuffer())).toBeLessThan(2);
  });

  it("the first frame of an animation", async () => {
    const frames = Buffer.concat([data, Buffer.alloc(data.length, 0x80)]);
    const film = sharp(frames, { raw: { width, height: 2 * height, channels: 3, pageHeight: height } });
    for (const made of [film.clone().gif(), film.clone().webp({ lossless: true })])
      expect(await difference(await made.toBuffer())).toBeLessThan(6);
  });

  it("planes apart, and bits in the order of fax machines", async () => {
    const planes = [0, 1, 2].map((k) => Buffer.from(data.filter((_, at) => at % 3 === k)));
    const rgb = {
      256: [width],
      257: [height],
      258: [8, 8, 8],
      259: [1],
      262: [2],
      277: [3],
      278: [height],
      284: [2],
    };
    expect(await difference(madeTiff([{ tags: rgb, strips: planes }]))).toBe(0);
    const bits = Buffer.alloc((width / 8) * height);
    grey.forEach((value, at) => {
      if (value > 127) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
    });
    const fax = {
      256: [width],
      257: [height],
      258: [1],
      259: [1],
      262: [1],
      266: [2],
      277: [1],
      278: [height],
    };
    const wanted = Buffer.from(greyRgb.map((value) => (value > 127 ? 255 : 0)));
    expect(await difference(madeTiff([{ tags: fax, strips: [bits] }]), wanted)).toBe(0);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("EXIF orientation %i stands upright", async (orientation) => {
    // What a camera held that way stores: the inverse of what the tag asks for (sharp mirrors before it turns).
    const stored = {
      1: (image: Sharp) => image,
      2: (image: Sharp) => image.flop(),
      3: (image: Sharp) => image.rotate(180),
      4: (image: Sharp) => image.flip(),
      5: (image: Sharp) => image.flop().rotate(270),
      6: (image: Sharp) => image.rotate(270),
      7: (image: Sharp) => image.flop().rotate(90),
      8: (image: Sharp) => image.rotate(90),
    }[orientation];
    const pixels = stored?.(source.clone()).png().toBuffer();
    const tagged = sharp(await pixels).withMetadata({ orientation });
    expect(await difference(await tagged.clone().jpeg({ quality: 95 }).toBuffer())).toBeLessThan(6);
    expect(await difference(await tagged.tiff({ compression: "lzw" }).toBuffer())).toBe(0);
  });

  it("JPEG with bytes behind its end", async () => {
    const jpeg = await source.clone().jpeg({ quality: 95 }).toBuffer();
    expect(await difference(Buffer.concat([jpeg, Buffer.alloc(5000, 7)]))).toBeLessThan(6);
  });
});

describe("what only ImageMagick reads looks as it should", () => {
  it.each(["Jp2", "J2k", "Jxl", "Pcx", "Bmp3", "Pam"] as const)("%s", async (format) => {
    expect(await difference(await magickFile(page, format))).toBeLessThan(4);
  });

  it("BMP with its resolution, bottom row first", async () => {
    expect(await difference(bmp(page, 24))).toBe(0);
    const large = { data: Buffer.alloc(1240 * 600 * 3, 0xff), width: 1240, height: 600 };
    expect(await testImaging().normalize(placed(bmp(large, 24, 5906)))).toMatchObject({
      dpi: 150,
      colour: true,
    });
  });

  it("black and white scans, which stay 1-bit", async () => {
    const wanted = Buffer.from(greyRgb.map((value) => (value > 127 ? 255 : 0)));
    const bits = Buffer.alloc((width / 8) * height);
    grey.forEach((value, at) => {
      if (value <= 127) bits[at >> 3] = (bits[at >> 3] ?? 0) | (0x80 >> (at & 7));
    });
    const pbm = Buffer.concat([Buffer.from(`P4\n# scan\n${width} ${height}\n`), bits]);
    for (const file of [pbm, bmp({ ...page, data: wanted }, 1)]) {
      expect(await difference(file, wanted)).toBe(0);
      const { image } = await plainPage(placed(file), LIMIT);
      if (image.kind === "raw") throw new Error("a raw image");
      const bilevel = await withSource(image, async ({ bytes, tiff }) =>
        tiff === undefined ? false : isBilevel(await readTags(bytes, tiff.file, tiff.frame)),
      );
      expect(bilevel).toBe(true);
    }
  });

  it("PNM in colour", async () => {
    expect(await difference(pnm(page))).toBe(0);
  });

  const tags = { 256: [width], 257: [height], 258: [8, 8, 8], 259: [1], 262: [2], 277: [3], 278: [height] };

  it("TIFF with 12 bits, floating point, 8-bit Lab and plain YCbCr", async () => {
    const one = { ...tags, 262: [1], 277: [1] };
    const twelve = Buffer.alloc((width * height * 3) / 2);
    for (let at = 0; at < grey.length; at += 2) {
      const [left, right] = [(grey[at] ?? 0) * 16 + 15, (grey[at + 1] ?? 0) * 16 + 15];
      twelve.set([left >> 4, ((left & 15) << 4) | (right >> 8), right & 255], (at * 3) / 2);
    }
    expect(
      await difference(madeTiff([{ tags: { ...one, 258: [12] }, strips: [twelve] }]), greyRgb),
    ).toBeLessThan(2);
    const floats = Buffer.from(Float32Array.from(grey, (value) => value / 255).buffer);
    const float = madeTiff([{ tags: { ...one, 258: [32], 339: [3] }, strips: [floats] }]);
    expect(await difference(float, greyRgb)).toBeLessThan(2);
    // L* of a grey is not its sRGB value, black and white are; 111, 60, 45 in 8 bits is a red.
    const lab = Buffer.alloc(data.length);
    grey.forEach((value, at) =>
      lab.set(value > 250 ? [255, 0, 0] : value < 5 ? [0, 0, 0] : [111, 60, 45], 3 * at),
    );
    const inLab = await seen(madeTiff([{ tags: { ...tags, 262: [8] }, strips: [lab] }]));
    const at = (x: number, y: number) => [
      ...inLab.data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
    ];
    expect(Math.max(...at(5, 5))).toBeLessThan(5);
    expect(Math.min(...at(40, 40))).toBeGreaterThan(250);
    for (const [k, wanted] of [197, 41, 31].entries())
      expect(Math.abs((at(60, 20)[k] ?? 0) - wanted)).toBeLessThan(8);
    const full = Buffer.alloc(data.length);
    grey.forEach((value, at) => full.set([value, 128, 128], 3 * at));
    const made = madeTiff([{ tags: { ...tags, 262: [6], 530: [1, 1] }, strips: [full] }]);
    expect(await difference(made, greyRgb)).toBeLessThan(3);
  });

  it("old-style JPEG TIFF, each page its own", async () => {
    const white = sharp({ create: { width, height, channels: 3, background: "#fff" } });
    const jpegs = [await white.jpeg().toBuffer(), await source.clone().jpeg({ quality: 95 }).toBuffer()];
    let offset = 8;
    const frames = jpegs.map((jpeg) => {
      const frame = {
        tags: { ...tags, 259: [6], 262: [6], 513: [offset], 514: [jpeg.length] },
        strips: [jpeg],
      };
      // Three LONGs of tag 258 follow each strip.
      offset += jpeg.length + (jpeg.length % 2) + 12;
      return frame;
    });
    const image = { kind: "encoded", bytes: madeTiff(frames), frame: 1 } as const;
    expect(await difference({ image, turn: 0, how: "file" })).toBeLessThan(6);
    expect(await difference({ image: { ...image, frame: 0 }, turn: 0, how: "file" })).toBeGreaterThan(20);
  });
});

const avif = await source.clone().avif({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer();

describe("a HEIC photo", () => {
  it.each([0, 1, 2, 3] as const)(
    "turned by %i quarters by its own property is turned once",
    async (turns) => {
      const held = await source
        .clone()
        .rotate(90 * turns)
        .png()
        .toBuffer();
      const stored = await sharp(held).avif({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer();
      expect(await difference(madeHeic([{ avif: stored, turns }], 0))).toBeLessThan(6);
    },
  );

  it("is its primary picture only, whatever stands before it", async () => {
    const other = await sharp({ create: { width: 80, height: 80, channels: 3, background: "#0f0" } })
      .avif()
      .toBuffer();
    expect(await difference(madeHeic([{ avif: other }, { avif }], 1))).toBeLessThan(6);
    expect(await difference(madeHeic([{ avif }, { avif: other }], 0))).toBeLessThan(6);
  });

  it.skipIf(!existsSync(CORPUS))("of the corpus is read (skipped: ../shared/corpus not found)", async () => {
    const image = { kind: "file", path: join(CORPUS, "simple.heic"), frame: 0 } as const;
    const found = await testImaging().normalize({ image, turn: 0, how: "file" });
    expect(found).toMatchObject({ width: 1345, height: 447, colour: true, blank: false });
  });
});
