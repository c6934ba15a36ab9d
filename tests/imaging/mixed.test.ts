import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { imageBytes } from "../../src/domain/image-bytes.ts";
import type { PageChange } from "../../src/domain/page-change.ts";
import type { PdfImage, PlacedImage } from "../../src/domain/page-ports.ts";
import { testImaging } from "../support/imaging.ts";
import { drawnPage, hue, meanColour, type Drawn } from "./drawn-page.ts";
import { PARAGRAPH, pixels, placed, rawPage, textPage, withBox, withNoise, type Page } from "./made-pages.ts";

const imaging = testImaging({ profile: "compact" });
const DPI = 200;
const encode = (page: PlacedImage, changes: readonly PageChange[] = [], dpi = DPI) =>
  imaging.encode(page, { changes, dpi });

const text = await textPage(PARAGRAPH, DPI);
const { width, height } = text;
const shown = (image: PdfImage): Promise<Drawn> => drawnPage(image, { width, height, dpi: DPI });

const RED = [210, 30, 45] as const;
const BLUE = [35, 45, 130] as const;
const seal = { left: 1000, top: 1700, width: 200, height: 200 };
const pen = { left: 300, top: 1600, width: 300, height: 8 };
const stamped = withBox(withBox(text, seal, RED), pen, BLUE);

/** Mean difference of the samples' brightness, 0..255. */
function difference({ data }: Drawn, wanted: Page): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 3)
    sum += Math.abs((data[at + 1] ?? 0) - (wanted.data[at + 1] ?? 0));
  return sum / (data.length / 3);
}

/** Paper of another brightness, ink of another darkness: values between keep their order. */
function toned(page: Page, paper: number, ink: number): Page {
  return { ...page, data: Buffer.from(page.data.map((value) => ink + (value / 255) * (paper - ink))) };
}

describe("a page without colour", () => {
  it("becomes 1-bit as a whole, its text as it was", async () => {
    const image = await encode(rawPage(withNoise(text, 4)));
    expect(image).toMatchObject({ filter: "CCITTFaxDecode", bits: 1, width, height });
    expect(image.ink).toBeUndefined();
    expect(difference(await shown(image), text)).toBeLessThan(2);
  });

  it.each([
    ["on grey paper", 170, 30],
    ["in faint print", 250, 170],
    ["on dark paper in black", 110, 20],
  ])("keeps its text %s", async (_, paper, ink) => {
    const image = await encode(rawPage(withNoise(toned(text, paper, ink), 3)));
    expect(image.filter).toBe("CCITTFaxDecode");
    expect(difference(await shown(image), text)).toBeLessThan(3);
  });

  it("keeps what lies in uneven light", async () => {
    const shaded = {
      ...text,
      data: Buffer.from(text.data.map((value, at) => value * (0.55 + (0.45 * ((at / 3) % width)) / width))),
    };
    expect(difference(await shown(await encode(rawPage(shaded))), text)).toBeLessThan(3);
  });

  it("is 1-bit with white letters on black, and with black borders", async () => {
    const black = { left: 0, top: 0, width: 120, height };
    const image = await encode(rawPage(withBox(text, black, [8, 8, 8])));
    expect(image.filter).toBe("CCITTFaxDecode");
    expect(meanColour(await shown(image), black)[0]).toBeLessThan(12);
  });
});

