import type { CodedImage, PlacedImage } from "../../domain/page-ports.ts";
import type { Source } from "../decode.ts";
import { g4Strip } from "../g4.ts";
import { isPlainJpeg, readJpegHead } from "../jpeg-head.ts";
import { readPngChunks, readPngHead } from "../png-chunks.ts";
import { readTags } from "../tiff-directory.ts";

/** The source's own bytes as a PDF stream, where PDF knows the codec; undefined otherwise. */
export async function ownBytes(
  page: PlacedImage,
  source: Source | undefined,
): Promise<CodedImage | undefined> {
  if (page.stream !== undefined) return page.stream;
  if (source === undefined) return undefined;
  if (source.format === "jpeg") return jpegBytes(source);
  if (source.format === "png") return pngBytes(source);
  if (source.tiff === undefined) return undefined;
  const { file, frame } = source.tiff;
  const strip = await g4Strip(source.bytes, file, frame, await readTags(source.bytes, file, frame));
  return strip && { filter: "CCITTFaxDecode", colour: "gray", bits: 1, ...strip };
}

async function jpegBytes({ bytes }: Source): Promise<CodedImage | undefined> {
  const head = await readJpegHead(bytes);
  if (!isPlainJpeg(head)) return undefined;
  return {
    filter: "DCTDecode",
    bytes: await bytes.read(0, bytes.size),
    width: head.width,
    height: head.height,
    colour: head.components === 1 ? "gray" : "rgb",
    bits: 8,
  };
}

async function pngBytes({ bytes }: Source): Promise<CodedImage | undefined> {
  return pngStream(await bytes.read(0, bytes.size));
}

/** PDF's predictor 15 reads PNG rows as they are; interlace and transparency it does not know. */
export function pngStream(png: Buffer): CodedImage | undefined {
  const { width, height, bits, colourType, interlaced } = readPngHead(png.subarray(0, 33));
  if (interlaced || !isPdfBits(bits) || ![0, 2, 3].includes(colourType)) return undefined;
  const { data, palette, transparent } = readPngChunks(png);
  if (transparent || data.length === 0) return undefined;
  const base = { filter: "FlateDecode", bytes: data, width, height, bits } as const;
  if (colourType === 2) return { ...base, colour: "rgb", pngColours: 3 };
  if (colourType === 0) return { ...base, colour: "gray", pngColours: 1 };
  return palette && { ...base, colour: { palette: Buffer.from(palette) }, pngColours: 1 };
}

/** Grey of one bit, or a palette of black and white. */
export function isOneBitPng(png: Buffer): boolean {
  const stream = pngStream(png);
  if (stream?.bits !== 1) return false;
  if (typeof stream.colour !== "object") return stream.colour === "gray";
  const colours = [...stream.colour.palette];
  return colours.length <= 6 && [colours.slice(0, 3), colours.slice(3)].every((colour) => isExtreme(colour));
}

const isExtreme = (colour: readonly number[]): boolean =>
  colour.every((value) => value === colour[0] && (value === 0 || value === 255));

function isPdfBits(bits: number): bits is 1 | 2 | 4 | 8 {
  return bits === 1 || bits === 2 || bits === 4 || bits === 8;
}
