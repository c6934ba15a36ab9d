import { OperationalError } from "../../domain/errors.ts";
import type { PdfDict, PdfObject } from "../../pdf-syntax/objects.ts";
import { isKind, nameOf } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";

/** The form of a file as far as a further signature must know it. */
export interface FormFields {
  /** Of the fields at its root. */
  readonly names: readonly string[];
  readonly signed: readonly SignedField[];
}

export interface SignedField {
  /** Its signature dictionary. */
  readonly signature: PdfDict;
  /** What signing it locked (/Lock); empty when nothing is said. */
  readonly lock: PdfDict;
}

/** Forms of real papers have up to a few hundred. */
const MAX_FIELDS = 50_000;
const MAX_DEPTH = 48;

interface Visit {
  readonly object: PdfObject;
  readonly depth: number;
}

/** Walks all fields of the form. Throws `unsupported_format` for XFA, `too_large`, `PdfDamage`. */
export function readFields(file: PdfFile): FormFields {
  const form = file.dict(file.dict(file.trailer.entries.get("Root")).entries.get("AcroForm"));
  // Viewers that know XFA show that form instead of the pages, and a signature outside it is lost to them.
  if (file.get(form, "XFA") !== null) throw new OperationalError("unsupported_format", "XFA form");
  const roots = file.array(form.entries.get("Fields"));
  const signed = new Map<PdfDict, SignedField>();
  const seen = new Set<number>();
  const waiting: Visit[] = roots.map((object) => ({ object, depth: 0 })).toReversed();
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { object, depth } = visit;
    if (isKind(object, "ref") && seen.has(object.num)) continue;
    if (isKind(object, "ref")) seen.add(object.num);
    if (seen.size > MAX_FIELDS || depth > MAX_DEPTH) throw new OperationalError("too_large", "form fields");
    const field = file.dict(object);
    const kids = file.array(field.entries.get("Kids"));
    waiting.push(...kids.map((kid) => ({ object: kid, depth: depth + 1 })).toReversed());
    const value = signatureOf(file, field);
    if (value !== undefined)
      signed.set(value, { signature: value, lock: file.dict(inheritedFrom(file, field, "Lock")) });
  }
  return { names: roots.map((root) => nameText(file, root)), signed: [...signed.values()] };
}

/** Type, value and lock of a field may stand with one above it. */
export function inheritedFrom(file: PdfFile, field: PdfDict, key: string): PdfObject {
  let node = field;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const value = file.get(node, key);
    if (value !== null || !node.entries.has("Parent")) return value;
    node = file.dict(node.entries.get("Parent"));
  }
  return null;
}

function signatureOf(file: PdfFile, field: PdfDict): PdfDict | undefined {
  if (nameOf(inheritedFrom(file, field, "FT")) !== "Sig") return undefined;
  const value = inheritedFrom(file, field, "V");
  return isKind(value, "dict") ? value : undefined;
}

function nameText(file: PdfFile, root: PdfObject): string {
  const name = file.get(file.dict(root), "T");
  if (!isKind(name, "string")) return "";
  const { bytes } = name;
  const wide = bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0;
  return wide ? Buffer.from(bytes.subarray(2)).swap16().toString("utf16le") : bytes.toString("latin1");
}
