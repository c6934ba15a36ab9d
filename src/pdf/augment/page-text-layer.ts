import { deflateSync } from "node:zlib";
import type { AugmentedPage } from "../../domain/pdf-port.ts";
import { contentBytes } from "../pages/content.ts";
import type { PdfObject, PdfRef } from "../../pdf-syntax/objects.ts";
import { isKind } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode } from "../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { contentBalance } from "./content-balance.ts";
import { printObject } from "../../pdf-syntax/print-object.ts";
import { readArea } from "./read-area.ts";
import { textMatrix } from "./text-matrix.ts";
import type { UpdateSink } from "./update-sink.ts";

const NAME = "SohoaText";

/**
 * Writes the text of one page as a form of its own (so that its font meets no other of that name) and returns the entries
 * that make the page draw it: the old content between saved and restored graphics states, then the form.
 */
export async function addText(
  file: PdfFile,
  sink: UpdateSink,
  node: PdfPageNode,
  page: AugmentedPage,
  drawn: { readonly operators: string; readonly font: number },
): Promise<ReadonlyMap<string, PdfObject>> {
  const [form, before, after] = [sink.reserve(), sink.reserve(), sink.reserve()];
  const matrix = printObject({ kind: "array", items: textMatrix(node, page, readArea(file, node, page)) });
  await sink.putStream(
    form,
    `/Type/XObject/Subtype/Form/BBox[0 0 ${page.width} ${page.height}]/Matrix${matrix}` +
      `/Resources<</Font<</F0 ${drawn.font} 0 R>>>>/Filter/FlateDecode`,
    deflateSync(drawn.operators),
  );
  const open = contentBalance(contentBytes(file, node.dict), file.budget);
  await sink.putStream(before, "", Buffer.from("q\n".repeat(1 + open.before)));
  const name = freeName(file, node);
  const close = `${open.inText ? "\nET" : ""}${"\nQ".repeat(1 + open.after)}`;
  await sink.putStream(after, "", Buffer.from(`${close}\nq\n/${name} Do\nQ\n`));
  const contents: PdfObject = { kind: "array", items: [ref(before), ...oldContents(file, node), ref(after)] };
  return new Map<string, PdfObject>([
    ["Contents", contents],
    ["Resources", withForm(file, node, name, ref(form))],
  ]);
}

const ref = (num: number): PdfRef => ({ kind: "ref", num, gen: 0 });

/** References only: a page's streams are objects of their own. */
function oldContents(file: PdfFile, { dict }: PdfPageNode): readonly PdfObject[] {
  const contents = dict.entries.get("Contents");
  const value = file.resolve(contents);
  if (isKind(value, "array")) return value.items.filter((item) => isKind(item, "ref"));
  return isKind(value, "stream") && isKind(contents, "ref") ? [contents] : [];
}

function freeName(file: PdfFile, { resources }: PdfPageNode): string {
  const taken = file.dict(resources.entries.get("XObject")).entries;
  let name = NAME;
  for (let count = 1; taken.has(name); count += 1) name = `${NAME}${count}`;
  return name;
}

/** A copy: the old dictionary may serve a hundred other pages. */
function withForm(file: PdfFile, { resources }: PdfPageNode, name: string, form: PdfRef): PdfObject {
  const objects = new Map(file.dict(resources.entries.get("XObject")).entries).set(name, form);
  return {
    kind: "dict",
    entries: new Map(resources.entries).set("XObject", { kind: "dict", entries: objects }),
  };
}
