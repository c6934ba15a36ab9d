import type { AugmentedPage, AugmentRequest } from "../../domain/pdf-port.ts";
import type { OpenDocument } from "../outside/open-document.ts";
import type { Pdfium } from "../outside/pdfium.ts";
import { augmentPdf } from "./augment.ts";
import { excerpt } from "./excerpt.ts";
import { linesMissing } from "./page-gaps.ts";

export interface AugmentTools {
  readonly pdfium: Pdfium;
  readonly workFolder: string;
}

/** The augmented lane of one document: what its pages lack is appended to it, or to an excerpt of `range`. */
export async function augmented(
  document: OpenDocument,
  output: string,
  { pages, range }: AugmentRequest,
  { pdfium, workFolder }: AugmentTools,
): Promise<{ readonly pages: number }> {
  const [first, last] = [range?.first ?? 1, range?.last ?? document.pages.length];
  const bare: AugmentedPage[] = [];
  for (const page of pages) {
    if (page.index < first - 1 || page.index >= last) continue;
    const lines = await linesMissing(document, page, pdfium);
    bare.push({ ...page, lines, index: page.index - first + 1 });
  }
  if (range === undefined) return augmentPdf(document, output, bare);
  const part = await excerpt(document, { first, last }, workFolder);
  try {
    return await augmentPdf(part, output, bare);
  } finally {
    part.close();
  }
}
