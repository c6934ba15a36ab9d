import { isInteger, isKind, nameOf, type PdfDict, type PdfStream } from "../../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../../pdf-syntax/pdf-file.ts";

const HIDDEN = 0x02;
/** An empty appearance is a few bytes. */
const MAX_EMPTY = 4096;

/** Whether a widget or another annotation puts something on its page; in doubt it does. */
export function drawsSomething(file: PdfFile, annotation: PdfDict): boolean {
  const flags = file.get(annotation, "F");
  if (isInteger(flags) && (flags & HIDDEN) !== 0) return false;
  if (!hasArea(file, annotation)) return false;
  return looksOf(file, annotation).some((look) => !isEmpty(file, look)) || isPainted(file, annotation);
}

/** These are seen without an appearance of their own: their colour is in the dictionary. */
const PAINTED = new Set([
  "Circle",
  "FreeText",
  "Ink",
  "Line",
  "Polygon",
  "PolyLine",
  "Redact",
  "RichMedia",
  "Screen",
  "Square",
  "Stamp",
  "Watermark",
]);

/** Whether an annotation may hide what was signed, or put other words over it. */
export function coversText(file: PdfFile, annotation: PdfDict): boolean {
  const subtype = nameOf(file.get(annotation, "Subtype")) ?? "";
  return drawsSomething(file, annotation) || (PAINTED.has(subtype) && hasArea(file, annotation));
}

function hasArea(file: PdfFile, annotation: PdfDict): boolean {
  const numbers = file.array(annotation.entries.get("Rect")).map((item) => file.resolve(item));
  const [a, b, c, d] = numbers;
  if (typeof a !== "number" || typeof b !== "number" || typeof c !== "number" || typeof d !== "number")
    return true;
  return a !== c && b !== d;
}

/** Square points: a quarter of A4. The largest box of a signed paper of the corpus has 16,800. */
const PAGE_FILLING = 125_000;

/** Whether a signature's box is no seal and no caption but a page of its own ("sneaky signature" over a certified paper). */
export function fillsPage(file: PdfFile, annotation: PdfDict): boolean {
  const numbers = file.array(annotation.entries.get("Rect")).map((item) => file.resolve(item));
  const [a, b, c, d] = numbers.map((one) => (typeof one === "number" ? one : Number.NaN));
  const area = Math.abs(((c ?? Number.NaN) - (a ?? Number.NaN)) * ((d ?? Number.NaN) - (b ?? Number.NaN)));
  return !(area < PAGE_FILLING);
}

/** All its appearances: readers show them by state. */
function looksOf(file: PdfFile, annotation: PdfDict): readonly PdfStream[] {
  const values = [...file.dict(annotation.entries.get("AP")).entries.values()].map((one) =>
    file.resolve(one),
  );
  const states = values.flatMap((value) =>
    isKind(value, "dict") ? [...value.entries.values()].map((one) => file.resolve(one)) : [value],
  );
  return states.filter((one) => isKind(one, "stream"));
}

/** Nothing but comments and saved states. */
function isEmpty(file: PdfFile, look: PdfStream): boolean {
  const length = file.get(look.dict, "Length");
  if (length === 0) return true;
  if (!isInteger(length) || length > MAX_EMPTY) return false;
  const { bytes } = file.decode(look, MAX_EMPTY);
  return bytes.length < MAX_EMPTY && /^(?:%[^\r\n]*|[\0\s]|q|Q|n)*$/u.test(bytes.toString("latin1"));
}

/** Readers draw background and border of a field without an appearance. */
function isPainted(file: PdfFile, annotation: PdfDict): boolean {
  const look = file.dict(annotation.entries.get("MK"));
  return ["BG", "BC", "CA", "I"].some((key) => {
    const value = file.get(look, key);
    return value !== null && !(isKind(value, "array") && value.items.length === 0);
  });
}
