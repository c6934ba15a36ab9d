import { PdfDamage } from "../../../pdf-syntax/damage.ts";
import { isKind, nameOf, type PdfDict, type PdfObject } from "../../../pdf-syntax/objects.ts";
import type { PdfPageNode } from "../../../pdf-syntax/page-tree.ts";
import { printObject } from "../../../pdf-syntax/print-object.ts";
import type { FormField } from "../form-fields.ts";
import type { BothForms } from "./compare-pages.ts";
import type { Change, Comparison } from "./comparison.ts";
import { coversText } from "./draws.ts";
import { differingKeys, same } from "./strict.ts";

/** Numbers of what may stand among annotations. */
export interface AnnotationPlaces {
  /** Fields and their widgets. */
  readonly before: ReadonlySet<number>;
  readonly after: ReadonlySet<number>;
  /** Those of `before` that carry a value, a signature for example. */
  readonly filled: ReadonlySet<number>;
  /** On any page of the earlier revision. */
  readonly placed: ReadonlySet<number>;
}

const MAX_ANNOTATIONS = 100_000;

export function annotationPlaces(
  { before }: Comparison,
  pages: readonly PdfPageNode[],
  forms: BothForms,
): AnnotationPlaces {
  const numbers = (fields: readonly FormField[]) =>
    new Set(
      fields.flatMap(({ number, widgets }) => (number === undefined ? [...widgets] : [number, ...widgets])),
    );
  const placed = new Set<number>();
  for (const { dict } of pages)
    for (const num of numbersOf(before.array(dict.entries.get("Annots")))) placed.add(num);
  return {
    before: numbers(forms.before),
    after: numbers(forms.after),
    filled: numbers(forms.before.filter(({ dict }) => dict.entries.has("V"))),
    placed,
  };
}

/** Fields are compared with the form; here are those that came or went, and all other annotations. */
export function compareAnnotations(
  comparison: Comparison,
  page: number,
  [old, now]: readonly [PdfDict, PdfDict],
  places: AnnotationPlaces,
): void {
  const { before, after, changes } = comparison;
  const earlier = before.array(old.entries.get("Annots"));
  const later = after.array(now.entries.get("Annots"));
  if (earlier.length + later.length > MAX_ANNOTATIONS) throw new PdfDamage("too many annotations");
  const [had, has] = [numbersOf(earlier), numbersOf(later)];
  for (const object of earlier) {
    if (isKind(object, "ref") && has.has(object.num)) compareAnnotation(comparison, page, object.num, places);
    else if (isKind(object, "ref")) changes.push(removed(page, object.num, places));
  }
  for (const num of has) if (!had.has(num)) changes.push(...added(comparison, page, num, places));
  // What comes later lies over what came before it.
  if (common(earlier, has) !== common(later, had))
    changes.push(content(`trang ${page}: thứ tự chú thích bị đổi (order of annotations)`));
  const direct = (items: readonly PdfObject[]): PdfObject => ({
    kind: "array",
    items: items.filter((item) => !isKind(item, "ref")),
  });
  if (!same(comparison, direct(earlier), direct(later)))
    changes.push(annotation(`trang ${page}: chú thích bị đổi (annotation changed)`, true));
}

function common(items: readonly PdfObject[], others: ReadonlySet<number>): string {
  return items
    .filter((item) => isKind(item, "ref") && others.has(item.num))
    .map(printObject)
    .join(",");
}

function numbersOf(items: readonly PdfObject[]): ReadonlySet<number> {
  return new Set(items.flatMap((item) => (isKind(item, "ref") ? [item.num] : [])));
}

function compareAnnotation(
  comparison: Comparison,
  page: number,
  num: number,
  places: AnnotationPlaces,
): void {
  if (places.before.has(num) && places.after.has(num)) return;
  const { before, after } = comparison;
  const ref = { kind: "ref", num, gen: 0 } as const;
  const now = after.dict(ref);
  const keys = differingKeys(comparison, before.dict(ref), now);
  if (keys.length === 0) return;
  const acts = keys.some((key) => ["A", "AA", "Dest", "Subtype"].includes(key));
  comparison.changes.push(
    acts
      ? content(`trang ${page}: đích của liên kết (link or action)`)
      : annotation(`trang ${page}: chú thích bị đổi (annotation changed)`, coversText(after, now)),
  );
}

function removed(page: number, num: number, places: AnnotationPlaces): Change {
  return places.before.has(num)
    ? content(`trang ${page}: ô biểu mẫu hoặc hình chữ ký bị gỡ (field removed)`)
    : annotation(`trang ${page}: chú thích bị gỡ (annotation removed)`, false);
}

function added(
  { after }: Comparison,
  page: number,
  num: number,
  { before, after: later, filled, placed }: AnnotationPlaces,
): readonly Change[] {
  // Only what is new may come: a seal that was signed must not show up in another place.
  if (placed.has(num) || filled.has(num))
    return [content(`trang ${page}: hình chữ ký hoặc chú thích từ nơi khác (annotation moved)`)];
  if (before.has(num) || later.has(num)) return [];
  const dict = after.dict({ kind: "ref", num, gen: 0 });
  const subtype = nameOf(after.get(dict, "Subtype"));
  const what = subtype !== undefined && /^\w{1,20}$/u.test(subtype) ? ` /${subtype}` : "";
  const detail = `trang ${page}: thêm chú thích${what} (annotation added)`;
  return [annotation(detail, coversText(after, dict))];
}

function annotation(detail: string, covers: boolean): Change {
  return { kind: "annotation", need: 3, detail, covers };
}

function content(detail: string): Change {
  return { kind: "content", need: 9, detail };
}
