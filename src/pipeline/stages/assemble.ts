import type { Assembled, FileRef, Linked, ReadPage } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import { imageBytes } from "../../domain/image-bytes.ts";
import type { AugmentedPage, PdfPage } from "../../domain/pdf-port.ts";
import type { Job } from "../job.ts";
import { keptStep } from "../kept.ts";
import { openPage, turnedBy } from "../open-page.ts";
import { readingOf } from "../reading-of.ts";

const VERSION = 3;

/**
 * Built lane: a new PDF/A-2u, page image plus invisible text. Augmented lane: the original with text appended to its
 * scanned pages. Preserved lane: the original bytes, untouched.
 */
export async function assemble(document: Linked, job: Job): Promise<Assembled> {
  const { scan } = document;
  const [original] = scan.files;
  if (scan.lane === "preserved" && original !== undefined) {
    if (scan.range !== undefined)
      throw new OperationalError("manifest_row", "PDF đã ký không cắt được / a signed PDF cannot be split");
    return { ...document, pdf: original, conformance: "original", imageBytes: 0 };
  }
  const built = scan.lane === "built";
  const { settings } = job.context;
  const step = {
    stage: built ? "assemble" : "augment",
    version: VERSION,
    page: 0,
    input: built
      ? [
          document.dossier,
          scan.role,
          scan.fields.title ?? "",
          settings.profile,
          document.pages.map(pageInput),
        ]
      : [original?.sha256, scan.range ?? null, document.pages.map(pageInput)],
    objects: ({ file }: Made) => [file.sha256],
  };
  const { result } = await keptStep(job, step, () => (built ? build(document, job) : augment(document, job)));
  const pdf = { ...result.file, path: job.context.objects.path(result.file.sha256) };
  return { ...document, pdf, conformance: built ? "PDF/A-2u" : "augmented", imageBytes: result.imageBytes };
}

interface Made {
  readonly file: FileRef;
  /** Bytes of all page images together; 0 where none was written. */
  readonly imageBytes: number;
}

const pageInput = ({ source, reading, dpi, changes }: ReadPage) => [
  source.file.sha256,
  source.index,
  source.half ?? null,
  reading,
  dpi,
  changes,
];

async function build(document: Linked, job: Job): Promise<Made> {
  const { clock, objects, pdf } = job.context;
  const { scan, dossier } = document;
  const written = { imageBytes: 0 };
  const file = await objects.putFile(async (temporary) => {
    await pdf.write(temporary, {
      title: scan.fields.title ?? `${scan.role === "result" ? "Kết quả" : "Thành phần hồ sơ"} ${dossier}`,
      keywords: [dossier, scan.role, scan.id],
      created: clock.now(),
      pages: pagesOf(document, job, written),
    });
    await countPages(temporary, document.pages.length, job);
  });
  return { file, ...written };
}

/** Pages out = pages in: counted in the file as it lies on disk, not by the hand that wrote it. */
async function countPages(path: string, wanted: number, { context }: Job): Promise<void> {
  const { pages } = await context.pdf.check(path);
  if (pages !== wanted) throw new OperationalError("pdfa", `${pages} ≠ ${wanted} pages`);
}

async function augment({ scan, pages }: Linked, job: Job): Promise<Made> {
  const { context } = job;
  const [source] = scan.files;
  if (source === undefined) throw new OperationalError("no_pages");
  await context.unchanged(source);
  const added: AugmentedPage[] = [];
  for (const page of pages) {
    if (page.source.hasText || page.words === 0) continue;
    const { lines, width, height } = await readingOf(page, context);
    added.push({ index: page.source.index, lines, width, height, turn: turnedBy(page.changes) });
  }
  const range = scan.range === undefined ? {} : { range: scan.range };
  const file = await context.objects.putFile(async (temporary) => {
    await context.pdf.augment(source.path, temporary, { ...range, pages: added });
    await countPages(temporary, scan.pages.length, job);
  });
  return { file, imageBytes: 0 };
}

/** In order; while one page is written the next is encoded, so that the end of a long document keeps two cores busy. */
async function* pagesOf(
  { pages }: Linked,
  job: Job,
  written: { imageBytes: number },
): AsyncGenerator<PdfPage> {
  let ahead = begun(pages[0], job);
  for (const [index] of pages.entries()) {
    const page = await ahead;
    ahead = begun(pages[index + 1], job);
    if (page === undefined) continue;
    written.imageBytes += imageBytes(page.image);
    yield page;
  }
}

function begun(page: ReadPage | undefined, job: Job): Promise<PdfPage | undefined> {
  const made = page === undefined ? Promise.resolve(undefined) : pdfPage(page, job);
  // Nobody waits for it any more when the writing of the page before it fails.
  made.catch(() => undefined);
  return made;
}

async function pdfPage(page: ReadPage, { context, signal }: Job): Promise<PdfPage> {
  const { source, dpi, changes } = page;
  signal.throwIfAborted();
  await context.unchanged(source.file);
  const image = await context.imaging.encode(await openPage(source, context, changes), { changes, dpi });
  const { lines, width, height } = await readingOf(page, context);
  return { image, dpi, width, height, lines };
}
