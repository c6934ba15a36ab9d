import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import type { PageImage, PlacedImage } from "../../src/domain/page-ports.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import {
  HEIGHT,
  WIDTH,
  bilevelPixels,
  cornerPixels,
  difference,
  faxBytes,
  jpegImage,
  picture,
  pngImage,
  stripOf,
} from "./sample-images.ts";
import { madeJp2 } from "./made-jp2.ts";
import { FULL_IMAGE, onePagePdf, scratch } from "./small-pdf.ts";

const place = scratch();
const tools = createPdfTools({ workFolder: place.folder });
afterAll(async () => {
  await tools.close();
  place.clean();
});

let counter = 0;
const SIZE = `/Width ${WIDTH}/Height ${HEIGHT}`;

async function imageOf(dict: string, data: Buffer, content = FULL_IMAGE, page = "") {
  const path = place.put(
    `${(counter += 1)}.pdf`,
    onePagePdf({ content, page, image: { dict: SIZE + dict, data } }),
  );
  return tools.pageImage(path, 0);
}

/** RGB samples of whatever came out; encoded images are decoded by libvips, not by us. */
function pixelsOf(image: PageImage): Promise<Buffer> {
  if (image.kind === "file") throw new Error("no page of a PDF is a whole file");
  const { bytes } = image;
  const source = image.kind === "raw" ? sharp(bytes, { raw: image }) : sharp(bytes);
  return source.toColourspace("srgb").removeAlpha().raw().toBuffer();
}

const spread = (grey: Buffer): Buffer => Buffer.from([...grey].flatMap((value) => [value, value, value]));
const greyPixels = (): Promise<Buffer> => picture().greyscale().raw().toBuffer();

/** One bit a pixel, rows padded to whole bytes; 1 where the byte is white. */
function pack(pixels: Buffer): Buffer {
  const row = Math.ceil(WIDTH / 8);
  const packed = Buffer.alloc(row * HEIGHT);
  for (const [index, value] of pixels.entries()) {
    const [x, y] = [index % WIDTH, Math.floor(index / WIDTH)];
    const at = y * row + (x >> 3);
    if (value > 127) packed[at] = (packed[at] ?? 0) | (0x80 >> (x & 7));
  }
  return packed;
}

