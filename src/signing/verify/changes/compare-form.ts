import { isInteger, isKind, nameOf, type PdfDict } from "../../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../../pdf-syntax/pdf-file.ts";
import type { FormField } from "../form-fields.ts";
import type { BothForms } from "./compare-pages.ts";
import type { Change, Comparison, Need } from "./comparison.ts";
import { drawsSomething, fillsPage } from "./draws.ts";
import { differingKeys, same } from "./strict.ts";

/** Whoever fills in or signs a field may write these; all others say where and what the field is. */
const FILLED = new Set([
  "AP",
  "AS",
  "DA",
  "DR",
  "F",
  "Ff",
  "I",
  "M",
  "MK",
  "NM",
  "P",
  "Parent",
  "Q",
  "RV",
  "TI",
  "V",
]);
/** Invisible, hidden, no view, toggled no view (ISO 32000-1, table 165). */
const HIDING = 0x01 | 0x02 | 0x20 | 0x100;
const PUSH_BUTTON = 1 << 16;

/** The form's fields and its own entries. */
export function compareForm(comparison: Comparison, forms: BothForms, old: PdfDict, now: PdfDict): void {
  const { before, after, changes } = comparison;
  const earlier = new Map(forms.before.map((field) => [keyOf(field), field]));
  const later = new Map(forms.after.map((field) => [keyOf(field), field]));
  for (const [key, field] of later) {
    const had = earlier.get(key);
    const change = had === undefined ? addedField(after, field) : changedField(comparison, had, field);
    if (change !== undefined) changes.push(change);
  }
  for (const [key, { name }] of earlier)
    if (!later.has(key)) changes.push(content(`trường ${shown(name)} bị gỡ (field removed)`, name));
  compareEntries(
    comparison,
    forms.before.some(inheritsLook),
    before.dict(old.entries.get("AcroForm")),
    after.dict(now.entries.get("AcroForm")),
  );
}

/** A field keeps its number; one without a number is known by its name. */
function keyOf({ number, name }: FormField): string {
  return number === undefined ? `name ${name}` : String(number);
}

function addedField(after: PdfFile, field: FormField): Change | undefined {
  const { name } = field;
  const covers = isVisible(after, field);
  if (field.type !== "Sig") {
    const detail = `thêm trường ${shown(name)} (field added)`;
    return { kind: "form_filled", need: 4, detail, field: name, covers };
  }
  return signed(after, field) ?? unsignedField(field, covers);
}

/** A picture in a field that nobody signed is put over the page by nobody. */
function unsignedField({ name }: FormField, covers: boolean): Change {
  if (!covers) return { kind: "form_filled", need: 2, detail: "thêm ô ký (signature field added)" };
  const detail = "ô ký chưa ký mà có hình (unsigned signature field with a picture)";
  return { kind: "form_filled", need: 4, detail, field: name, covers };
}

function signed(file: PdfFile, field: FormField): Change | undefined {
  const { dict, name } = field;
  const value = file.get(dict, "V");
  if (!isKind(value, "dict")) return undefined;
  if (nameOf(file.get(value, "SubFilter")) !== "ETSI.RFC3161") {
    const covers = widgetsOf(file, field).some((one) => fillsPage(file, one) && drawsSomething(file, one));
    const detail = `chữ ký ở trường ${shown(name)} (signature)`;
    return { kind: "signature", need: 2, detail, field: name, ...(covers && { covers }) };
  }
  // Anybody can have a time stamp made: it is always allowed, and so must show nothing.
  if (isVisible(file, field))
    return content("dấu thời gian có hình trên trang (time stamp with a picture)", name);
  return { kind: "time_stamp", need: 0, detail: "dấu thời gian của tài liệu (document time stamp)" };
}

function isVisible(file: PdfFile, field: FormField): boolean {
  return widgetsOf(file, field).some((one) => drawsSomething(file, one));
}

function widgetsOf(file: PdfFile, { dict, widgets }: FormField): readonly PdfDict[] {
  return [dict, ...widgets.map((num) => file.dict({ kind: "ref", num, gen: 0 }))].filter((one) =>
    ["AP", "MK", "Rect", "Subtype"].some((key) => one.entries.has(key)),
  );
}

function changedField(comparison: Comparison, old: FormField, now: FormField): Change | undefined {
  const { before, after } = comparison;
  const keys = changedKeys(comparison, old, now);
  if (keys.size === 0) return undefined;
  if (old.type === "Sig" && signed(before, old) !== undefined) return changedSignature(keys, old);
  if (!canBeFilled(old, keys) || hides(comparison, old, now))
    return content(`trường ${shown(old.name)} bị đổi (form field changed)`, old.name);
  const looks = keys.has("AP") || keys.has("MK");
  if (now.type === "Sig")
    return signed(after, now) ?? (looks && isVisible(after, now) ? unsignedField(now, true) : filled(old));
  if (!looks || (isText(old) && keys.has("V"))) return filled(old);
  return overlaid(old, isText(old) && !shownBefore(before, old));
}

/** Shown anew although nobody filled it in: how a prepared overlay is brought to light. Programs draw empty fields. */
function overlaid({ name }: FormField, firstLook: boolean): Change {
  const detail = `hình của trường ${shown(name)} bị đổi (appearance replaced)`;
  return firstLook
    ? { kind: "form_filled", need: 4, detail, field: name, covers: true }
    : content(detail, name);
}

