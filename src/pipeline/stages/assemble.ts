import type { Assembled, FileRef, Linked, ReadPage } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import type { PdfPage } from "../../domain/pdf-port.ts";
import type { Reading } from "../../domain/reading.ts";
import type { Job } from "../job.ts";
import { keptStep } from "../kept.ts";
import { openPage } from "../open-page.ts";

const VERSION = 2;

/** Built lane: a new PDF/A-2u, page image plus invisible text. Preserved lane: the original bytes, untouched. */
export async function assemble(document: Linked, job: Job): Promise<Assembled> {
  const { scan } = document;
  const [original] = scan.files;
  if (scan.lane === "preserved" && original !== undefined) {
    if (scan.range !== undefined)
      throw new OperationalError("manifest_row", "PDF đã ký không cắt được / a signed PDF cannot be split");
    return { ...document, pdf: original, conformance: "original" };
  }
  const step = {
    stage: "assemble",
    version: VERSION,
    page: 0,
    input: [document.dossier, scan.role, scan.fields.title ?? "", document.pages.map(pageInput)],
    objects: (file: FileRef) => [file.sha256],
  };
  const { result } = await keptStep(job, step, () => build(document, job));
  return {
    ...document,
    pdf: { ...result, path: job.context.objects.path(result.sha256) },
    conformance: "PDF/A-2u",
  };
}

const pageInput = ({ source, reading, dpi, changes }: ReadPage) => [
  source.file.sha256,
  source.index,
  source.half ?? null,
  reading,
  dpi,
  changes,
];

function build(document: Linked, job: Job): Promise<FileRef> {
  const { clock, objects, pdf } = job.context;
  const { scan, dossier } = document;
  return objects.putFile(async (temporary) => {
    await pdf.write(temporary, {
      title: scan.fields.title ?? `${scan.role === "result" ? "Kết quả" : "Thành phần hồ sơ"} ${dossier}`,
      keywords: [dossier, scan.role, scan.id],
      created: clock.now(),
      pages: pagesOf(document, job),
    });
    // Pages out = pages in: counted in the file as it lies on disk, not by the hand that wrote it.
    const { pages } = await pdf.check(temporary);
    if (pages !== scan.pages.length)
      throw new OperationalError("pdfa", `${pages} ≠ ${scan.pages.length} pages`);
  });
}

async function* pagesOf({ pages }: Linked, { context, signal }: Job): AsyncGenerator<PdfPage> {
  for (const { source, reading, dpi, changes } of pages) {
    signal.throwIfAborted();
    await context.unchanged(source.file);
    const image = await context.imaging.encode(await openPage(source, context, changes), { changes, dpi });
    const { lines, width, height } = JSON.parse((await context.objects.read(reading)).toString()) as Reading;
    yield { image, dpi, width, height, lines };
  }
}
