import { isKind, nameOf, type PdfDict, type PdfObject, type PdfRef } from "../../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../../pdf-syntax/pdf-file.ts";
import { printObject } from "../../../pdf-syntax/print-object.ts";
import type { Comparison } from "./comparison.ts";
import { differingKeys } from "./strict.ts";

interface Branch {
  /** Undefined when it stands directly in its parent. */
  readonly ref: PdfRef | undefined;
  readonly dict: PdfDict;
}

/** Nodes above the pages, in the tree's order. The tree must have been read once: it runs in no circle. */
export function pageBranches(file: PdfFile): readonly Branch[] {
  const branches: Branch[] = [];
  const root = file.dict(file.trailer.entries.get("Root")).entries.get("Pages");
  const waiting: PdfObject[] = [root ?? null];
  for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
    file.budget.spend();
    const dict = file.dict(object);
    if (nameOf(file.get(dict, "Type")) !== "Pages" && !dict.entries.has("Kids")) continue;
    branches.push({ ref: isKind(object, "ref") ? object : undefined, dict });
    waiting.push(...file.array(dict.entries.get("Kids")).toReversed());
  }
  return branches;
}

/**
 * The nodes above the pages must stay as they were: readers number, find and even drop pages by /Count, /Type and /Kids.
 */
export function comparePageTree(comparison: Comparison): void {
  const { before, after, changes } = comparison;
  const [old, now] = [pageBranches(before), pageBranches(after)];
  const equal =
    old.length === now.length &&
    old.every((branch, index) => {
      const later = now[index];
      return later !== undefined && sameBranch(comparison, branch, later);
    });
  if (!equal) changes.push({ kind: "content", need: 9, detail: "cây trang bị đổi (page tree)" });
}

function sameBranch(comparison: Comparison, old: Branch, now: Branch): boolean {
  const { before, after } = comparison;
  if (placeOf(old.ref) !== placeOf(now.ref)) return false;
  const kids = (file: PdfFile, { entries }: PdfDict) =>
    file.array(entries.get("Kids")).map(placeOf).join(" ");
  if (kids(before, old.dict) !== kids(after, now.dict)) return false;
  return differingKeys(comparison, withoutKids(old.dict), withoutKids(now.dict)).length === 0;
}

function withoutKids({ entries }: PdfDict): PdfDict {
  return { kind: "dict", entries: new Map([...entries].filter(([key]) => key !== "Kids")) };
}

function placeOf(object: PdfObject | undefined): string {
  return isKind(object, "ref") ? printObject(object) : "direct";
}
