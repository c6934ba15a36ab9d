import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { OperationalError } from "../../domain/errors.ts";
import type { AugmentedPage } from "../../domain/pdf-port.ts";
import type { OpenDocument } from "../outside/open-document.ts";
import type { ByteSource } from "../../pdf-syntax/byte-source.ts";
import { openFile } from "../../pdf-syntax/byte-source.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import type { PdfObject } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode } from "../../pdf-syntax/page-tree.ts";
import { createTextLayer } from "../writer/text-layer.ts";
import { addText } from "./page-text-layer.ts";
import { printEntries } from "../../pdf-syntax/print-object.ts";
import { createUpdateSink } from "./update-sink.ts";
import type { UpdateSink } from "./update-sink.ts";

/**
 * Copies the document's bytes to `output` and appends one update with the text of `pages` (0-based `index`).
 * Memory: one page and the cross-reference table. Throws `PdfDamage`, `too_large`, `unreadable`.
 */
export async function augmentPdf(
  document: OpenDocument,
  output: string,
  pages: readonly AugmentedPage[],
): Promise<{ readonly pages: number }> {
  const { source } = document.file;
  if (source.size > MAX_FILE) throw new OperationalError("too_large", "10 GB");
  const handle = await open(output, "w+");
  try {
    await copyBytes(source, handle);
    const sink = await createUpdateSink(handle, document.file);
    await writePages(document, sink, pages);
    await sink.finish("");
  } finally {
    await handle.close();
  }
  proveUntouched(source, output);
  return { pages: document.pages.length };
}

/** Offsets in cross-reference tables have ten digits. */
const MAX_FILE = 9_900_000_000;
const PIECE = 4 * 1024 * 1024;

async function copyBytes(source: ByteSource, handle: FileHandle): Promise<void> {
  for (let at = 0; at < source.size; at += PIECE) {
    const piece = source.read(at, PIECE);
    let done = 0;
    while (done < piece.length) {
      done += (await handle.write(piece, done, piece.length - done, at + done)).bytesWritten;
    }
  }
}

/** Born-digital pages stay byte for byte: read back, not believed. */
function proveUntouched(source: ByteSource, output: string): void {
  const copy = openFile(output);
  try {
    for (let at = 0; at < source.size; at += PIECE) {
      if (!source.read(at, PIECE).equals(copy.read(at, Math.min(PIECE, source.size - at))))
        throw new OperationalError("pdfa", "the copy differs from its source");
    }
  } finally {
    copy.close();
  }
}

async function writePages(
  document: OpenDocument,
  sink: UpdateSink,
  wanted: readonly AugmentedPage[],
): Promise<void> {
  const { file } = document;
  const text = createTextLayer();
  const added = new Map<PdfPageNode, ReadonlyMap<string, PdfObject>>();
  let font: number | undefined;
  for (const page of wanted) {
    file.budget.renew();
    const node = document.pages[page.index];
    if (node === undefined) throw new OperationalError("unreadable", `no page ${page.index + 1}`);
    const operators = text.operators(page.lines, page.height, 1);
    if (operators === "") continue;
    font ??= sink.reserve();
    added.set(node, await addText(file, sink, node, page, { operators, font }));
  }
  if (font !== undefined) await text.writeFont(sink, font);
  for (const [node, changes] of added) {
    if (node.ref === undefined) throw new PdfDamage("a page is no object of its own");
    await sink.replace(node.ref, printEntries(new Map([...node.dict.entries, ...changes])));
  }
}
