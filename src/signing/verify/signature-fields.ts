import type { ByteSource } from "../../pdf-syntax/byte-source.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import { isInteger, isKind, nameOf, type PdfDict } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { type FormField, readFields, textOf } from "./form-fields.ts";
import { type Permissions, readPermissions } from "./permissions.ts";
import { type PlacedEntry, placedDictionary, placedObject } from "./placed-dictionary.ts";

/** The value of a signed signature field, with the places of what matters in it. */
export interface PlacedSignature {
  readonly field: FormField;
  /** File offset of the /ByteRange key; what one signature is told from another by. Negative when there is none. */
  readonly at: number;
  /** Empty when it is no plain array of whole numbers. */
  readonly ranges: readonly number[];
  /** File offsets of the /Contents string, brackets included; undefined when it is no string of its own. */
  readonly contents: { readonly start: number; readonly end: number } | undefined;
  readonly subFilter: string;
  /** Text of /M. */
  readonly date: string;
  readonly permissions: Permissions;
  /** What is wrong with the dictionary itself. */
  readonly fault: string | undefined;
}

const TWICE = "Từ điển chữ ký có khóa lặp (duplicate keys)";
const PACKED = "Chữ ký nằm trong object stream (signature in an object stream)";
const UNREADABLE = "Không đọc được từ điển chữ ký (damaged signature dictionary)";
const NO_RANGE = "Chữ ký không có ByteRange (no byte range)";
const SHARED = "Nhiều trường dùng chung một chữ ký (one signature value for several fields)";

/** Signed signature fields of one revision. Throws `PdfDamage`, `too_large`. */
export function signatureFields(file: PdfFile): readonly PlacedSignature[] {
  const signed = readFields(file)
    .filter(({ type, dict }) => type === "Sig" && isKind(file.get(dict, "V"), "dict"))
    .map((field) => readValue(file, field));
  const places = signed.map(({ at }) => at);
  return signed.map((one, index) =>
    one.at >= 0 && places.some((at, other) => other !== index && at === one.at)
      ? { ...one, fault: SHARED }
      : one,
  );
}

function readValue(file: PdfFile, field: FormField): PlacedSignature {
  const dict = file.dict(field.dict.entries.get("V"));
  const placed = entriesOf(file, field);
  if (typeof placed === "string") return unplaced(file, field, dict, placed);
  const find = (key: string) => placed.findLast((one) => one.key === key);
  const range = find("ByteRange");
  const contents = find("Contents");
  const keys = placed.map(({ key }) => key);
  const fault = new Set(keys).size < keys.length ? TWICE : range === undefined ? NO_RANGE : undefined;
  return {
    ...unplaced(file, field, dict, fault),
    at: range?.keyAt ?? -1,
    ranges: rangesOf(file.source, range),
    contents: isKind(contents?.value, "string") ? contents : undefined,
  };
}

function unplaced(
  file: PdfFile,
  field: FormField,
  dict: PdfDict,
  fault: string | undefined,
): PlacedSignature {
  return {
    field,
    at: -1,
    ranges: [],
    contents: undefined,
    subFilter: nameOf(file.get(dict, "SubFilter")) ?? "",
    date: textOf(file.get(dict, "M")),
    permissions: readPermissions(file, dict, field.dict),
    fault,
  };
}

/** The dictionary's entries with their places, or why it has none. */
function entriesOf(file: PdfFile, field: FormField): readonly PlacedEntry[] | string {
  const value = field.dict.entries.get("V");
  try {
    if (isKind(value, "ref")) return objectEntries(file, value.num);
    if (field.number === undefined) return UNREADABLE;
    const own = objectEntries(file, field.number);
    if (typeof own === "string") return own;
    const inner = own.findLast(({ key }) => key === "V");
    return inner === undefined ? UNREADABLE : placedDictionary(file.source, inner.start);
  } catch (error) {
    if (error instanceof PdfDamage) return UNREADABLE;
    throw error;
  }
}

function objectEntries(file: PdfFile, number: number): readonly PlacedEntry[] | string {
  const place = file.places.get(number);
  if (place?.at === "stream") return PACKED;
  return place?.at === "file" ? placedObject(file.source, place.offset) : UNREADABLE;
}

function rangesOf(source: ByteSource, range: PlacedEntry | undefined): readonly number[] {
  if (!isKind(range?.value, "array")) return [];
  // 12.0 is no whole number as it is written: others do not verify such a signature.
  const text = source.read(range.start, range.end - range.start).toString("latin1");
  if (text.replaceAll(/%[^\r\n]*/gu, "").includes(".")) return [];
  const numbers = range.value.items.filter(isInteger);
  return numbers.length === range.value.items.length ? numbers : [];
}
