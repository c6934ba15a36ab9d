import { PdfDamage } from "../../pdf-syntax/damage.ts";
import type { PdfObject, PdfRef } from "../../pdf-syntax/objects.ts";
import { isInteger, isKind, nameOf } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode, Rectangle } from "../../pdf-syntax/page-tree.ts";
import { readPages } from "../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { type FormFields, inheritedFrom, readFields } from "./form-fields.ts";

/** What an appended signature must know of a file. */
export interface PdfLayout {
  readonly catalog: PdfRef;
  readonly page: PdfRef;
  readonly box: PageBox;
  /** Boxes of signatures on page 1, signed or still empty, in its own coordinates. */
  readonly taken: readonly Rectangle[];
  readonly form: FormFields;
}

/** Visible area in user space units, and how the page is shown. */
export interface PageBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rotate: 0 | 90 | 180 | 270;
  /** Points a unit. */
  readonly unit: number;
}

/** Reads the whole page tree and form: what cannot be read is never signed. Throws `PdfDamage`, `too_large`. */
export function readLayout(file: PdfFile): PdfLayout {
  const catalog = file.trailer.entries.get("Root");
  const [page] = readPages(file);
  if (!isKind(catalog, "ref")) throw new PdfDamage("the catalog is no object of its own");
  if (page === undefined) throw new PdfDamage("no pages");
  if (page.ref === undefined) throw new PdfDamage("a page is no object of its own");
  return {
    catalog,
    page: page.ref,
    box: pageBox(page),
    taken: signatureBoxes(file, page),
    form: readFields(file),
  };
}

function pageBox({ box: [left, bottom, right, top], rotate, unit }: PdfPageNode): PageBox {
  return { x: left, y: bottom, width: right - left, height: top - bottom, rotate, unit };
}

const HIDDEN = 2;

function signatureBoxes(file: PdfFile, page: PdfPageNode): Rectangle[] {
  const boxes: Rectangle[] = [];
  for (const annotation of file.array(page.dict.entries.get("Annots"))) {
    const widget = file.dict(annotation);
    const flags = file.get(widget, "F");
    if (isInteger(flags) && (flags & HIDDEN) !== 0) continue;
    if (nameOf(file.get(widget, "Subtype")) !== "Widget") continue;
    if (nameOf(inheritedFrom(file, widget, "FT")) !== "Sig") continue;
    const box = rectangle(file, widget.entries.get("Rect"));
    if (box !== undefined) boxes.push(box);
  }
  return boxes;
}

/** Undefined when nothing of it is seen. */
function rectangle(file: PdfFile, object: PdfObject | undefined): Rectangle | undefined {
  const sides = file.array(object).map((item) => file.resolve(item));
  const [a, b, c, d] = sides;
  if (typeof a !== "number" || typeof b !== "number" || typeof c !== "number" || typeof d !== "number")
    return undefined;
  const box: Rectangle = [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
  return box[2] > box[0] && box[3] > box[1] ? box : undefined;
}