describe("an image that is the whole page", () => {
  it("comes out as the JPEG's own bytes", async () => {
    const { bytes } = await jpegImage();
    const placed = await imageOf("/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode", bytes);
    expect(placed).toMatchObject({ turn: 0, how: "embedded", paper: { widthPt: 400, heightPt: 300 } });
    expect(placed.image).toMatchObject({ kind: "encoded", frame: 0 });
    expect("bytes" in placed.image && placed.image.bytes.equals(bytes)).toBe(true);
  });

  it("is handed out alone, too; of any other page nothing is", async () => {
    const { bytes } = await jpegImage();
    const dict = `${SIZE}/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode`;
    const page = (content: string) => onePagePdf({ content, image: { dict, data: bytes } });
    const [bare, mixed] = [
      place.put("bare.pdf", page(FULL_IMAGE)),
      place.put("mixed.pdf", page("0 0 9 9 re f")),
    ];
    const found = await tools.scanImage(bare, 0);
    expect(found).toEqual(await tools.pageImage(bare, 0));
    expect(await tools.scanImage(mixed, 0)).toBeUndefined();
  });

  it("comes out as a one-strip TIFF around the Group 4 bytes, black staying black", async () => {
    const fax = await faxBytes();
    const dict = (more: string): string =>
      `/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns ${WIDTH}/Rows ${HEIGHT}${more}>>`;
    const expected = await bilevelPixels();
    const usual = await imageOf(dict(""), fax);
    expect("bytes" in usual.image && usual.image.bytes.includes(fax)).toBe(true);
    expect(difference(await pixelsOf(usual.image), spread(expected))).toBe(0);
    const inverted = expected.map((value) => 255 - value) as Buffer;
    for (const placed of [
      await imageOf(dict("/BlackIs1 true"), fax),
      await imageOf(`${dict("")}/Decode[1 0]`, fax),
    ]) {
      expect(placed.how).toBe("embedded");
      expect(difference(await pixelsOf(placed.image), spread(inverted))).toBe(0);
    }
  });

  it.each(["/DeviceRGB", "/CalRGB", "[/ICCBased 6 0 R]"])(
    "comes out as RGB samples from %s",
    async (space) => {
      const { bytes } = await pngImage(false);
      const png = `/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 3/Columns ${WIDTH}>>`;
      const image = { dict: `${SIZE}/BitsPerComponent 8/ColorSpace${space}${png}`, data: bytes };
      const more = [{ dict: "/N 3", data: Buffer.alloc(0) }];
      const path = place.put(`${(counter += 1)}.pdf`, onePagePdf({ content: FULL_IMAGE, image, more }));
      const placed = await tools.pageImage(path, 0);
      expect(placed.image).toMatchObject({ kind: "raw", channels: 3, width: WIDTH, height: HEIGHT });
      expect(difference(await pixelsOf(placed.image), cornerPixels())).toBe(0);
    },
  );

  it("comes out as grey samples, 8 and 4 bits deep", async () => {
    const grey = await greyPixels();
    const eight = await imageOf(
      "/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/FlateDecode",
      deflateSync(grey),
    );
    expect(eight.image).toMatchObject({ kind: "raw", channels: 1 });
    expect(difference(await pixelsOf(eight.image), spread(grey))).toBe(0);
    const nibbles = Buffer.from(
      Array.from(
        { length: grey.length / 2 },
        (_, at) => ((grey[at * 2] ?? 0) & 0xf0) | ((grey[at * 2 + 1] ?? 0) >> 4),
      ),
    );
    const four = await imageOf("/BitsPerComponent 4/ColorSpace/DeviceGray", nibbles);
    expect(difference(await pixelsOf(four.image), spread(grey))).toBeLessThan(9);
  });

  it("stays one bit deep when it is", async () => {
    const pixels = await bilevelPixels();
    const inverted = spread(pixels.map((value) => 255 - value) as Buffer);
    const data = pack(pixels);
    const straight = await imageOf("/BitsPerComponent 1/ColorSpace/DeviceGray", data);
    expect(straight.image.kind).toBe("encoded");
    expect(difference(await pixelsOf(straight.image), spread(pixels))).toBe(0);
    const decoded = await imageOf("/BitsPerComponent 1/ColorSpace/DeviceGray/Decode[1 0]", data);
    expect(difference(await pixelsOf(decoded.image), inverted)).toBe(0);
    const indexed = await imageOf("/BitsPerComponent 1/ColorSpace[/Indexed/DeviceRGB 1<FFFFFF000000>]", data);
    expect(indexed.image.kind).toBe("encoded");
    expect(difference(await pixelsOf(indexed.image), inverted)).toBe(0);
  });

  it("has its palette written out", async () => {
    const { bytes, colour, bits } = await pngImage(true);
    const table = typeof colour === "object" ? colour.palette.toString("hex") : "";
    const space = `/ColorSpace[/Indexed/DeviceRGB ${table.length / 6 - 1}<${table}>]`;
    const parms = `/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 1/BitsPerComponent ${bits}/Columns ${WIDTH}>>`;
    const placed = await imageOf(`/BitsPerComponent ${bits}${space}${parms}`, bytes);
    expect(placed.how).toBe("embedded");
    expect(difference(await pixelsOf(placed.image), cornerPixels())).toBeLessThan(2);
  });

  it.each(["none", "horizontal"] as const)("is unpacked from LZW with predictor %s", async (predictor) => {
    const tiff = await picture().tiff({ compression: "lzw", predictor, tileHeight: HEIGHT }).toBuffer();
    const parms = predictor === "none" ? "" : `/DecodeParms<</Predictor 2/Colors 3/Columns ${WIDTH}>>`;
    const dict = `/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/LZWDecode${parms}`;
    const placed = await imageOf(dict, stripOf(tiff));
    expect(placed.image.kind).toBe("raw");
    expect(difference(await pixelsOf(placed.image), cornerPixels())).toBe(0);
  });

  it("is turned by the page and by its matrix together", async () => {
    const { bytes } = await jpegImage();
    const dict = "/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode";
    const tall = "/MediaBox[0 0 300 400]";
    const clockwise = "q 0 -400 300 0 0 400 cm /Im0 Do Q";
    expect(await imageOf(dict, bytes, FULL_IMAGE, "/Rotate 90")).toMatchObject({
      turn: 90,
      paper: { widthPt: 300, heightPt: 400 },
    });
    expect(await imageOf(dict, bytes, clockwise, tall)).toMatchObject({ turn: 90, how: "embedded" });
    expect(await imageOf(dict, bytes, clockwise, `${tall}/Rotate 270`)).toMatchObject({ turn: 0 });
    expect(await imageOf(dict, bytes, "-400 0 0 -300 400 300 cm /Im0 Do")).toMatchObject({ turn: 180 });
    // The drawn page is the judge of what `turn` means.
    const drawn = await imageOf(dict, bytes, `${clockwise} 1 w 0 0 m 1 1 l S`, tall);
    const expected = await sharp(bytes)
      .rotate(90)
      .resize(
        drawn.image.kind === "raw" ? drawn.image.width : 1,
        drawn.image.kind === "raw" ? drawn.image.height : 1,
        { fit: "fill" },
      )
      .raw()
      .toBuffer();
    expect(drawn.how).toBe("rendered");
    expect(difference(await pixelsOf(drawn.image), expected)).toBeLessThan(8);
  });
});

