import { PdfDamage } from "../../../pdf-syntax/damage.ts";
import { isKind, nameOf, type PdfDict, type PdfObject } from "../../../pdf-syntax/objects.ts";
import { type PdfPageNode, readPages } from "../../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../../pdf-syntax/pdf-file.ts";
import type { FormField } from "../form-fields.ts";
import type { Change, Comparison } from "./comparison.ts";
import { differingKeys, same } from "./strict.ts";

export interface BothForms {
  readonly before: readonly FormField[];
  readonly after: readonly FormField[];
}

/** More are not listed: the verdict stands. */
const ENOUGH = 50;
const INHERITED = ["Resources", "MediaBox", "CropBox", "Rotate"];
const ELSEWHERE = new Set(["Annots", "Parent", "Type", ...INHERITED]);
const METADATA = new Set(["LastModified", "Metadata", "PieceInfo", "StructParents", "Tabs", "Thumb"]);

/** Pages, and their annotations: they are compared where they stand, not wherever something points at them. */
export function pageAnchors(file: PdfFile): readonly number[] {
  const anchors: number[] = [];
  for (const { ref, dict } of readPages(file)) {
    const parent = dict.entries.get("Parent");
    for (const object of [ref, parent, ...file.array(dict.entries.get("Annots"))])
      if (isKind(object, "ref")) anchors.push(object.num);
    file.budget.spend();
  }
  return anchors;
}

/** Which pages there are, and what each shows. */
export function comparePages(comparison: Comparison, forms: BothForms): void {
  const [old, now] = [readPages(comparison.before), readPages(comparison.after)];
  const order = (pages: readonly PdfPageNode[]) => pages.map(({ ref }) => ref?.num).join(" ");
  if (order(old) !== order(now)) {
    const detail = "trang bị thêm, bớt hoặc đổi thứ tự (pages added, removed or reordered)";
    comparison.changes.push({ kind: "content", need: 9, detail });
  }
  const known = fieldNumbers(forms);
  for (const [index, page] of old.entries()) {
    const later = now[index];
    if (later === undefined || comparison.changes.length > ENOUGH) return;
    comparePage(comparison, index + 1, page, later);
    compareAnnotations(comparison, index + 1, [page.dict, later.dict], known);
  }
}

function comparePage(comparison: Comparison, number: number, old: PdfPageNode, now: PdfPageNode): void {
  const rest = ({ entries }: PdfDict): PdfDict => ({
    kind: "dict",
    entries: new Map([...entries].filter(([key]) => !ELSEWHERE.has(key))),
  });
  const keys = [
    ...INHERITED.filter((key) => !same(comparison, old.inherited.get(key), now.inherited.get(key))),
    ...differingKeys(comparison, rest(old.dict), rest(now.dict)),
  ];
  const shown = keys.filter((key) => !METADATA.has(key));
  if (shown.length > 0)
    comparison.changes.push({
      kind: "content",
      need: 9,
      detail: `trang ${number}: nội dung hoặc tài nguyên (page content or resources)`,
    });
  else if (keys.length > 0)
    comparison.changes.push({ kind: "metadata", need: 0, detail: "siêu dữ liệu của trang (page metadata)" });
}

interface KnownFields {
  readonly before: ReadonlySet<number>;
  readonly after: ReadonlySet<number>;
}

function fieldNumbers(forms: BothForms): KnownFields {
  const numbers = (fields: readonly FormField[]) =>
    new Set(
      fields.flatMap(({ number, widgets }) => (number === undefined ? [...widgets] : [number, ...widgets])),
    );
  return { before: numbers(forms.before), after: numbers(forms.after) };
}

/** Fields are compared with the form; here are those that came or went, and all other annotations. */
function compareAnnotations(
  comparison: Comparison,
  page: number,
  [old, now]: readonly [PdfDict, PdfDict],
  fields: KnownFields,
): void {
  const { before, after } = comparison;
  const earlier = before.array(old.entries.get("Annots"));
  const later = after.array(now.entries.get("Annots"));
  if (earlier.length + later.length > MAX_ANNOTATIONS) throw new PdfDamage("too many annotations");
  const [had, has] = [numbersOf(earlier), numbersOf(later)];
  for (const object of earlier) {
    if (isKind(object, "ref") && has.has(object.num)) compareAnnotation(comparison, page, object.num, fields);
    else if (isKind(object, "ref")) removed(comparison, page, object.num, fields);
  }
  for (const num of has) if (!had.has(num) && !fields.after.has(num)) added(comparison, page, num);
  const direct = (items: readonly PdfObject[]): PdfObject => ({
    kind: "array",
    items: items.filter((item) => !isKind(item, "ref")),
  });
  if (!same(comparison, direct(earlier), direct(later)))
    comparison.changes.push(annotation(`trang ${page}: chú thích bị đổi (annotation changed)`, 3));
}

const MAX_ANNOTATIONS = 100_000;

function numbersOf(items: readonly PdfObject[]): ReadonlySet<number> {
  return new Set(items.flatMap((item) => (isKind(item, "ref") ? [item.num] : [])));
}

function compareAnnotation(comparison: Comparison, page: number, num: number, fields: KnownFields): void {
  if (fields.before.has(num) && fields.after.has(num)) return;
  const { before, after } = comparison;
  const ref = { kind: "ref", num, gen: 0 } as const;
  const keys = differingKeys(comparison, before.dict(ref), after.dict(ref));
  if (keys.length === 0) return;
  const acts = keys.some((key) => ["A", "AA", "Dest", "Subtype"].includes(key));
  comparison.changes.push(
    acts
      ? { kind: "content", need: 9, detail: `trang ${page}: đích của liên kết (link or action)` }
      : annotation(`trang ${page}: chú thích bị đổi (annotation changed)`, 3),
  );
}

function removed(comparison: Comparison, page: number, num: number, fields: KnownFields): void {
  comparison.changes.push(
    fields.before.has(num)
      ? {
          kind: "content",
          need: 9,
          detail: `trang ${page}: ô biểu mẫu hoặc hình chữ ký bị gỡ (field removed)`,
        }
      : annotation(`trang ${page}: chú thích bị gỡ (annotation removed)`, 3),
  );
}

function added(comparison: Comparison, page: number, num: number): void {
  const { after } = comparison;
  const subtype = nameOf(after.get(after.dict({ kind: "ref", num, gen: 0 }), "Subtype"));
  const what = subtype !== undefined && /^\w{1,20}$/u.test(subtype) ? ` /${subtype}` : "";
  comparison.changes.push(annotation(`trang ${page}: thêm chú thích${what} (annotation added)`, 3));
}

function annotation(detail: string, need: 3): Change {
  return { kind: "annotation", need, detail };
}
