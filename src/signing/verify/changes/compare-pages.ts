import type { PdfDict } from "../../../pdf-syntax/objects.ts";
import { type PdfPageNode, readPages } from "../../../pdf-syntax/page-tree.ts";
import { printObject } from "../../../pdf-syntax/print-object.ts";
import type { FormField } from "../form-fields.ts";
import { annotationPlaces, compareAnnotations } from "./compare-annotations.ts";
import type { Comparison } from "./comparison.ts";
import { differingKeys, same } from "./strict.ts";

export interface BothForms {
  readonly before: readonly FormField[];
  readonly after: readonly FormField[];
}

/** More are not listed: the verdict stands. */
const ENOUGH = 50;
const INHERITED = ["Resources", "MediaBox", "CropBox", "Rotate"];
const ELSEWHERE = new Set(["Annots", ...INHERITED]);
const METADATA = new Set(["LastModified", "Metadata", "PieceInfo", "StructParents", "Tabs", "Thumb"]);

/** Which pages there are, and what each shows. */
export function comparePages(comparison: Comparison, forms: BothForms): void {
  const [old, now] = [readPages(comparison.before), readPages(comparison.after)];
  const order = (pages: readonly PdfPageNode[]) =>
    pages.map(({ ref }) => (ref === undefined ? "" : printObject(ref))).join(",");
  if (order(old) !== order(now)) {
    const detail = "trang bị thêm, bớt hoặc đổi thứ tự (pages added, removed or reordered)";
    comparison.changes.push({ kind: "content", need: 9, detail });
  }
  const places = annotationPlaces(comparison, old, forms);
  for (const [index, page] of old.entries()) {
    const later = now[index];
    if (later === undefined || comparison.changes.length > ENOUGH) return;
    comparePage(comparison, index + 1, page, later);
    compareAnnotations(comparison, index + 1, [page.dict, later.dict], places);
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
