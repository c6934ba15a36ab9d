import type { Sharp } from "sharp";
import sharp from "sharp";
import type { PdfImage } from "../../src/domain/page-ports.ts";

export const WIDTH = 400;
export const HEIGHT = 300;

/** Four different corners: every turn and mirror looks different. */
export function cornerPixels(): Buffer {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3, 255);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const colour =
        y < 100 ? (x < 150 ? [200, 20, 20] : [20, 160, 20]) : x < 150 ? [20, 20, 200] : [0, 0, 0];
      if (y > 250 && x > 350) colour.fill(255);
      pixels.set(colour, (y * WIDTH + x) * 3);
    }
  }
  return pixels;
}

export function picture(): Sharp {
  return sharp(cornerPixels(), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

const PLAIN = { width: WIDTH, height: HEIGHT, turn: 0, mirrored: false, passedThrough: true } as const;

export async function jpegImage(grey = false): Promise<PdfImage> {
  // Without the colour space libvips writes a grey picture as three equal components.
  const source = grey ? picture().greyscale().toColourspace("b-w") : picture();
  const bytes = await source.jpeg({ quality: 95 }).toBuffer();
  return { ...PLAIN, filter: "DCTDecode", bytes, colour: grey ? "gray" : "rgb", bits: 8 };
}

/** One Group 4 strip, cut out of the TIFF that libvips makes. */
export async function faxBytes(): Promise<Buffer> {
  return faxOf(await picture().greyscale().threshold(90).raw().toBuffer());
}

async function faxOf(grey: Buffer): Promise<Buffer> {
  const tiff = await sharp(grey, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .toColourspace("b-w")
    .tiff({ compression: "ccittfax4", bitdepth: 1, miniswhite: true, tileHeight: HEIGHT })
    .toBuffer();
  return stripOf(tiff);
}

/** The bytes of a TIFF's only strip. */
export function stripOf(tiff: Buffer): Buffer {
  const at = tiff.readUInt32LE(4);
  const tags = new Map<number, number>();
  for (let index = 0; index < tiff.readUInt16LE(at); index += 1) {
    const entry = at + 2 + index * 12;
    const short = tiff.readUInt16LE(entry + 2) === 3;
    tags.set(tiff.readUInt16LE(entry), short ? tiff.readUInt16LE(entry + 8) : tiff.readUInt32LE(entry + 8));
  }
  const offset = tags.get(273) ?? 0;
  return tiff.subarray(offset, offset + (tags.get(279) ?? 0));
}

export async function faxImage(): Promise<PdfImage> {
  return { ...PLAIN, filter: "CCITTFaxDecode", bytes: await faxBytes(), colour: "gray", bits: 1 };
}

/** The page's four corners in one colour each as ink of that colour, over a coarse white picture. */
export async function mixedImage(): Promise<PdfImage> {
  const white = { create: { width: 40, height: 30, channels: 3, background: "#fff" } } as const;
  const bytes = await sharp(white).jpeg().toBuffer();
  const layer = async (rgb: readonly [number, number, number]) => {
    const pixels = cornerPixels();
    const mask = Buffer.alloc(WIDTH * HEIGHT, 255);
    for (let at = 0; at < mask.length; at += 1)
      if (rgb.every((value, channel) => pixels[at * 3 + channel] === value)) mask[at] = 0;
    return { bytes: await faxOf(mask), width: WIDTH, height: HEIGHT, rgb };
  };
  const colours = [
    [200, 20, 20],
    [20, 160, 20],
    [20, 20, 200],
    [0, 0, 0],
  ] as const;
  const ink = await Promise.all(colours.map(layer));
  return { ...PLAIN, filter: "DCTDecode", bytes, width: 40, height: 30, colour: "rgb", bits: 8, ink };
}

/** The black and white picture the fax image shows, one byte a pixel. */
export function bilevelPixels(): Promise<Buffer> {
  return picture().greyscale().threshold(90).raw().toBuffer();
}

export async function pngImage(palette: boolean): Promise<PdfImage> {
  // The option `colours` alone already asks for a palette.
  const options = palette ? { palette, colours: 8, effort: 1 } : {};
  const png = await picture().png(options).toBuffer();
  const chunks = chunksOf(png);
  const bytes = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  const table = chunks.find(({ type }) => type === "PLTE")?.data;
  const bits = (png[24] ?? 8) as 1 | 2 | 4 | 8;
  const colour = table === undefined ? "rgb" : { palette: table };
  return { ...PLAIN, filter: "FlateDecode", bytes, colour, bits, pngColours: palette ? 1 : 3 };
}

function chunksOf(png: Buffer): { readonly type: string; readonly data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({
      type: png.toString("latin1", at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + length),
    });
    at += length + 12;
  }
  return chunks;
}

/** Mean difference per sample, 0..255. */
export function difference(a: Buffer, b: Buffer): number {
  if (a.length !== b.length) return 255;
  let sum = 0;
  for (const [index, value] of a.entries()) sum += Math.abs(value - (b[index] ?? 0));
  return sum / a.length;
}
