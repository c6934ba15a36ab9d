import type { PdfImage, PlacedImage } from "../domain/page-ports.ts";
import { decoding, pixelsOf, withSource, type EncodedImage, type Source } from "./decode.ts";
import { encodeG4, g4Strip, isBilevel } from "./g4.ts";
import { isPlainJpeg, readJpegHead } from "./jpeg-head.ts";
import { stanceOf } from "./orientation.ts";
import { readPngChunks, readPngHead } from "./png-chunks.ts";
import { readTags } from "./tiff-directory.ts";

/** What the codecs give; how the page stands is added at the end. */
type Coded = Omit<PdfImage, "turn" | "mirrored">;

const JPEG_QUALITY = 90;

/**
 * The page as a PDF image stream. Pixels are never turned here: `width` and `height` are those of the stored image, and
 * to stand upright it must first be mirrored left to right (if `mirrored`), then turned clockwise by `turn`.
 */
export async function encodePage(page: PlacedImage, maxPixels: number): Promise<PdfImage> {
  const { image } = page;
  if (image.kind === "raw") {
    const coded = await decoding("raw", () => asJpeg(page, undefined, maxPixels));
    return { ...coded, ...stanceOf(undefined, page.turn) };
  }
  return withSource(image, (source) =>
    decoding(source, async () => {
      const coded = (await passThrough(image, source)) ?? (await encodeAgain(page, source, maxPixels));
      // A PDF shows the image of a page without looking at its EXIF.
      const tag =
        page.how === "file" ? (await pixelsOf(image, source, maxPixels).metadata()).orientation : undefined;
      return { ...coded, ...stanceOf(tag, page.turn) };
    }),
  );
}

async function passThrough(image: EncodedImage, source: Source): Promise<Coded | undefined> {
  if (source.format === "jpeg") return passJpeg(source);
  if (source.format === "png") return passPng(source);
  if (source.tiff === undefined) return undefined;
  const { file, frame } = source.tiff;
  const strip = await g4Strip(source.bytes, file, frame, await readTags(source.bytes, file, frame));
  return strip && { filter: "CCITTFaxDecode", colour: "gray", bits: 1, ...strip, passedThrough: true };
}

async function passJpeg({ bytes }: Source): Promise<Coded | undefined> {
  const head = await readJpegHead(bytes);
  if (!isPlainJpeg(head)) return undefined;
  return {
    filter: "DCTDecode",
    bytes: await bytes.read(0, bytes.size),
    width: head.width,
    height: head.height,
    colour: head.components === 1 ? "gray" : "rgb",
    bits: 8,
    passedThrough: true,
  };
}

/** PDF's predictor 15 reads PNG rows as they are; interlace and transparency it does not know. */
async function passPng({ bytes }: Source): Promise<Coded | undefined> {
  const { width, height, bits, colourType, interlaced } = readPngHead(await bytes.read(0, 33));
  if (interlaced || !isPdfBits(bits) || ![0, 2, 3].includes(colourType)) return undefined;
  const { data, palette, transparent } = readPngChunks(await bytes.read(0, bytes.size));
  if (transparent || data.length === 0) return undefined;
  const base = { filter: "FlateDecode", bytes: data, width, height, bits, passedThrough: true } as const;
  if (colourType === 2) return { ...base, colour: "rgb", pngColours: 3 };
  if (colourType === 0) return { ...base, colour: "gray", pngColours: 1 };
  return palette && { ...base, colour: { palette: Buffer.from(palette) }, pngColours: 1 };
}

function isPdfBits(bits: number): bits is 1 | 2 | 4 | 8 {
  return bits === 1 || bits === 2 || bits === 4 || bits === 8;
}

async function encodeAgain(page: PlacedImage, source: Source, maxPixels: number): Promise<Coded> {
  const { tiff, bytes } = source;
  if (tiff === undefined || !isBilevel(await readTags(bytes, tiff.file, tiff.frame)))
    return asJpeg(page, source, maxPixels);
  const { data, info } = await pixelsOf(page.image, source, maxPixels)
    .extractChannel(0)
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const fax = await encodeG4(data, info.width, info.height);
  return { filter: "CCITTFaxDecode", colour: "gray", bits: 1, ...fax, passedThrough: false };
}

/** Quality 90 keeps a second generation free of visible loss; plain libjpeg settings because mozjpeg costs ten times as much. */
async function asJpeg(page: PlacedImage, source: Source | undefined, maxPixels: number): Promise<Coded> {
  const pixels = pixelsOf(page.image, source, maxPixels);
  const { space, channels } = await pixels.metadata();
  const grey = channels < 3 || space === "b-w" || space === "grey16";
  const { data, info } = await pixels
    .flatten({ background: "#fff" })
    .toColourspace(grey ? "b-w" : "srgb")
    .jpeg({ quality: JPEG_QUALITY, mozjpeg: false })
    .toBuffer({ resolveWithObject: true });
  return {
    filter: "DCTDecode",
    bytes: data,
    width: info.width,
    height: info.height,
    colour: info.channels === 1 ? "gray" : "rgb",
    bits: 8,
    passedThrough: false,
  };
}
