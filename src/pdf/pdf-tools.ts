import { tmpdir } from "node:os";
import { setImmediate } from "node:timers/promises";
import { OperationalError } from "../domain/errors.ts";
import type { PdfInfo, PdfPageInfo, PdfTools } from "../domain/pdf-port.ts";
import { augmented } from "./augment/augmented.ts";
import { linesMissing } from "./augment/page-gaps.ts";
import { createDocumentCache } from "./outside/document-cache.ts";
import type { OpenDocument } from "./outside/open-document.ts";
import { openAsIs } from "./outside/open-document.ts";
import { paperSize } from "./reader/page-tree.ts";
import type { Pdfium } from "./outside/pdfium.ts";
import { createPdfium } from "./outside/pdfium.ts";
import type { ImageLimits } from "./pages/page-image.ts";
import { pageImage } from "./pages/page-image.ts";
import { pageInfo } from "./pages/page-kind.ts";
import { readingOf } from "./pages/page-text.ts";
import { countSignatures } from "./pages/signatures.ts";
import { PdfDamage } from "./reader/damage.ts";
import { writePdf } from "./writer/write-pdf.ts";

export interface PdfToolsOptions {
  /** Folder for repaired copies (unnamed as soon as they are open); default: the system's. */
  readonly workFolder?: string;
  readonly limits?: Partial<ImageLimits>;
}

/** A2 at 300 dpi is 35 million pixels, A1 at 300 dpi 70 million. */
const LIMITS: ImageLimits = { embeddedPixels: 100_000_000, renderedPixels: 36_000_000 };

/** The PDF port: reads foreign files lazily from disk and writes our own as a stream. */
export function createPdfTools(options: PdfToolsOptions = {}): PdfTools {
  const workFolder = options.workFolder ?? tmpdir();
  const documents = createDocumentCache(workFolder);
  const pdfium = createPdfium(workFolder);
  const limits = { ...LIMITS, ...options.limits };
  return {
    inspect: (path) => documents.use(path, inspect),
    pageImage: (path, index) => documents.use(path, (document) => pageImage(document, index, pdfium, limits)),
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
    check: checkOwnPdf,
    close: async () => {
      await pdfium.close();
      await documents.close();
    },
  };
}

const MAX_DRAWN = 36_000_000;

async function drawGrey(document: OpenDocument, index: number, dpi: number, pdfium: Pdfium) {
  const page = document.pages[index];
  if (page === undefined) throw new OperationalError("unreadable", `no page ${index + 1}`);
  const paper = paperSize(page);
  const inches = [paper.widthPt / 72, paper.heightPt / 72] as const;
  const affordable = Math.min(dpi, Math.sqrt(MAX_DRAWN / (inches[0] * inches[1])));
  const [width, height] = inches.map((size) => Math.max(1, Math.round(size * affordable))) as [
    number,
    number,
  ];
  const samples = await pdfium.render(document, { index, width, height, grey: true });
  return { pgm: Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), samples]), width, height };
}

const PAGES_AT_ONCE = 16;
/** Bit 4 of /P (ISO 32000-1 table 22): the contents may be changed. */
const MAY_MODIFY = 8;

async function inspect(document: OpenDocument): Promise<PdfInfo> {
  if (document.pages.length === 0) throw new OperationalError("no_pages");
  const signatures = countSignatures(document.file, document.pages, document.original);
  const { permissions } = document;
  // A signed file is kept as it is, so a ban on changes does not concern it.
  if (permissions !== undefined && signatures === 0 && (permissions & MAY_MODIFY) === 0)
    throw new OperationalError("encrypted");
  const pages: PdfPageInfo[] = [];
  for (const page of document.pages) {
    pages.push(pageInfo(document.file, page));
    // 600 pages with a text layer take a second; other documents' work must not wait for it.
    if (pages.length % PAGES_AT_ONCE === 0) await setImmediate();
  }
  return { pages, signatures, repairs: document.repairs };
}

/** Counts the pages of a file we wrote, from its own cross-reference table. Throws `pdfa` when it does not read. */
export function checkOwnPdf(path: string): Promise<{ readonly pages: number }> {
  try {
    const document = openAsIs(path);
    document.close();
    return Promise.resolve({ pages: document.pages.length });
  } catch (error) {
    const wrapped =
      error instanceof PdfDamage ? new OperationalError("pdfa", error.message, { cause: error }) : error;
    return Promise.reject(wrapped instanceof Error ? wrapped : new OperationalError("pdfa"));
  }
}
