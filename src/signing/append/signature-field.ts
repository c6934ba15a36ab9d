import type { PdfDict, PdfObject, PdfRef } from "../../pdf-syntax/objects.ts";
import { isInteger } from "../../pdf-syntax/objects.ts";
import type { Appearance } from "../appearance/appearance.ts";
import type { Draft, Revision } from "./draft.ts";
import { lockedNames } from "./signing-rights.ts";
import type { PdfLayout } from "./pdf-layout.ts";

/**
 * Adds a signature field with its widget on page 1 and returns the reference its signature dictionary must get. Only page,
 * form and, where the form stands in it, the catalog are written anew, each with all it had.
 */
export function addSignatureField(
  draft: Draft,
  revision: Revision,
  layout: PdfLayout,
  appearance: Appearance,
): PdfRef {
  const signature = revision.reserve();
  const widget = revision.reserve();
  const picture = revision.reserve(appearance.objectCount);
  const fields = addToForm(draft, revision, layout, widget);
  addToPage(draft, revision, layout, widget);
  revision.put(
    widget,
    new Map<string, PdfObject>([
      ["Type", name("Annot")],
      ["Subtype", name("Widget")],
      ["FT", name("Sig")],
      ["T", { kind: "string", bytes: Buffer.from(freeName(draft, layout, fields)) }],
      ["V", signature],
      // Print + locked; PDF/A wants print, and not hidden, invisible or no-view (ISO 19005-2 §6.3.2).
      ["F", 132],
      ["Rect", { kind: "array", items: appearance.rectangle }],
      ["P", layout.page],
      ["AP", dict([["N", picture]])],
    ]),
  );
  for (const [index, body] of appearance.objects(picture.num).entries())
    revision.putPrinted({ ...picture, num: picture.num + index }, body);
  return signature;
}

function addToPage(draft: Draft, revision: Revision, { page, box, form }: PdfLayout, widget: PdfRef): void {
  const entries = new Map(draft.dict(page).entries);
  const items = [...draft.array(entries.get("Annots")), widget];
  entries.set("Annots", { kind: "array", items });
  if (form.signed.length === 0 && !hasSize(draft, entries)) {
    // Viewers differ in what they take a page without a size for; the box was placed on A4.
    const corner = [box.x, box.y, box.x + box.width, box.y + box.height];
    entries.set("MediaBox", { kind: "array", items: corner });
  }
  revision.put(page, entries);
}

function hasSize(draft: Draft, page: ReadonlyMap<string, PdfObject>): boolean {
  let node = page;
  for (let depth = 0; depth < 48; depth += 1) {
    if (node.has("MediaBox")) return true;
    node = draft.dict(node.get("Parent")).entries;
  }
  return false;
}

/** Returns the form's fields without the new one. */
function addToForm(
  draft: Draft,
  revision: Revision,
  { catalog }: PdfLayout,
  widget: PdfRef,
): readonly PdfObject[] {
  const root = draft.dict(catalog);
  const given = root.entries.get("AcroForm");
  const old = draft.dict(given);
  const fields = draft.array(old.entries.get("Fields"));
  const flags = draft.resolve(old.entries.get("SigFlags"));
  const entries = new Map(old.entries)
    .set("Fields", { kind: "array", items: [...fields, widget] })
    // Signatures exist; append only.
    .set("SigFlags", (isInteger(flags) ? flags : 0) | 3);
  if (typeof given === "object" && given?.kind === "ref") revision.put(given, entries);
  else if (given !== undefined && given !== null)
    revision.put(catalog, new Map(root.entries).set("AcroForm", { kind: "dict", entries }));
  else {
    const form = revision.reserve();
    revision.put(form, entries);
    revision.put(catalog, new Map(root.entries).set("AcroForm", form));
  }
  return fields;
}

function freeName(draft: Draft, { form }: PdfLayout, fields: readonly PdfObject[]): string {
  const taken = new Set([...form.names, ...lockedNames(draft.file, form)]);
  let number = fields.length + 1;
  while (taken.has(`SoHoa${number}`)) number += 1;
  return `SoHoa${number}`;
}

export function name(text: string): PdfObject {
  return { kind: "name", name: text };
}

export function dict(entries: readonly (readonly [string, PdfObject])[]): PdfDict {
  return { kind: "dict", entries: new Map(entries) };
}