describe("a page that must be drawn", () => {
  const dict = "/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode";

  it("is drawn in colour when more is visible than the image", async () => {
    const { bytes } = await jpegImage();
    const stamped = await imageOf(dict, bytes, `${FULL_IMAGE} 1 0 0 rg 180 100 40 40 re f`);
    expect(stamped).toMatchObject({ how: "rendered", turn: 0 });
    // 400 points at 150 dpi, the least we draw at; the embedded image has 72.
    expect(stamped.image).toMatchObject({ kind: "raw", channels: 3, width: 833, height: 625 });
    const pixels = await pixelsOf(stamped.image);
    const at = (x: number, y: number): number[] => [
      ...pixels.subarray((y * 833 + x) * 3, (y * 833 + x) * 3 + 3),
    ];
    expect(at(416, 375)).toEqual([255, 0, 0]);
    expect(at(100, 500).map((value) => value > 100)).toEqual([false, false, true]);
  });

  it("is drawn for flips, masks, several images and colour spaces we do not know", async () => {
    const { bytes } = await jpegImage();
    const raw = Buffer.alloc(WIDTH * HEIGHT, 40);
    const half = "q 200 0 0 300 0 0 cm /Im0 Do Q q 200 0 0 300 200 0 cm /Im0 Do Q";
    const tint = "[/Separation/Spot/DeviceGray<</FunctionType 2/Domain[0 1]/C0[1]/C1[0]/N 1>>]";
    const results = [
      await imageOf(dict, bytes, "-400 0 0 300 400 0 cm /Im0 Do"),
      await imageOf(dict, bytes, half),
      await imageOf(`${dict}/Mask[0 0 0 0 0 0]`, bytes),
      await imageOf(`/BitsPerComponent 8/ColorSpace${tint}`, raw),
      await imageOf(
        "/BitsPerComponent 1/ImageMask true",
        Buffer.alloc(50 * HEIGHT, 0xaa),
        `1 0 0 rg ${FULL_IMAGE}`,
      ),
    ];
    expect(results.map(({ how }) => how)).toEqual(Array.from({ length: 5 }, () => "rendered"));
  });

  it("is refused when its image is over the limit", async () => {
    const data = deflateSync(Buffer.alloc(10));
    const huge = place.put(
      "huge.pdf",
      onePagePdf({
        content: FULL_IMAGE,
        image: {
          dict: "/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/FlateDecode",
          data,
        },
      }),
    );
    await expect(tools.pageImage(huge, 0)).rejects.toMatchObject({ code: "too_large" });
  });
});

const CORPUS = join(import.meta.dirname, "../../../shared/corpus");
const corpus = (name: string): string | undefined => {
  const path = join(CORPUS, name);
  if (existsSync(path)) return path;
  process.stderr.write(`skipped: no ../shared/corpus/${name}\n`);
  return undefined;
};

/** Samples as PDF shows them, of any page image. */
const greyOf = async (placed: PlacedImage): Promise<Buffer> =>
  sharp(await pixelsOf(placed.image), { raw: { ...sizeOf(placed), channels: 3 } })
    .rotate(placed.turn)
    .resize(WIDTH, HEIGHT, { fit: "fill" })
    .raw()
    .toBuffer();

function sizeOf({ image }: PlacedImage): { width: number; height: number } {
  return image.kind === "raw" ? image : { width: WIDTH, height: HEIGHT };
}