/** Of the field and of those of its widgets that it still has. */
function changedKeys(comparison: Comparison, old: FormField, now: FormField): ReadonlySet<string> {
  const { before, after } = comparison;
  const keys = new Set(differingKeys(comparison, old.dict, now.dict));
  for (const num of now.widgets.filter((one) => old.widgets.includes(one))) {
    const ref = { kind: "ref", num, gen: 0 } as const;
    for (const key of differingKeys(comparison, before.dict(ref), after.dict(ref))) keys.add(key);
  }
  // An equal copy elsewhere in the file is another signature: its place is part of what was signed.
  if (old.type === "Sig" && placeOf(old) !== placeOf(now)) keys.add("V");
  return keys;
}

function placeOf({ dict }: FormField): number | undefined {
  const value = dict.entries.get("V");
  return isKind(value, "ref") ? value.num : undefined;
}

/** What was signed, its picture and its place must stay; back references may be written anew. */
function changedSignature(keys: ReadonlySet<string>, field: FormField): Change | undefined {
  if ([...keys].every((key) => ["M", "NM", "P", "Parent"].includes(key))) return undefined;
  return content(
    `chữ ký hoặc hình chữ ký ${shown(field.name)} bị đổi (signature appearance changed)`,
    field.name,
  );
}

function filled({ name }: FormField): Change {
  return { kind: "form_filled", need: 2, detail: `điền trường ${shown(name)} (form filled in)`, field: name };
}

function isText({ type, flags }: FormField): boolean {
  return type === "Tx" || type === "Ch" || (type === "Btn" && (flags & PUSH_BUTTON) === 0);
}

/** Check boxes and radio buttons are filled in by their state; in other fields it only brings another picture to light. */
function canBeFilled({ type, flags }: FormField, keys: ReadonlySet<string>): boolean {
  const toggles = type === "Btn" && (flags & PUSH_BUTTON) === 0;
  return [...keys].every((key) => FILLED.has(key) && (key !== "AS" || toggles));
}

function shownBefore(file: PdfFile, field: FormField): boolean {
  return widgetsOf(file, field).some((one) => file.dict(one.entries.get("AP")).entries.size > 0);
}

/** Showing what was hidden, or hiding what was shown. */
function hides({ before, after }: Comparison, old: FormField, now: FormField): boolean {
  const refs = [undefined, ...now.widgets.filter((num) => old.widgets.includes(num))];
  return refs.some((num) => {
    const ref = num === undefined ? undefined : ({ kind: "ref", num, gen: 0 } as const);
    const flags = (file: PdfFile, dict: PdfDict) => {
      const value = file.get(ref === undefined ? dict : file.dict(ref), "F");
      return (isInteger(value) ? value : 0) & HIDING;
    };
    return flags(before, old.dict) !== flags(after, now.dict);
  });
}

/** Text whose font and place are the form's to say: a default that comes later is what shows it. */
function inheritsLook({ type, dict }: FormField): boolean {
  return (type === "Tx" || type === "Ch") && !dict.entries.has("DA");
}

/** The form's own entries. Signing programs add defaults; those that were there must stay. */
function compareEntries(comparison: Comparison, inherited: boolean, old: PdfDict, now: PdfDict): void {
  const { before, after, changes } = comparison;
  const rest = ({ entries }: PdfDict): PdfDict => ({
    kind: "dict",
    entries: new Map([...entries].filter(([key]) => !["DR", "Fields", "SigFlags", "Type"].includes(key))),
  });
  for (const key of differingKeys(comparison, rest(old), rest(now))) {
    const change = entryChange(key, inherited || old.entries.has(key));
    if (change !== undefined) changes.push(change);
  }
  if (!keepsResources(comparison, before.dict(old.entries.get("DR")), after.dict(now.entries.get("DR"))))
    changes.push(content("tài nguyên của biểu mẫu (form resources)"));
}

function entryChange(key: string, counts: boolean): Change | undefined {
  if (key === "NeedAppearances") return formChange("cách hiện biểu mẫu (form display)", 2);
  if (["DA", "Q"].includes(key) && !counts) return undefined;
  return content("biểu mẫu bị đổi (form changed)");
}

function formChange(detail: string, need: Need): Change {
  return { kind: "form_filled", need, detail };
}

/** Every font and picture that the form named must be there as it was; more may have come. */
function keepsResources(comparison: Comparison, old: PdfDict, now: PdfDict): boolean {
  const { before, after } = comparison;
  return [...old.entries].every(([kind, value]) => {
    const named = before.resolve(value);
    const later = after.get(now, kind);
    if (!isKind(named, "dict") || !isKind(later, "dict")) return same(comparison, value, later);
    return [...named.entries].every(([name, one]) => same(comparison, one, later.entries.get(name)));
  });
}

function content(detail: string, field?: string): Change {
  return { kind: "content", need: 9, detail, ...(field === undefined ? {} : { field }) };
}

/** Field names come from the file: shortened, on one line. */
function shown(name: string): string {
  return `"${name.replaceAll(/[\p{Cc}\p{Cf}]/gu, " ").slice(0, 60)}"`;
}
