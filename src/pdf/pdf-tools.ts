import { tmpdir } from "node:os";
import { OperationalError } from "../domain/errors.ts";
import type { PdfTools } from "../domain/pdf-port.ts";
import { augmented } from "./augment/augmented.ts";
import { linesMissing } from "./augment/page-gaps.ts";
import { createDocumentCache } from "./outside/document-cache.ts";
import { openAsIs } from "./outside/open-document.ts";
import { createPdfium } from "./outside/pdfium.ts";
import { createRepairer } from "./outside/repair.ts";
import { drawGrey } from "./pages/draw-grey.ts";
import { inspect } from "./pages/inspect.ts";
import type { ImageLimits } from "./pages/page-image.ts";
import { pageImage, scanImage } from "./pages/page-image.ts";
import { readingOf } from "./pages/page-text.ts";
import { writeContactSheet } from "./sheets/contact-sheet.ts";
import type { EmbeddedFont } from "./sheets/write-sheets.ts";
import { PdfDamage, PdfEncrypted } from "../pdf-syntax/damage.ts";
import { writePdf } from "./writer/write-pdf.ts";

export interface PdfToolsOptions {
  /** Folder for repaired copies (unnamed as soon as they are open); default: the system's. */
  readonly workFolder?: string;
  readonly limits?: Partial<ImageLimits>;
  /** Tried in this order on files that need one. */
  readonly passwords?: readonly string[];
  /** How long drawing or reading one page may take; default: a minute. */
  readonly pageTimeoutMs?: number;
  /** What `contactSheet` writes its captions with; another folder makes it. */
  readonly sheetFont?: () => Promise<{ readonly font: EmbeddedFont; readonly objects: number }>;
}

export interface RestingPdfTools extends PdfTools {
  /** Ends the thread that draws, which otherwise waits five seconds for more, with 50 MB; the next page starts it again. */
  rest(): Promise<void>;
}

/** A2 at 300 dpi is 35 million pixels, A1 at 300 dpi 70 million. */
const LIMITS: ImageLimits = { embeddedPixels: 100_000_000, renderedPixels: 36_000_000 };

/** The PDF port: reads foreign files lazily from disk and writes our own as a stream. */
export function createPdfTools(options: PdfToolsOptions = {}): RestingPdfTools {
  const workFolder = options.workFolder ?? tmpdir();
  const passwords = options.passwords ?? [];
  const repairer = createRepairer(passwords);
  const documents = createDocumentCache({ workFolder, repairer, passwords });
  const pdfium = createPdfium(workFolder, options.pageTimeoutMs);
  const limits = { ...LIMITS, ...options.limits };
  return {
    inspect: (path) => documents.use(path, inspect),
    pageImage: (path, index) => documents.use(path, (document) => pageImage(document, index, pdfium, limits)),
    scanImage: (path, index) => documents.use(path, async (document) => scanImage(document, index, limits)),
    pageText: (path, index) =>
      documents.use(path, async (document) => {
        const page = document.pages[index];
        if (page === undefined) throw new OperationalError("unreadable", `no page ${index + 1}`);
        return readingOf(await pdfium.characters(document, index), page);
      }),
    draw: (path, index, dpi) => documents.use(path, (document) => drawGrey(document, index, dpi, pdfium)),
    augment: (path, output, request) =>
      documents.use(path, (document) => augmented(document, output, request, { pdfium, workFolder })),
    missingLines: (path, page) => documents.use(path, (document) => linesMissing(document, page, pdfium)),
    write: writePdf,
    contactSheet: async (path, sheet) => {
      if (options.sheetFont === undefined) throw new Error("contact sheets need a font");
      return writeContactSheet(path, sheet, await options.sheetFont());
    },
    check: checkOwnPdf,
    rest: () => pdfium.close(),
    close: async () => {
      await Promise.all([pdfium.close(), repairer.close()]);
      await documents.close();
    },
  };
}

/** Counts the pages of a file we finished, from its own cross-reference sections. Throws `pdfa` when it does not read. */
export function checkOwnPdf(path: string): Promise<{ readonly pages: number }> {
  try {
    const document = openAsIs(path);
    document.close();
    return Promise.resolve({ pages: document.pages.length });
  } catch (error) {
    const broken = error instanceof PdfDamage || error instanceof PdfEncrypted;
    const wrapped = broken ? new OperationalError("pdfa", error.message, { cause: error }) : error;
    return Promise.reject(wrapped instanceof Error ? wrapped : new OperationalError("pdfa"));
  }
}
