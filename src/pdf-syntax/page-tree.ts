import { OperationalError } from "../domain/errors.ts";
import { PdfDamage } from "./damage.ts";
import type { PdfDict, PdfObject, PdfRef } from "./objects.ts";
import { EMPTY_DICT, isInteger, isKind, nameOf } from "./objects.ts";
import type { PdfFile } from "./pdf-file.ts";

/** Left, bottom, right, top in user space units. */
export type Rectangle = readonly [number, number, number, number];

export interface PdfPageNode {
  /** Absent when the page stands directly in its parent, which the format forbids. */
  readonly ref: PdfRef | undefined;
  readonly dict: PdfDict;
  /** Its own and inherited /Resources, /MediaBox, /CropBox and /Rotate. */
  readonly inherited: ReadonlyMap<string, PdfObject>;
  readonly resources: PdfDict;
  /** Visible area: CropBox within MediaBox. */
  readonly box: Rectangle;
  /** Degrees clockwise the page is shown turned. */
  readonly rotate: 0 | 90 | 180 | 270;
  /** Points per user space unit. */
  readonly unit: number;
}

const MAX_PAGES = 20_000;
const MAX_DEPTH = 48;
const A4: Rectangle = [0, 0, 595.28, 841.89];
const INHERITED = ["Resources", "MediaBox", "CropBox", "Rotate"];

interface Visit {
  readonly object: PdfObject;
  readonly inherited: ReadonlyMap<string, PdfObject>;
  readonly depth: number;
}

/** All pages in order. Throws `PdfDamage` when the tree is no tree or a page is missing; `too_large`. */
export function readPages(file: PdfFile): readonly PdfPageNode[] {
  const root = file.dict(file.trailer.entries.get("Root")).entries.get("Pages");
  if (!isKind(file.resolve(root), "dict")) throw new PdfDamage("no page tree");
  const pages: PdfPageNode[] = [];
  const seen = new Set<number>();
  const waiting: Visit[] = [{ object: root ?? null, inherited: new Map(), depth: 0 }];
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    if (isKind(visit.object, "ref")) {
      if (seen.has(visit.object.num)) throw new PdfDamage("the page tree runs in a circle");
      seen.add(visit.object.num);
    }
    const node = file.resolve(visit.object);
    // Dropping what is missing would lose pages in silence.
    if (!isKind(node, "dict") || visit.depth > MAX_DEPTH) throw new PdfDamage("a page is missing");
    const inherited = inherit(node, visit.inherited);
    if (isBranch(file, node)) {
      const kids = file.array(node.entries.get("Kids"));
      if (kids.length > MAX_PAGES) throw new OperationalError("too_large", "pages");
      for (const kid of kids.toReversed()) waiting.push({ object: kid, inherited, depth: visit.depth + 1 });
    } else if (isLeaf(file, node)) pages.push(pageNode(file, visit.object, node, inherited));
    else throw new PdfDamage("a page is missing");
    if (pages.length > MAX_PAGES) throw new OperationalError("too_large", "pages");
  }
  return pages;
}

function isBranch(file: PdfFile, node: PdfDict): boolean {
  return nameOf(file.get(node, "Type")) === "Pages" || node.entries.has("Kids");
}

/** Some writers forget the compulsory /Type. */
function isLeaf(file: PdfFile, node: PdfDict): boolean {
  return (
    nameOf(file.get(node, "Type")) === "Page" || ["Contents", "MediaBox"].some((key) => node.entries.has(key))
  );
}

function inherit(node: PdfDict, above: ReadonlyMap<string, PdfObject>): ReadonlyMap<string, PdfObject> {
  if (!INHERITED.some((key) => node.entries.has(key))) return above;
  const own = new Map(above);
  for (const key of INHERITED) {
    const value = node.entries.get(key);
    if (value !== undefined) own.set(key, value);
  }
  return own;
}

function pageNode(
  file: PdfFile,
  object: PdfObject,
  dict: PdfDict,
  inherited: ReadonlyMap<string, PdfObject>,
): PdfPageNode {
  const media = rectangle(file, inherited.get("MediaBox")) ?? A4;
  const crop = rectangle(file, inherited.get("CropBox"));
  const rotate = file.resolve(inherited.get("Rotate"));
  const unit = file.get(dict, "UserUnit");
  const resources = inherited.get("Resources");
  return {
    ref: isKind(object, "ref") ? object : undefined,
    dict,
    inherited,
    resources: resources === undefined ? EMPTY_DICT : file.dict(resources),
    box: (crop === undefined ? undefined : intersect(media, crop)) ?? media,
    rotate: quarter(isInteger(rotate) ? rotate : 0),
    unit: typeof unit === "number" && unit >= 1 && unit <= 75_000 ? unit : 1,
  };
}

export function quarter(degrees: number): 0 | 90 | 180 | 270 {
  const turned = ((Math.round(degrees / 90) % 4) + 4) % 4;
  return ([0, 90, 180, 270] as const)[turned] ?? 0;
}

/** Four numbers in any corner order; undefined when it is none or has no area. */
function rectangle(file: PdfFile, object: PdfObject | undefined): Rectangle | undefined {
  const numbers = file.array(object).map((item) => file.resolve(item));
  const [a, b, c, d] = numbers;
  if (typeof a !== "number" || typeof b !== "number" || typeof c !== "number" || typeof d !== "number")
    return undefined;
  const box: Rectangle = [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
  return box[2] - box[0] > 0 && box[3] - box[1] > 0 ? box : undefined;
}

export function intersect(a: Rectangle, b: Rectangle): Rectangle | undefined {
  const box: Rectangle = [
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ];
  return box[2] > box[0] && box[3] > box[1] ? box : undefined;
}

/** Points of the page as shown, after rotation. */
export function paperSize(page: PdfPageNode): { readonly widthPt: number; readonly heightPt: number } {
  const width = (page.box[2] - page.box[0]) * page.unit;
  const height = (page.box[3] - page.box[1]) * page.unit;
  return page.rotate % 180 === 0
    ? { widthPt: width, heightPt: height }
    : { widthPt: height, heightPt: width };
}
