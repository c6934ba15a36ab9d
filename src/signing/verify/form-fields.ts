import { OperationalError } from "../../domain/errors.ts";
import { isInteger, isKind, nameOf, type PdfDict, type PdfObject } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";

/** A field of the form that has a value of its own; its widgets may be the field itself or its kids. */
export interface FormField {
  /** Object number; undefined when it stands directly in its parent, which the format forbids. */
  readonly number: number | undefined;
  /** Full name, parts joined by dots. */
  readonly name: string;
  readonly dict: PdfDict;
  /** FT, inherited when need be: `Sig`, `Tx`, `Btn`, `Ch`. */
  readonly type: string;
  /** Ff, inherited. */
  readonly flags: number;
  /** Kids that are widgets without a name of their own. */
  readonly widgets: readonly number[];
}

const MAX_FIELDS = 20_000;
const MAX_DEPTH = 32;

interface Visit {
  readonly object: PdfObject;
  readonly name: string;
  readonly type: string;
  readonly flags: number;
  readonly depth: number;
}

/** Each revision is asked for its signatures, and compared with the one before it and the one behind it. */
const known = new WeakMap<PdfFile, readonly FormField[]>();

/** Every terminal field of the form, each once, in the form's order. Throws `PdfDamage`, `too_large`. */
export function readFields(file: PdfFile): readonly FormField[] {
  const fields = known.get(file) ?? terminalFields(file);
  known.set(file, fields);
  return fields;
}

function terminalFields(file: PdfFile): readonly FormField[] {
  const catalog = file.dict(file.trailer.entries.get("Root"));
  const form = file.dict(catalog.entries.get("AcroForm"));
  const fields: FormField[] = [];
  const seen = new Set<number>();
  const above = { name: "", type: "", flags: 0, depth: 0 };
  const waiting: Visit[] = [];
  for (const object of file.array(form.entries.get("Fields")).toReversed())
    waiting.push({ object, ...above });
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { object, depth } = visit;
    const number = isKind(object, "ref") ? object.num : undefined;
    if (depth > MAX_DEPTH || (number !== undefined && seen.has(number))) continue;
    if (number !== undefined) seen.add(number);
    if (seen.size + fields.length > MAX_FIELDS) throw new OperationalError("too_large", "form fields");
    const { field, kids } = readField(file, visit, number);
    if (kids.length === 0) fields.push(field);
    for (const kid of kids.toReversed()) {
      const { name, type, flags } = field;
      waiting.push({ object: kid, name, type, flags, depth: depth + 1 });
    }
  }
  return fields;
}

/** Kids with a /T are fields; those without are widgets of this one (ISO 32000-1, 12.7.3.2). */
function readField(file: PdfFile, above: Visit, number: number | undefined) {
  const dict = file.dict(above.object);
  const flags = file.get(dict, "Ff");
  const kids = file.array(dict.entries.get("Kids"));
  const named = new Set(kids.filter((kid) => file.dict(kid).entries.has("T")));
  const field: FormField = {
    number,
    name: [above.name, textOf(file.get(dict, "T"))].filter((part) => part !== "").join("."),
    dict,
    type: nameOf(file.get(dict, "FT")) ?? above.type,
    flags: isInteger(flags) ? flags : above.flags,
    widgets: kids.flatMap((kid) => (isKind(kid, "ref") && !named.has(kid) ? [kid.num] : [])),
  };
  return { field, kids: [...named] };
}

/** A text string: UTF-16 with its mark, UTF-8 with its mark, else as Latin-1. */
export function textOf(object: PdfObject | undefined): string {
  if (!isKind(object, "string")) return "";
  const { bytes } = object;
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString("utf16le");
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString("utf8", 3);
  return bytes.toString("latin1");
}
