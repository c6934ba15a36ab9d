import { open } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import type { ContactItem, ContactSheet } from "../../domain/pdf-port.ts";
import { createObjectSink, type ObjectSink } from "../writer/object-sink.ts";
import { createPageCanvas, type SheetFont } from "./page-canvas.ts";
import { CELLS, drawContactCell } from "./contact-cell.ts";
import { contactHead } from "./contact-head.ts";
import { contactThumbnail, type Thumbnail } from "./contact-thumbnail.ts";
import { A4 } from "./sheet-face.ts";
import { dateText, type EmbeddedFont, hexText } from "./write-sheets.ts";

export interface ContactFont {
  readonly font: EmbeddedFont;
  /** How many objects it has. */
  readonly objects: number;
}

interface Plan {
  readonly sink: ObjectSink;
  readonly font: SheetFont;
  /** Numbers fixed beforehand: pages name these, which can be written only when the last item is known. */
  readonly tree: number;
  readonly fontNumber: number;
  readonly head: number;
}

/**
 * Writes an overview of documents, 3 × 4 on a sheet of A4. Memory: the items of one sheet; the heading's count and the
 * font's letters are known at the end, so both are objects written last.
 */
export async function writeContactSheet(
  path: string,
  sheet: ContactSheet,
  { font, objects }: ContactFont,
): Promise<{ readonly pages: number }> {
  const handle = await open(path, "w");
  try {
    const sink = await createObjectSink(handle);
    const fonts = Array.from({ length: objects }, () => sink.reserve());
    const plan = { sink, font, tree: sink.reserve(), head: sink.reserve(), fontNumber: fonts[0] ?? 0 };
    const pages: number[] = [];
    let count = 0;
    for await (const items of batches(sheet.items)) {
      pages.push(await writePage(plan, items, { first: count + 1, number: pages.length + 1 }));
      count += items.length;
    }
    if (pages.length === 0) pages.push(await writePage(plan, [], { first: 1, number: 1 }));
    await writeHead(plan, contactHead(sheet, { count, pages: pages.length }, font));
    for (const [index, body] of font.objects(fonts).entries())
      await sink.put(fonts[index] ?? 0, body.toString("latin1"));
    await writeFrame(plan, sheet, pages);
    await handle.sync();
    return { pages: pages.length };
  } finally {
    await handle.close();
  }
}

async function* batches(items: AsyncIterable<ContactItem>): AsyncGenerator<Shown[]> {
  let batch: Shown[] = [];
  for await (const { thumbnail, lines } of items) {
    batch.push({ lines, ...(thumbnail !== undefined && { thumbnail: contactThumbnail(thumbnail, CELLS) }) });
    if (batch.length < CELLS.columns * CELLS.rows) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** An item whose picture has been made small already. */
interface Shown {
  readonly thumbnail?: Thumbnail;
  readonly lines: readonly string[];
}

async function writePage(
  { sink, font, tree, fontNumber, head }: Plan,
  items: readonly Shown[],
  { first, number }: { readonly first: number; readonly number: number },
): Promise<number> {
  const canvas = createPageCanvas(font);
  const pictures = [`/Head ${head} 0 R`];
  canvas.picture("Head", 0, 0, 1, 1);
  for (const [index, { thumbnail, lines }] of items.entries()) {
    const name = `Im${index}`;
    if (thumbnail !== undefined) pictures.push(`/${name} ${await writePicture(sink, thumbnail)} 0 R`);
    drawContactCell(canvas, font, {
      index,
      lines: numbered(lines, first + index),
      ...(thumbnail && { picture: { name, ...thumbnail } }),
    });
  }
  const words = `Trang ${number}`;
  canvas.text(words, { x: A4.width - CELLS.margin - font.width(words) * 8, y: 20, size: 8 }, { grey: 0.25 });
  const [page, content] = [sink.reserve(), sink.reserve()];
  await sink.putStream(content, "/Filter/FlateDecode", deflateSync(Buffer.from(canvas.content(), "latin1")));
  const box = `/MediaBox[0 0 ${A4.width} ${A4.height}]`;
  const resources = `/Resources<</Font<</F0 ${fontNumber} 0 R>>/XObject<<${pictures.join("")}>>>>`;
  await sink.put(page, `<</Type/Page/Parent ${tree} 0 R${box}${resources}/Contents ${content} 0 R>>`);
  return page;
}

function numbered([heading = "", ...lines]: readonly string[], number: number): string[] {
  return [`${number}. ${heading}`.trim(), ...lines];
}

async function writePicture(sink: ObjectSink, { width, height, rows }: Thumbnail): Promise<number> {
  const number = sink.reserve();
  const facts = `/Width ${width}/Height ${height}/BitsPerComponent 4/ColorSpace/DeviceGray`;
  await sink.putStream(number, `/Type/XObject/Subtype/Image${facts}/Filter/FlateDecode`, deflateSync(rows));
  return number;
}

async function writeHead({ sink, head, fontNumber }: Plan, content: string): Promise<void> {
  const box = `/BBox[0 0 ${A4.width} ${A4.height}]/Resources<</Font<</F0 ${fontNumber} 0 R>>>>`;
  const stream = deflateSync(Buffer.from(content, "latin1"));
  await sink.putStream(head, `/Type/XObject/Subtype/Form${box}/Filter/FlateDecode`, stream);
}

async function writeFrame(
  { sink, tree }: Plan,
  { title, created }: ContactSheet,
  pages: readonly number[],
): Promise<void> {
  const kids = pages.map((page) => `${page} 0 R`).join(" ");
  await sink.put(tree, `<</Type/Pages/Count ${pages.length}/Kids[${kids}]>>`);
  const [catalog, info] = [sink.reserve(), sink.reserve()];
  await sink.put(catalog, `<</Type/Catalog/Pages ${tree} 0 R/Lang(vi)>>`);
  await sink.put(info, `<</Title${hexText(title)}/CreationDate${dateText(created)}>>`);
  await sink.finish(`/Root ${catalog} 0 R/Info ${info} 0 R`);
}
