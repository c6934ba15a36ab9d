import type { CodedImage, PageImage } from "../../domain/page-ports.ts";
import { OperationalError } from "../../domain/errors.ts";
import type { Decoded } from "../../pdf-syntax/filters.ts";
import type { PdfDict, PdfStream } from "../../pdf-syntax/objects.ts";
import { isInteger } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import type { CodecSize } from "./codec-head.ts";
import { codecSize } from "./codec-head.ts";
import type { ImageFacts } from "./coded-stream.ts";
import { codedStream } from "./coded-stream.ts";
import type { SimpleColour } from "./samples.ts";
import {
  expandIndexed,
  invertedDecode,
  isBlackAndWhite,
  plainDecode,
  scaleSamples,
  simpleColour,
  unpackSamples,
} from "./samples.ts";
import { bilevelTiff } from "./tiff.ts";

/** Bytes of plain samples: A2 at 300 dpi in colour. Above, the page is drawn at a resolution that fits. */
const MAX_RAW = 108_000_000;

type Facts = ImageFacts & { readonly colour: SimpleColour };

/** An image inside a PDF: pixels that image readers know, and bytes that a PDF may hold; either may be missing. */
export interface EmbeddedImage {
  readonly width: number;
  readonly height: number;
  readonly image?: PageImage;
  readonly coded?: CodedImage;
}

/**
 * The image of a stream without drawing it. Undefined when only a renderer gets it right: masks, odd sizes.
 * `stencil`: an image mask that is known to paint in black. Throws `PdfDamage`, `too_large`.
 */
export function embeddedImage(
  file: PdfFile,
  stream: PdfStream,
  maxPixels: number,
  stencil = false,
): EmbeddedImage | undefined {
  const { dict } = stream;
  const size = imageSize(file, dict);
  if (size === undefined) return undefined;
  checkSize(size, maxPixels);
  if (["Mask", "SMask"].some((key) => isSet(file, dict, key))) return undefined;
  if (isSet(file, dict, "ImageMask") && !stencil) return undefined;
  const { width, height } = size;
  const decoded = file.decode(stream, width * height * 4 + height * 2 + 65_536);
  const inside = codecSize(decoded.codec, decoded.bytes);
  if (inside !== undefined) checkSize(inside, maxPixels);
  const bits = file.get(dict, "BitsPerComponent");
  const colour = stencil ? GREY : simpleColour(file, dict.entries.get("ColorSpace"));
  const facts = { file, dict, ...size, bits: stencil ? 1 : isInteger(bits) ? bits : 8, colour };
  const image = imageOf(facts, decoded);
  const coded = codedStream(facts, stream, decoded);
  return { ...size, ...(image && { image }), ...(coded && { coded }) };
}

const GREY: SimpleColour = { kind: "gray" };

/** Refuses an image before anything makes room for its pixels. Throws `too_large`. */
export function checkSize({ width, height }: CodecSize, maxPixels: number): void {
  if (width * height > maxPixels) throw new OperationalError("too_large", `${width}x${height} pixels`);
}

/** Size as the dictionary says it; undefined when it says none. */
export function imageSize(file: PdfFile, dict: PdfDict): CodecSize | undefined {
  const width = file.get(dict, "Width") ?? file.get(dict, "W");
  const height = file.get(dict, "Height") ?? file.get(dict, "H");
  return isInteger(width) && isInteger(height) && width > 0 && height > 0 ? { width, height } : undefined;
}

function imageOf(facts: ImageFacts, decoded: Decoded): PageImage | undefined {
  const { colour } = facts;
  if (decoded.codec === "CCITTFaxDecode") return faxImage({ ...facts, colour: colour ?? GREY }, decoded);
  if (colour === undefined) return undefined;
  if (decoded.codec === "DCTDecode") return jpegImage({ ...facts, colour }, decoded);
  return decoded.codec === undefined ? plainImage({ ...facts, colour }, decoded.bytes) : undefined;
}

function isSet(file: PdfFile, dict: PdfDict, key: string): boolean {
  const value = file.get(dict, key);
  return value !== null && value !== false;
}

function jpegImage({ file, dict, colour }: Facts, { bytes }: Decoded): PageImage | undefined {
  if (colour.kind === "indexed" || !plainDecode(file, dict, 1)) return undefined;
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  return { kind: "encoded", bytes, frame: 0 };
}

function faxImage(facts: Facts, { bytes, parms }: Decoded): PageImage | undefined {
  const { file, dict, width, height, colour } = facts;
  const value = (key: string): unknown => file.get(parms, key);
  const columns = value("Columns") ?? 1728;
  // Group 3 without end-of-line codes and byte-aligned Group 4 have no TIFF form: those are drawn.
  const group4 = typeof value("K") === "number" && Number(value("K")) < 0;
  if (!group4 || value("EncodedByteAlign") === true || columns !== width || colour.kind !== "gray")
    return undefined;
  if (!plainDecode(file, dict, 1) && !invertedDecode(file, dict)) return undefined;
  const inverted = (value("BlackIs1") === true) !== invertedDecode(file, dict);
  const tiff = bilevelTiff({ bytes, width, height, compression: 4, zeroIsWhite: !inverted });
  return { kind: "encoded", bytes: tiff, frame: 0 };
}

function plainImage(facts: Facts, bytes: Buffer): PageImage | undefined {
  const { width, height, bits, colour } = facts;
  if (![1, 2, 4, 8].includes(bits) || colour.kind === "cmyk") return undefined;
  if (colour.kind === "indexed") return indexedImage(facts, bytes, colour.base, colour.table);
  if (bits === 1 && colour.kind === "gray") return bilevelImage(facts, bytes);
  if (!plainDecode(facts.file, facts.dict, 1)) return undefined;
  const channels = colour.kind === "gray" ? 1 : 3;
  if (width * height * channels > MAX_RAW) return undefined;
  const samples = scaleSamples(unpackSamples(bytes, width * channels, height, bits), bits);
  return { kind: "raw", bytes: samples, width, height, channels };
}

function bilevelImage({ file, dict, width, height }: Facts, bytes: Buffer): PageImage | undefined {
  const inverted = invertedDecode(file, dict);
  if (!inverted && !plainDecode(file, dict, 1)) return undefined;
  return packed(bytes, width, height, inverted);
}

function packed(bytes: Buffer, width: number, height: number, zeroIsWhite: boolean): PageImage {
  const rows = bytes.subarray(0, Math.ceil(width / 8) * height);
  const tiff = bilevelTiff({ bytes: rows, width, height, compression: 1, zeroIsWhite });
  return { kind: "encoded", bytes: tiff, frame: 0 };
}

function indexedImage(
  { file, dict, width, height, bits }: Facts,
  bytes: Buffer,
  base: "gray" | "rgb",
  table: Buffer,
): PageImage | undefined {
  if (!plainDecode(file, dict, (1 << bits) - 1)) return undefined;
  const channels = base === "gray" ? 1 : 3;
  if (width * height * channels > MAX_RAW) return undefined;
  // Black and white by a palette stays 1 bit: an A4 page at 300 dpi is 1 MB so and 26 MB as RGB.
  if (bits === 1 && isBlackAndWhite(table, channels)) return packed(bytes, width, height, table[0] === 255);
  const samples = expandIndexed(unpackSamples(bytes, width, height, bits), table, channels);
  return { kind: "raw", bytes: samples, width, height, channels };
}
