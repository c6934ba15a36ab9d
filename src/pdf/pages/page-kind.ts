import type { PdfPageInfo } from "../../domain/pdf-port.ts";
import { isKind, nameOf } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode } from "../../pdf-syntax/page-tree.ts";
import { paperSize } from "../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { readFormMarks, readMarks } from "./content.ts";
import { sharedCoverage } from "./coverage.ts";
import type { Marks } from "./marks.ts";

/** Signature captions on real signed scans: 70-240 characters. A page of body text has 1,000 and more. */
const CAPTION_CHARACTERS = 400;
/** A logo or seal in a digital document covers less than this share of the page. */
const CONTENT_SHARE = 0.1;
/** On a page of little text even a strip of an image may hold the rest of it. */
const SMALL_SHARE = 0.02;
const SCAN_SHARE = 0.8;

/** Decides what a page is by what it draws. Throws `PdfDamage`, `too_large`. */
export function pageInfo(file: PdfFile, page: PdfPageNode): PdfPageInfo {
  return { kind: kindOf(file, page, readMarks(file, page)), ...paperSize(page) };
}

/** What a page with these marks is. A scan with fields to fill in is no mere scan: they would be lost with its pixels. */
export function kindOf(file: PdfFile, page: PdfPageNode, marks: Marks): PdfPageInfo["kind"] {
  const kind = drawnKind(file, page, marks);
  return kind === "scan" && hasFields(file, page) ? "mixed" : kind;
}

function drawnKind(file: PdfFile, page: PdfPageNode, marks: Marks): PdfPageInfo["kind"] {
  const covered = sharedCoverage(
    marks.images.map((image) => image.matrix),
    page.box,
  );
  if (covered >= SCAN_SHARE) return marks.visible <= CAPTION_CHARACTERS ? "scan" : "mixed";
  if (marks.visible > 0) {
    const small = marks.visible <= CAPTION_CHARACTERS ? SMALL_SHARE : CONTENT_SHARE;
    return covered >= small ? "mixed" : "text";
  }
  // Pictures or drawings alone hold what only recognition can read, however small.
  if (marks.images.length > 0 || marks.paths > 0) return "scan";
  if (marks.invisible > 0) return "text";
  return annotationText(file, page) > 0 ? "text" : "empty";
}

/** Fields other than signatures, whose boxes lie on every signed scan. */
function hasFields(file: PdfFile, page: PdfPageNode): boolean {
  return file
    .array(page.dict.entries.get("Annots"))
    .slice(0, 500)
    .some((item) => {
      const widget = file.dict(item);
      const parent = file.dict(widget.entries.get("Parent"));
      const type = nameOf(file.get(widget, "FT")) ?? nameOf(file.get(parent, "FT"));
      return nameOf(file.get(widget, "Subtype")) === "Widget" && type !== undefined && type !== "Sig";
    });
}

/** Characters that annotations and form fields show on the page. */
function annotationText(file: PdfFile, page: PdfPageNode): number {
  let characters = 0;
  for (const item of file.array(page.dict.entries.get("Annots")).slice(0, 500)) {
    const appearance = file.get(file.dict(file.dict(item).entries.get("AP")), "N");
    if (isKind(appearance, "stream")) characters += readFormMarks(file, appearance, page).visible;
  }
  return characters;
}

/** True when something other than form fields lies over the page: stamps, notes, drawn marks. */
export function hasOverlays(file: PdfFile, page: PdfPageNode): boolean {
  return file.array(page.dict.entries.get("Annots")).some((item) => {
    const annotation = file.dict(item);
    const subtype = nameOf(file.get(annotation, "Subtype"));
    return subtype !== "Widget" && subtype !== "Link" && subtype !== "Popup" && annotation.entries.has("AP");
  });
}
