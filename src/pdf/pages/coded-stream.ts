import type { CodedImage } from "../../domain/page-ports.ts";
import type { Decoded } from "../../pdf-syntax/filters.ts";
import type { PdfDict, PdfStream } from "../../pdf-syntax/objects.ts";
import { isInteger, isKind, nameOf } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { codecSize, isPlainJpx } from "./codec-head.ts";
import { readJp2Head } from "./jp2-head.ts";
import type { SimpleColour } from "./samples.ts";
import { invertedDecode, isBlackAndWhite, plainDecode } from "./samples.ts";

/** What is known of an image before its samples are. */
export interface ImageFacts {
  readonly file: PdfFile;
  readonly dict: PdfDict;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly colour: SimpleColour | undefined;
}

/**
 * The image's own bytes where a PDF/A-2 may hold them as they are although no image reader knows them outside a PDF:
 * JBIG2, JPEG 2000, CCITT of every kind, Flate. Undefined otherwise. `stream` is what `decoded` came from.
 */
export function codedStream(facts: ImageFacts, stream: PdfStream, decoded: Decoded): CodedImage | undefined {
  switch (decoded.codec) {
    case "JBIG2Decode":
      return jbig2Stream(facts, decoded);
    case "JPXDecode":
      return jpxStream(facts, decoded.bytes);
    case "CCITTFaxDecode":
      return faxStream(facts, decoded);
    case undefined:
      return flateStream(facts, stream);
    default:
      return undefined;
  }
}

/** Whether black and white change places; undefined for what is not black and white. */
function bilevelSense({ file, dict, colour }: ImageFacts): boolean | undefined {
  const turned = invertedDecode(file, dict);
  if (!turned && !plainDecode(file, dict, 1)) return undefined;
  // JPEG 2000 and fax streams may leave the colour space out; a stencil has none.
  if (colour === undefined || colour.kind === "gray") return turned;
  if (colour.kind !== "indexed") return undefined;
  const channels = colour.base === "gray" ? 1 : 3;
  return isBlackAndWhite(colour.table, channels) ? turned !== (colour.table[0] === 255) : undefined;
}

function jbig2Stream(facts: ImageFacts, { bytes, parms }: Decoded): CodedImage | undefined {
  const { file, width, height } = facts;
  const inverted = bilevelSense(facts);
  const size = codecSize("JBIG2Decode", bytes);
  // A page of unknown height (all ones) is told by its stripes.
  const fits = size?.width === width && (size.height === height || size.height === 0xffffffff);
  if (inverted === undefined || !fits) return undefined;
  const shared = file.get(parms, "JBIG2Globals");
  const globals = isKind(shared, "stream") ? file.decode(shared).bytes : undefined;
  const base = { filter: "JBIG2Decode", bytes, width, height, colour: "gray", bits: 1, inverted } as const;
  return globals === undefined ? base : { ...base, globals };
}

/** Enumerated colour spaces of JP2 (ISO 15444-1, table I.10) that PDF draws without a profile. */
const JP2_COLOURS: ReadonlyMap<number, { readonly colour: "rgb" | "gray"; readonly components: number }> =
  new Map([
    [16, { colour: "rgb", components: 3 }],
    [17, { colour: "gray", components: 1 }],
  ]);

/** ISO 19005-2, 6.2.8.3 allows more; what is plain sRGB or grey is certain to look the same. */
function jpxStream(facts: ImageFacts, bytes: Buffer): CodedImage | undefined {
  const { file, dict, width, height } = facts;
  const head = readJp2Head(bytes);
  const said = JP2_COLOURS.get(head?.colour ?? 0);
  const size = codecSize("JPXDecode", bytes);
  if (said === undefined || said.components !== head?.components || !plainDecode(file, dict, 1))
    return undefined;
  const agrees = facts.colour === undefined || facts.colour.kind === said.colour;
  if (!agrees || size?.width !== width || size.height !== height) return undefined;
  if (!isPlainJpx(bytes, said.components)) return undefined;
  return { filter: "JPXDecode", bytes, width, height, bits: 8, colour: said.colour };
}

function faxStream(facts: ImageFacts, { bytes, parms }: Decoded): CodedImage | undefined {
  const { file, width, height } = facts;
  const inverted = bilevelSense(facts);
  const value = (key: string): unknown => file.get(parms, key);
  const k = value("K") ?? 0;
  if (inverted === undefined || (value("Columns") ?? 1728) !== width || typeof k !== "number")
    return undefined;
  const fax = {
    k: Math.trunc(k),
    byteAlign: value("EncodedByteAlign") === true,
    endOfLine: value("EndOfLine") === true,
    endOfBlock: value("EndOfBlock") !== false,
  };
  const blackIs1 = value("BlackIs1") === true;
  return { filter: "CCITTFaxDecode", bytes, width, height, colour: "gray", bits: 1, blackIs1, inverted, fax };
}

/** Only a single Flate filter, with no predictor or PNG's: anything else is not written by us. */
function flateStream(facts: ImageFacts, stream: PdfStream): CodedImage | undefined {
  const { file, dict, width, height, bits, colour } = facts;
  const filters = file.get(dict, "Filter");
  const only =
    isKind(filters, "array") && filters.items.length === 1 ? file.resolve(filters.items[0]) : filters;
  const painted = colourOf(colour, bits);
  if (nameOf(only) !== "FlateDecode" || painted === undefined || !isBits(bits)) return undefined;
  if (!plainDecode(file, dict, colour?.kind === "indexed" ? (1 << bits) - 1 : 1)) return undefined;
  const channels = colour?.kind === "rgb" ? 3 : 1;
  const rows = rowsOf(facts, channels);
  if (rows === undefined) return undefined;
  const base = {
    filter: "FlateDecode",
    bytes: file.raw(stream),
    width,
    height,
    colour: painted,
    bits,
  } as const;
  return rows === "png" ? { ...base, pngColours: channels } : base;
}

function isBits(bits: number): bits is CodedImage["bits"] {
  return bits === 1 || bits === 2 || bits === 4 || bits === 8;
}

/** How the rows lie under the Flate code; undefined for predictors that are not PNG's. */
function rowsOf({ file, dict, width, bits }: ImageFacts, channels: 1 | 3): "plain" | "png" | undefined {
  const parms = file.get(dict, "DecodeParms");
  const own = file.dict(isKind(parms, "array") ? parms.items[0] : parms);
  const number = (key: string, otherwise: number): number => {
    const value = file.get(own, key);
    return isInteger(value) ? value : otherwise;
  };
  const predictor = number("Predictor", 1);
  if (predictor === 1) return "plain";
  const agrees =
    number("Colors", 1) === channels &&
    number("BitsPerComponent", 8) === bits &&
    number("Columns", 1) === width;
  return predictor >= 10 && predictor <= 15 && agrees ? "png" : undefined;
}

function colourOf(colour: SimpleColour | undefined, bits: number): CodedImage["colour"] | undefined {
  if (colour?.kind === "gray" || colour?.kind === "rgb") return colour.kind;
  if (colour?.kind !== "indexed") return undefined;
  const { base, table } = colour;
  const entries = Math.min(1 << bits, Math.floor(table.length / (base === "gray" ? 1 : 3)));
  if (entries === 0) return undefined;
  if (base === "rgb") return { palette: table.subarray(0, entries * 3) };
  return { palette: Buffer.from([...table.subarray(0, entries)].flatMap((value) => [value, value, value])) };
}