describe("a page with stamps and pens", () => {
  it("is sharp text over a coarse picture that keeps their colours", async () => {
    const image = await encode(rawPage(stamped));
    expect(image).toMatchObject({ filter: "DCTDecode", colour: "rgb", ink: [{ width, height }] });
    expect(image.width).toBeLessThan(width);
    const page = await shown(image);
    expect(difference(page, stamped)).toBeLessThan(2.5);
    for (const [box, colour] of [
      [seal, RED],
      [{ ...pen, top: pen.top + 2, height: 4 }, BLUE],
    ] as const)
      expect(Math.abs(hue(meanColour(page, box)) - hue(colour))).toBeLessThan(10);
  });

  it("leaves no grey shadow of the text in the picture behind it", async () => {
    const image = await encode(rawPage(stamped));
    const behind = await sharp(image.bytes).greyscale().raw().toBuffer();
    const rows = behind.subarray(0, Math.floor(image.height * 0.6) * image.width);
    expect(rows.reduce((least, value) => Math.min(least, value), 255)).toBeGreaterThan(235);
  });

  it("shows black text through a stamp", async () => {
    const over = withBox(stamped, { left: 1050, top: 1780, width: 100, height: 12 }, [20, 20, 20]);
    const page = await shown(await encode(rawPage(over)));
    expect(Math.max(...meanColour(page, { left: 1060, top: 1783, width: 80, height: 6 }))).toBeLessThan(60);
    expect(
      Math.abs(hue(meanColour(page, { left: 1060, top: 1810, width: 80, height: 40 })) - hue(RED)),
    ).toBeLessThan(10);
  });

  it("keeps the colour of coloured paper", async () => {
    const pink = {
      ...text,
      data: Buffer.from(text.data.map((value, at) => (at % 3 === 0 ? value : value * 0.78))),
    };
    const image = await encode(rawPage(pink));
    expect(image.ink).toHaveLength(1);
    const page = await shown(image);
    expect(meanColour(page, { left: 100, top: 100, width: 300, height: 300 })).toEqual([
      expect.closeTo(255, -1),
      expect.closeTo(199, -1),
      expect.closeTo(199, -1),
    ]);
  });
});

it("keeps a photo a photo beside the text", async () => {
  const photo = { left: 300, top: 1500, width: 700, height: 600 };
  const data = Buffer.from(text.data);
  for (let y = 0; y < photo.height; y += 1)
    for (let x = 0; x < photo.width; x += 1) {
      const value = 110 + 70 * Math.sin(x / 40) * Math.cos(y / 55) + ((x * 7 + y * 13) % 17);
      data.fill(
        value,
        ((photo.top + y) * width + photo.left + x) * 3,
        ((photo.top + y) * width + photo.left + x) * 3 + 3,
      );
    }
  const page = { ...text, data };
  const image = await encode(rawPage(page));
  expect(image.filter).toBe("DCTDecode");
  expect(difference(await shown(image), page)).toBeLessThan(6);
});

describe("a page of the compact profile", () => {
  it("passes through while it is small, in proportion to its sheet", async () => {
    const small = await pixels(text).jpeg({ quality: 30 }).toBuffer();
    const large = await pixels(withNoise(stamped, 20)).jpeg({ quality: 95 }).toBuffer();
    expect(small.length).toBeLessThan(120 * 1024);
    expect((await encode(placed(small))).passedThrough).toBe(true);
    expect(await encode(placed(large))).toMatchObject({ passedThrough: false });
    // The same pixels on a quarter of the sheet are allowed a quarter of the bytes.
    expect((await encode(placed(small), [], DPI * 4)).passedThrough).toBe(small.length < 7.5 * 1024);
  });

  it("stays a JPEG when it has few pixels, and never grows", async () => {
    const coarse = await pixels(stamped).resize(600).jpeg({ quality: 100 }).toBuffer();
    const image = await encode(placed(coarse), [], 72);
    expect(image.ink).toBeUndefined();
    expect(imageBytes(image)).toBeLessThanOrEqual(coarse.length);
  });

  it("is made from the changed page when it was changed, and stands upright", async () => {
    const sideways = await pixels(stamped).rotate(90).jpeg({ quality: 100 }).toBuffer();
    const changes: PageChange[] = [{ kind: "deskew", degrees: 1 }];
    const image = await encode(placed(sideways, { turn: 270 }), changes);
    expect(image).toMatchObject({ turn: 0, mirrored: false, passedThrough: false });
    expect(image.ink?.[0]?.width).toBeGreaterThan(width);
    expect(image.ink?.[0]?.height).toBeGreaterThan(height);
  });

  it("is the half of a spread that was asked for", async () => {
    const half = { side: "right", at: 0.4 } as const;
    const image = await encode(rawPage(stamped, { half }));
    expect(image.ink?.[0]).toMatchObject({ width: width - Math.round(width * 0.4), height });
  });
});
