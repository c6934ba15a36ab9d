import type { PageImage } from "../../domain/page-ports.ts";
import { OperationalError } from "../../domain/errors.ts";
import type { Decoded } from "../reader/filters.ts";
import type { PdfDict, PdfStream } from "../reader/objects.ts";
import { isInteger } from "../reader/objects.ts";
import type { PdfFile } from "../reader/pdf-file.ts";
import type { SimpleColour } from "./samples.ts";
import {
  expandIndexed,
  invertedDecode,
  plainDecode,
  scaleSamples,
  simpleColour,
  unpackSamples,
} from "./samples.ts";
import { bilevelTiff } from "./tiff.ts";

/** Bytes of plain samples: A2 at 300 dpi in colour. Above, the page is drawn at a resolution that fits. */
const MAX_RAW = 108_000_000;

interface Facts {
  readonly file: PdfFile;
  readonly dict: PdfDict;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly colour: SimpleColour;
}

/**
 * The image of a stream without drawing it: the codec's own bytes, or plain samples.
 * Undefined when only a renderer gets it right. Throws `PdfDamage`, `too_large`.
 */
export function embeddedImage(file: PdfFile, stream: PdfStream, maxPixels: number): PageImage | undefined {
  const { dict } = stream;
  const width = file.get(dict, "Width");
  const height = file.get(dict, "Height");
  if (!isInteger(width) || !isInteger(height) || width < 1 || height < 1) return undefined;
  if (width * height > maxPixels) throw new OperationalError("too_large", `${width}x${height} pixels`);
  if (["ImageMask", "Mask", "SMask"].some((key) => isSet(file, dict, key))) return undefined;
  const bits = file.get(dict, "BitsPerComponent");
  const colour = simpleColour(file, dict.entries.get("ColorSpace"));
  const facts = { file, dict, width, height, bits: isInteger(bits) ? bits : 8 };
  const decoded = file.decode(stream, width * height * 4 + height * 2 + 65_536);
  if (decoded.codec === "CCITTFaxDecode")
    return faxImage({ ...facts, colour: colour ?? { kind: "gray" } }, decoded);
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

function isBlackAndWhite(table: Buffer, channels: number): boolean {
  const first = table.subarray(0, channels);
  const second = table.subarray(channels, channels * 2);
  const all = (bytes: Buffer, value: number): boolean =>
    bytes.length === channels && bytes.every((byte) => byte === value);
  return (all(first, 0) && all(second, 255)) || (all(first, 255) && all(second, 0));
}