describe("a black and white image", () => {
  const group4 = `/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns ${WIDTH}/Rows ${HEIGHT}>>`;

  it("painted black through a stencil is the page, as it is and inverted", async () => {
    const fax = await faxBytes();
    const expected = await bilevelPixels();
    for (const [decode, pixels] of [
      ["", expected],
      ["/Decode[1 0]", expected.map((value) => 255 - value) as Buffer],
    ] as const) {
      const placed = await imageOf(`/ImageMask true${decode}${group4}`, fax, `0 g ${FULL_IMAGE}`);
      expect(placed).toMatchObject({ how: "embedded", stream: { filter: "CCITTFaxDecode" } });
      expect(placed.stream?.inverted).toBe(decode !== "");
      expect(difference(await pixelsOf(placed.image), spread(pixels))).toBe(0);
    }
  });

  it("of pixels that are not square is drawn with square ones, its own bytes beside", async () => {
    const fax = await faxBytes();
    const box = "/MediaBox[0 0 400 600]";
    const dict = `/BitsPerComponent 1/ColorSpace/DeviceGray${group4}`;
    const tall = await imageOf(dict, fax, "q 400 0 0 600 0 0 cm /Im0 Do Q", box);
    expect(tall).toMatchObject({ how: "rendered", turn: 0, paper: { widthPt: 400, heightPt: 600 } });
    expect(tall.image).toMatchObject({ kind: "raw", width: 833, height: 1250, channels: 1 });
    expect(tall.stream).toMatchObject({ width: WIDTH, height: HEIGHT, fax: { k: -1 } });
    expect(tall.stream?.bytes.equals(fax)).toBe(true);
    const expected = spread(await bilevelPixels());
    expect(difference(await greyOf(tall), expected)).toBeLessThan(6);
    const turned = await imageOf(dict, fax, "q 400 0 0 600 0 0 cm /Im0 Do Q", `${box}/Rotate 90`);
    expect(turned).toMatchObject({ turn: 90, image: { width: 833, height: 1250 } });
    expect(difference(await pixelsOf(turned.image), await pixelsOf(tall.image))).toBeLessThan(6);
  });

  it("in JBIG2 is drawn for reading and handed out as it is", async () => {
    const path = corpus("pdfs/cardinal.pdf");
    if (path === undefined) return;
    const placed = await tools.pageImage(path, 0);
    expect(placed).toMatchObject({ how: "rendered", image: { kind: "raw", width: 2550, height: 3300 } });
    expect(placed.stream).toMatchObject({ filter: "JBIG2Decode", width: 2550, height: 3300, bits: 1 });
    expect(placed.stream?.bytes.length).toBeLessThan(80_000);
  });
});

describe("a JPEG 2000 image", () => {
  const dict = "/BitsPerComponent 8/Filter/JPXDecode";

  it("is drawn for reading and handed out as it is when it is plain sRGB", async () => {
    const bytes = await madeJp2(cornerPixels(), WIDTH, HEIGHT);
    const placed = await imageOf(`/ColorSpace/DeviceRGB${dict}`, bytes);
    expect(placed).toMatchObject({
      how: "rendered",
      stream: { filter: "JPXDecode", colour: "rgb", bits: 8 },
    });
    expect(placed.stream?.bytes.equals(bytes)).toBe(true);
    expect(difference(await greyOf(placed), cornerPixels())).toBeLessThan(12);
  });

  it("is only drawn when it is a bare code stream, or of another colour space", async () => {
    const bytes = await madeJp2(cornerPixels(), WIDTH, HEIGHT);
    const bare = bytes.subarray(bytes.indexOf("jp2c", 0, "latin1") + 4);
    expect((await imageOf(`/ColorSpace/DeviceRGB${dict}`, bare)).stream).toBeUndefined();
    expect((await imageOf(`/ColorSpace/DeviceCMYK${dict}`, bytes)).stream).toBeUndefined();
  });
});

describe("a picture that claims more pixels than its dictionary", () => {
  const code = Buffer.alloc(64);
  code.set([0xff, 0x4f, 0xff, 0x51], 0);
  code.writeUInt32BE(60_000, 8);
  code.writeUInt32BE(60_000, 12);
  const page = Buffer.alloc(30);
  page.set([0, 0, 0, 0, 48, 0, 1, 0, 0, 0, 19], 0);
  page.writeUInt32BE(60_000, 11);
  page.writeUInt32BE(60_000, 15);
  const frame = Buffer.from("ffd8ffc0000b08ea60ea6001011100ffda", "hex");
  it.each([
    ["JPXDecode", code],
    ["JBIG2Decode", page],
    ["DCTDecode", frame],
  ])("is refused by the head of its %s data, alone and beside others", async (filter, data) => {
    const dict = `/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/${filter}`;
    await expect(imageOf(dict, data)).rejects.toMatchObject({ code: "too_large" });
    await expect(imageOf(dict, data, `${FULL_IMAGE} ${FULL_IMAGE}`)).rejects.toMatchObject({
      code: "too_large",
    });
  });
});

it("says what a page of several images took, so that it does not grow", async () => {
  const { bytes } = await jpegImage();
  const halves = "q 200 0 0 300 0 0 cm /Im0 Do Q q 200 0 0 300 200 0 cm /Im0 Do Q";
  const dict = "/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode";
  expect((await imageOf(dict, bytes, halves)).storedBytes).toBe(bytes.length);
});

it("does not change the file it reads", async () => {
  const bytes = onePagePdf({ content: "0 0 m 9 9 l S" });
  const path = place.put("same.pdf", bytes);
  await tools.inspect(path);
  await tools.pageImage(path, 0);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});
