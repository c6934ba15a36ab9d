import type { OpenDocument } from "../outside/open-document.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import type { PdfDict, PdfObject, PdfRef } from "../../pdf-syntax/objects.ts";
import { isKind } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode } from "../../pdf-syntax/page-tree.ts";
import { pathToFirstPage } from "../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { printEntries } from "../../pdf-syntax/print-object.ts";
import type { UpdateSink } from "./update-sink.ts";

/**
 * Writes the catalog, the form and the way down to page 1 once more, as plain objects with nothing inherited: the signer
 * appends to what it finds in the newest section and need not read the foreign ones with their object streams.
 */
export async function writeSigningFrame(document: OpenDocument, sink: UpdateSink): Promise<void> {
  const { file } = document;
  const root = file.trailer.entries.get("Root");
  if (!isKind(root, "ref")) throw new PdfDamage("the catalog is no object of its own");
  await sink.replace(root, printEntries(await catalog(file, sink, file.dict(root))));
  for (const branch of pathToFirstPage(file)) {
    const node = file.dict(branch);
    const kids: PdfObject = { kind: "array", items: file.array(node.entries.get("Kids")) };
    await sink.replace(branch, printEntries(new Map(node.entries).set("Kids", kids)));
  }
}

async function catalog(file: PdfFile, sink: UpdateSink, dict: PdfDict): Promise<Map<string, PdfObject>> {
  const entries = new Map(dict.entries);
  const given = entries.get("AcroForm");
  const form = file.resolve(given);
  entries.delete("AcroForm");
  if (!isKind(form, "dict")) return entries;
  const number: PdfRef = isKind(given, "ref") ? given : { kind: "ref", num: sink.reserve(), gen: 0 };
  const fields: PdfObject = { kind: "array", items: file.array(form.entries.get("Fields")) };
  await sink.replace(number, printEntries(new Map(form.entries).set("Fields", fields)));
  return entries.set("AcroForm", number);
}

/** What the signer looks for on page 1, standing on the page itself. */
export function ownEntries(file: PdfFile, node: PdfPageNode): ReadonlyMap<string, PdfObject> {
  const entries = new Map<string, PdfObject>();
  for (const key of ["MediaBox", "CropBox", "Rotate", "UserUnit"]) {
    const value = file.resolve(node.inherited.get(key) ?? node.dict.entries.get(key));
    const items = isKind(value, "array") ? value.items.map((item) => file.resolve(item)) : [];
    if (isBox(items)) entries.set(key, { kind: "array", items });
    else if (typeof value === "number") entries.set(key, value);
  }
  // A page without a size is shown as A4 by every viewer.
  if (!entries.has("MediaBox")) entries.set("MediaBox", { kind: "array", items: node.box });
  if (node.dict.entries.has("Annots")) {
    const items = file.array(node.dict.entries.get("Annots"));
    entries.set("Annots", { kind: "array", items });
  }
  return entries;
}

function isBox(items: readonly PdfObject[]): boolean {
  return items.length === 4 && items.every((item) => typeof item === "number");
}
