import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { OperationalError } from "../../domain/errors.ts";
import type { OpenDocument } from "../outside/open-document.ts";
import { openAsIs } from "../outside/open-document.ts";
import type { PdfDict, PdfObject, PdfRef } from "../../pdf-syntax/objects.ts";
import { isKind, nameOf } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode } from "../../pdf-syntax/page-tree.ts";
import type { ObjectSink } from "../writer/object-sink.ts";
import { createObjectSink } from "../writer/object-sink.ts";
import { printEntries, printObject } from "../../pdf-syntax/print-object.ts";

/** Ten thousand pages of a scan have 40,000 objects; a hostile page could name a million. */
const MAX_OBJECTS = 200_000;
const AT_ONCE = 200;
/** Reading threads and the structure tree lead from a page to the rest of the document. */
const LEFT_BEHIND = new Set(["Parent", "B", "StructParents", "Metadata"]);

/**
 * A document of some pages only, in an unnamed file of `workFolder`: what those pages use is copied object by object,
 * streams as they are. Nothing of the other pages is in it (papers of other people may lie in one stack).
 * Memory: one object. Throws `PdfDamage`, `too_large`.
 */
export async function excerpt(
  document: OpenDocument,
  range: { readonly first: number; readonly last: number },
  workFolder: string,
): Promise<OpenDocument> {
  const nodes = document.pages.slice(range.first - 1, range.last);
  if (nodes.length === 0) throw new OperationalError("no_pages", `${range.first}-${range.last}`);
  mkdirSync(workFolder, { recursive: true });
  const path = join(workFolder, `excerpt-${randomUUID()}.tmp`);
  try {
    const handle = await open(path, "wx", 0o600);
    try {
      await writeExcerpt(document, nodes, await createObjectSink(handle));
    } finally {
      await handle.close();
    }
    return openAsIs(path);
  } finally {
    // Unnamed once it is open: a killed run leaves nothing readable behind.
    rmSync(path, { force: true });
  }
}

interface Copy {
  readonly document: OpenDocument;
  readonly sink: ObjectSink;
  readonly tree: number;
  /** Old number to new one; 0 = left out. */
  readonly numbers: Map<number, number>;
  readonly waiting: PdfRef[];
}

async function writeExcerpt(
  document: OpenDocument,
  nodes: readonly PdfPageNode[],
  sink: ObjectSink,
): Promise<void> {
  const [root, tree] = [sink.reserve(), sink.reserve()];
  const copy: Copy = { document, sink, tree, numbers: new Map(), waiting: [] };
  for (const { ref } of document.pages) if (ref !== undefined) copy.numbers.set(ref.num, 0);
  const kids = nodes.map((node) => {
    const num = sink.reserve();
    if (node.ref !== undefined) copy.numbers.set(node.ref.num, num);
    return num;
  });
  for (const [index, node] of nodes.entries()) await sink.put(kids[index] ?? 0, pageBody(copy, node));
  await copyWaiting(copy);
  const list = kids.map((kid) => `${kid} 0 R`).join(" ");
  await sink.put(tree, `<</Type/Pages/Count ${kids.length}/Kids[${list}]>>`);
  await sink.put(root, `<</Type/Catalog/Pages ${tree} 0 R>>`);
  const id = createHash("sha256").update(`${document.file.source.size} ${list}`).digest("hex").slice(0, 32);
  await sink.finish(`/Root ${root} 0 R/ID[<${id}><${id}>]`);
}

function pageBody(copy: Copy, node: PdfPageNode): string {
  const entries = new Map<string, PdfObject>();
  for (const [key, value] of [...node.inherited, ...node.dict.entries]) {
    if (!LEFT_BEHIND.has(key)) entries.set(key, renumbered(copy, value));
  }
  return printEntries(entries.set("Parent", { kind: "ref", num: copy.tree, gen: 0 }));
}

async function copyWaiting(copy: Copy): Promise<void> {
  const { document, sink, waiting, numbers } = copy;
  for (let done = 1; ; done += 1) {
    const ref = waiting.pop();
    if (ref === undefined) return;
    if (done > MAX_OBJECTS) throw new OperationalError("too_large", "objects of a page");
    if (done % AT_ONCE === 0) {
      await setImmediate();
      document.file.budget.renew();
    }
    const num = numbers.get(ref.num) ?? 0;
    const object = document.file.resolve(ref);
    if (isKind(object, "stream")) {
      const entries = new Map(renumberedDict(copy, object.dict).entries);
      entries.delete("Length");
      await sink.putStream(num, printEntries(entries).slice(2, -2), document.file.raw(object));
    } else await sink.put(num, printObject(leadsAway(object) ? null : renumbered(copy, object)));
  }
}

/** The page tree and the catalog are made anew. */
function leadsAway(object: PdfObject): boolean {
  return isKind(object, "dict") && ["Pages", "Catalog"].includes(nameOf(object.entries.get("Type")) ?? "");
}

function renumbered(copy: Copy, object: PdfObject): PdfObject {
  if (isKind(object, "ref")) return newRef(copy, object);
  if (isKind(object, "array"))
    return { kind: "array", items: object.items.map((item) => renumbered(copy, item)) };
  return isKind(object, "dict") ? renumberedDict(copy, object) : object;
}

function renumberedDict(copy: Copy, dict: PdfDict): PdfDict {
  const widget = nameOf(dict.entries.get("Subtype")) === "Widget";
  // A field leads to all fields of its form, and so to what people wrote on other pages.
  const own = [...dict.entries].filter(([key]) => !(widget && key === "Parent"));
  return { kind: "dict", entries: new Map(own.map(([key, value]) => [key, renumbered(copy, value)])) };
}

function newRef({ numbers, sink, waiting }: Copy, ref: PdfRef): PdfObject {
  const known = numbers.get(ref.num);
  if (known !== undefined) return known === 0 ? null : { kind: "ref", num: known, gen: 0 };
  const num = sink.reserve();
  numbers.set(ref.num, num);
  waiting.push(ref);
  return { kind: "ref", num, gen: 0 };
}
