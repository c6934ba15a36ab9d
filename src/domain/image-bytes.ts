import type { PdfImage } from "./page-ports.ts";

/** Bytes a page's image takes in the PDF: the picture, the ink drawn over it and what its pages share. */
export function imageBytes(image: PdfImage): number {
  const ink = (image.ink ?? []).reduce((sum, layer) => sum + layer.bytes.length, 0);
  return image.bytes.length + ink + (image.globals?.length ?? 0);
}
