import { isKind, type PdfObject } from "../../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../../pdf-syntax/pdf-file.ts";

/** Visits every object that some objects lead to, each once; `enter` says whether to go on behind it. */
export function walk(file: PdfFile, from: Iterable<PdfObject>, enter: (num: number) => boolean): void {
  const seen = new Set<number>();
  const waiting: PdfObject[] = [...from];
  for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
    file.budget.spend();
    if (isKind(object, "ref")) {
      if (seen.has(object.num)) continue;
      seen.add(object.num);
      if (!enter(object.num)) continue;
    }
    for (const part of partsOf(file.resolve(object))) waiting.push(part);
  }
}

function partsOf(value: PdfObject): Iterable<PdfObject> {
  if (isKind(value, "array")) return value.items.filter(isCompound);
  if (isKind(value, "dict")) return [...value.entries.values()].filter(isCompound);
  return isKind(value, "stream") ? [...value.dict.entries.values()].filter(isCompound) : [];
}

function isCompound(object: PdfObject): boolean {
  return isKind(object, "ref") || isKind(object, "array") || isKind(object, "dict");
}
