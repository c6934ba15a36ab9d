import type { PageSource } from "../domain/document.ts";
import type { PlacedImage } from "../domain/page-ports.ts";
import type { Context } from "../domain/ports.ts";

/** The pixels of a page as its source holds them: a frame of an image file, or the image inside a PDF page. */
export async function openPage(source: PageSource, context: Context): Promise<PlacedImage> {
  if (source.kind === "pdf") return context.pdf.pageImage(source.file.path, source.index);
  return { image: { kind: "file", path: source.file.path, frame: source.index }, turn: 0, how: "file" };
}
