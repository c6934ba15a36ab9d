import { isKind, nameOf } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode } from "../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";

/** What a PDF holds besides its pages and would lose if they were written anew. */
export interface Extras {
  /** Files inside the file: in the names tree, associated with it, or pinned to a page. */
  readonly attachments: boolean;
  readonly bookmarks: boolean;
}

const MAX_ANNOTATIONS = 500;

/** Looks at the catalog and at every page's annotations; no file inside is opened. Throws `PdfDamage`. */
export function extrasOf(file: PdfFile, pages: readonly PdfPageNode[]): Extras {
  const catalog = file.dict(file.trailer.entries.get("Root"));
  const names = file.dict(catalog.entries.get("Names"));
  const pinned = pages.some((page) =>
    file
      .array(page.dict.entries.get("Annots"))
      .slice(0, MAX_ANNOTATIONS)
      .some((item) => nameOf(file.get(file.dict(item), "Subtype")) === "FileAttachment"),
  );
  return {
    attachments: pinned || names.entries.has("EmbeddedFiles") || catalog.entries.has("AF"),
    bookmarks: isKind(file.get(file.dict(catalog.entries.get("Outlines")), "First"), "dict"),
  };
}
