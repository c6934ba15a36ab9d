import { isKind, nameOf, type PdfObject } from "../../../pdf-syntax/objects.ts";
import { readPages } from "../../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../../pdf-syntax/pdf-file.ts";
import type { FormField } from "../form-fields.ts";
import { pageBranches } from "./compare-page-tree.ts";
import type { Comparison } from "./comparison.ts";
import { walk } from "./walk.ts";

/**
 * Marks what is compared where it stands, not wherever something points at it: the catalog, the form, pages and the nodes
 * above them, fields, annotations. Only dictionaries: a stream's bytes count wherever it is named. What pages draw with is
 * no anchor either, though it be listed among the annotations.
 */
export function setAnchors({ before, anchors }: Comparison, fields: readonly FormField[]): void {
  const pages = readPages(before);
  const fixed = new Set<number>();
  const add = (set: Set<number>, object: PdfObject | undefined) => {
    if (isKind(object, "ref") && isKind(before.resolve(object), "dict")) set.add(object.num);
  };
  const catalog = before.trailer.entries.get("Root");
  for (const object of [catalog, before.dict(catalog).entries.get("AcroForm")]) add(anchors, object);
  for (const { ref } of [...pageBranches(before), ...pages]) add(fixed, ref);
  for (const { number, widgets } of fields)
    for (const num of number === undefined ? widgets : [number, ...widgets])
      add(anchors, { kind: "ref", num, gen: 0 });
  for (const { dict } of pages)
    for (const object of before.array(dict.entries.get("Annots")))
      if (nameOf(before.get(before.dict(object), "Subtype")) !== undefined) add(anchors, object);
  walk(before, drawn(before, anchors, pages), (num) => {
    anchors.delete(num);
    return !fixed.has(num);
  });
  for (const num of fixed) anchors.add(num);
}

/** What pages and annotations draw with. */
function drawn(
  file: PdfFile,
  anchors: ReadonlySet<number>,
  pages: ReturnType<typeof readPages>,
): readonly PdfObject[] {
  const looks = [...anchors].flatMap(
    (num) => file.dict({ kind: "ref", num, gen: 0 }).entries.get("AP") ?? [],
  );
  const pageParts = pages.flatMap(({ dict, inherited }) => [
    dict.entries.get("Contents") ?? null,
    inherited.get("Resources") ?? null,
  ]);
  return [...looks, ...pageParts];
}
