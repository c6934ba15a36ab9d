import { open } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import { createObjectSink, type ObjectSink } from "../writer/object-sink.ts";
import type { SheetFont } from "./page-canvas.ts";
import { A4, drawFace, faceTexts, type SheetFace } from "./sheet-face.ts";

/** A font that can also say what a PDF needs to embed it. */
export interface EmbeddedFont extends SheetFont {
  /** The font's objects; `numbers` are theirs, the first is the one to name in /Resources. */
  objects(numbers: readonly number[]): readonly Buffer[];
}

export interface SheetOptions {
  readonly title: string;
  readonly producer: string;
  readonly created: Date;
  /** Makes a font that holds the characters of these texts. */
  readonly font: (texts: readonly string[]) => EmbeddedFont;
  /** How many objects such a font has. */
  readonly fontObjects: number;
}

/** Writes a PDF of printable A4 sheets: text in one embedded font, codes as vector modules, no images. */
export async function writeSheets(
  path: string,
  faces: readonly SheetFace[],
  options: SheetOptions,
): Promise<void> {
  const handle = await open(path, "w");
  try {
    const sink = await createObjectSink(handle);
    const font = options.font([...new Set(faces.flatMap(faceTexts))]);
    const numbers = Array.from({ length: options.fontObjects }, () => sink.reserve());
    for (const [index, body] of font.objects(numbers).entries()) {
      await sink.put(numbers[index] ?? 0, body.toString("latin1"));
    }
    const [catalog, info] = await writePages(sink, faces, { font, fontNumber: numbers[0] ?? 0, options });
    await sink.finish(`/Root ${catalog} 0 R/Info ${info} 0 R`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writePages(
  sink: ObjectSink,
  faces: readonly SheetFace[],
  { font, fontNumber, options }: { font: SheetFont; fontNumber: number; options: SheetOptions },
): Promise<[catalog: number, info: number]> {
  const tree = sink.reserve();
  const pages: number[] = [];
  for (const face of faces) {
    const [page, content] = [sink.reserve(), sink.reserve()];
    pages.push(page);
    const stream = deflateSync(Buffer.from(drawFace(face, font), "latin1"));
    await sink.putStream(content, "/Filter/FlateDecode", stream);
    const box = `/MediaBox[0 0 ${A4.width} ${A4.height}]`;
    const resources = `/Resources<</Font<</F0 ${fontNumber} 0 R>>>>`;
    await sink.put(page, `<</Type/Page/Parent ${tree} 0 R${box}${resources}/Contents ${content} 0 R>>`);
  }
  const kids = pages.map((page) => `${page} 0 R`).join(" ");
  await sink.put(tree, `<</Type/Pages/Count ${pages.length}/Kids[${kids}]>>`);
  const [catalog, info] = [sink.reserve(), sink.reserve()];
  // Printed at its own size: a code scaled down to fit margins gets modules of odd widths.
  const printing = "/ViewerPreferences<</PrintScaling/None>>";
  await sink.put(catalog, `<</Type/Catalog/Pages ${tree} 0 R/Lang(vi)${printing}>>`);
  const facts = `/Title${hexText(options.title)}/Producer${hexText(options.producer)}`;
  await sink.put(info, `<<${facts}/CreationDate${dateText(options.created)}>>`);
  return [catalog, info];
}

/** UTF-16 with its byte order mark. */
export function hexText(text: string): string {
  return `<FEFF${Buffer.from(text, "utf16le").swap16().toString("hex").toUpperCase()}>`;
}

/** PDF date in UTC. */
export function dateText(date: Date): string {
  return `(D:${date.toISOString().replaceAll(/[-:T]/gu, "").slice(0, 14)}Z)`;
}
