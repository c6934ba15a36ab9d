import { constants, inflateSync } from "node:zlib";
import { OperationalError } from "../domain/errors.ts";
import { ascii85, asciiHex, lzw, runLength } from "./old-filters.ts";
import { PdfDamage } from "./damage.ts";
import type { PdfDict, PdfObject } from "./objects.ts";
import { EMPTY_DICT, isInteger, isKind, nameOf } from "./objects.ts";
import { undoPredictor } from "./predictor.ts";

/** Follows references; readers that may not follow any pass the value through. */
export type Resolve = (object: PdfObject | undefined) => PdfObject;

export interface Decoded {
  readonly bytes: Buffer;
  /** The image codec that was left alone (DCTDecode, CCITTFaxDecode, JBIG2Decode, JPXDecode), if any. */
  readonly codec: string | undefined;
  readonly parms: PdfDict;
}

/** Content streams, object streams and tables of real papers stay below 10 MB. */
const MAX_DECODED = 64 * 1024 * 1024;
const CODECS = new Set(["DCTDecode", "CCITTFaxDecode", "JBIG2Decode", "JPXDecode"]);
const FULL_NAMES: ReadonlyMap<string, string> = new Map([
  ["A85", "ASCII85Decode"],
  ["AHx", "ASCIIHexDecode"],
  ["CCF", "CCITTFaxDecode"],
  ["DCT", "DCTDecode"],
  ["Fl", "FlateDecode"],
  ["LZW", "LZWDecode"],
  ["RL", "RunLengthDecode"],
]);

/** Undoes a stream's filters up to an image codec. Throws `PdfDamage`; `too_large` above `limit` bytes. */
export function decodeStream(raw: Buffer, dict: PdfDict, resolve: Resolve, limit = MAX_DECODED): Decoded {
  const filters = list(resolve(dict.entries.get("Filter") ?? dict.entries.get("F")), resolve);
  const parms = list(resolve(dict.entries.get("DecodeParms") ?? dict.entries.get("DP")), resolve);
  if (filters.length > 8) throw new PdfDamage("too many filters");
  let bytes = raw;
  for (const [index, filter] of filters.entries()) {
    const name = nameOf(filter) ?? "";
    const full = FULL_NAMES.get(name) ?? name;
    const parm = parms[index];
    const dictionary = isKind(parm, "dict") ? parm : EMPTY_DICT;
    if (CODECS.has(full)) return { bytes, codec: full, parms: dictionary };
    bytes = undoFilter(full, bytes, numbersOf(dictionary, resolve), limit);
  }
  return { bytes, codec: undefined, parms: EMPTY_DICT };
}

function undoFilter(name: string, bytes: Buffer, parms: ReadonlyMap<string, number>, limit: number): Buffer {
  switch (name) {
    case "FlateDecode":
      return undoPredictor(inflate(bytes, limit), parms);
    case "LZWDecode":
      return undoPredictor(lzw(bytes, parms.get("EarlyChange") ?? 1, limit), parms);
    case "ASCII85Decode":
      return ascii85(bytes, limit);
    case "ASCIIHexDecode":
      return asciiHex(bytes);
    case "RunLengthDecode":
      return runLength(bytes, limit);
    default:
      throw new PdfDamage("an unknown filter");
  }
}

function inflate(bytes: Buffer, limit: number): Buffer {
  try {
    // Z_SYNC_FLUSH gives what there is of a stream without its end, as every viewer does.
    return inflateSync(bytes, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    if (error instanceof RangeError) throw new OperationalError("too_large", "stream", { cause: error });
    throw new PdfDamage("a broken Flate stream", { cause: error });
  }
}

function list(object: PdfObject, resolve: Resolve): PdfObject[] {
  if (object === null) return [];
  return isKind(object, "array") ? object.items.map((item) => resolve(item)) : [object];
}

function numbersOf(dict: PdfDict, resolve: Resolve): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [key, value] of dict.entries) {
    const number = resolve(value);
    if (isInteger(number)) numbers.set(key, number);
  }
  return numbers;
}
