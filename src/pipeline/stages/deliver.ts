import { weakLines } from "../../domain/confidence.ts";
import type { Delivered, Receipt, Signed } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import type { Context, ExportedDocument, ExportedPage, Parcel, ParcelFile } from "../../domain/ports.ts";
import { readingText } from "../../domain/reading.ts";
import type { Settings } from "../../domain/settings.ts";
import type { Job } from "../job.ts";
import { metadata, type PageExtract } from "../metadata.ts";
import { readingOf } from "../reading-of.ts";

/**
 * Sends a signed document to every target. The receipt is stored before the document counts as delivered, and a
 * target that already gave one is not asked again.
 */
export async function deliver(document: Signed, job: Job): Promise<Delivered> {
  const { context, candidate } = job;
  if (isRefusedTest(document, context.settings)) throw new OperationalError("certificate");
  const { path, sha256 } = document.signed;
  // Files of the object store are judged by their hash alone: a restored work folder has new times.
  if (path === context.objects.path(sha256)) await context.objects.check(sha256);
  else await context.unchanged(document.signed);
  let made: Promise<Parcel> | undefined;
  const receipts: Receipt[] = [];
  for (const target of context.targets) {
    const known = await context.ledger.receipt(candidate.id, target.name);
    const receipt = known ?? (await target.deliver(await (made ??= parcel(document, job)), job.signal));
    if (known === undefined) await context.ledger.keepReceipt(candidate.id, receipt);
    receipts.push(receipt);
  }
  return { ...document, receipts };
}

/**
 * A signature by a test key that nobody allowed. Only signatures made here are judged: a preserved original is somebody
 * else's paper.
 */
export function isRefusedTest(
  { conformance, signatures }: Signed,
  { allowTestSignature }: Pick<Settings, "allowTestSignature">,
): boolean {
  return conformance !== "original" && !allowTestSignature && signatures.some(({ test }) => test);
}

async function parcel(document: Signed, { context, candidate }: Job): Promise<Parcel> {
  const texts: string[] = [];
  const found = new Map<number, PageExtract>();
  const engines = new Set<string>();
  for (const page of document.pages) {
    const read = await readingOf(page, context);
    texts.push(readingText(read));
    const weak = weakLines(read, context.settings.ocr.minConfidence);
    found.set(page.number, { barcodes: read.barcodes ?? [], weak });
    engines.add(read.engine);
  }
  const ordinal = await context.ledger.ordinal(candidate.id, document.dossier, candidate.role);
  const record = metadata(document, { pages: found, engines: [...engines] }, context);
  const exports = exportsOf(document, [...engines], context);
  return { document, text: `${texts.join("\n\f")}\n`, metadata: record, ordinal, exports };
}

/** Other forms of the text, read page by page from the object store when a target writes them. */
function exportsOf(document: Signed, engines: readonly string[], context: Context): readonly ParcelFile[] {
  const { scan, pages, signed } = document;
  const recognised = pages.some(({ source }) => !source.hasText);
  const about: ExportedDocument = {
    producer: context.producer,
    id: scan.id,
    sha256: signed.sha256,
    pages: pages.length,
    engines,
    languages: recognised ? languagesOf(engines, context) : [],
  };
  return context.exports.map((form) => ({
    fileName: form.fileName,
    write: () => form.write(keptPages(document, context), about),
  }));
}

/**
 * As the engines name them: `tesseract 5.3.0, vie+eng fast …`. A kept reading may be older than the settings, which speak
 * only for engines that do not say.
 */
function languagesOf(engines: readonly string[], { settings }: Context): readonly string[] {
  const named = engines.flatMap((engine) => {
    const languages = /, ([a-z_]{3,}(?:\+[a-z_]{3,})*) /u.exec(engine)?.[1];
    return languages?.split("+") ?? [];
  });
  return named.length === 0 ? settings.ocr.languages : [...new Set(named)];
}

async function* keptPages({ pages }: Signed, context: Context): AsyncIterable<ExportedPage> {
  for (const [index, { dpi, reading, source }] of pages.entries()) {
    const kept = await readingOf({ reading }, context);
    yield { number: index + 1, dpi, ownText: source.hasText, reading: kept };
  }
}
