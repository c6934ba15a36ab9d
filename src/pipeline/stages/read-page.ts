import { isLowConfidence, pageConfidence } from "../../domain/confidence.ts";
import type { PageFinding, PageSource, ReadPage, Scan } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import type { PageMark } from "../../domain/page-mark.ts";
import type { Reading } from "../../domain/reading.ts";
import { hasSecretMark } from "../../domain/secret-mark.ts";
import { shownName } from "../../domain/shown-name.ts";
import type { Job } from "../job.ts";
import { keptStep } from "../kept.ts";
import { readingOf } from "../reading-of.ts";
import { type PageFacts, readScanned, readText } from "./page-reading.ts";

const VERSION = 5;

type Summary = Omit<ReadPage, "number" | "source">;

export interface PageWork {
  readonly scan: Scan;
  /** Called when the page's turn has come; throws when the document has been given up meanwhile. */
  readonly begin: () => void;
  /** Called as soon as the page's marks are known, also when recognition fails later. */
  readonly marked: (page: number, marks: readonly PageMark[]) => void;
}

/** Normalizes and recognises one page, or takes its searchable text as it is. The reading is kept page by page. */
export async function readPage(source: PageSource, job: Job, work: PageWork): Promise<ReadPage> {
  const { context } = job;
  const started = context.clock.now().getTime();
  const step = {
    stage: "read-page",
    version: VERSION,
    page: source.number,
    input: stepInput(source, work.scan, job),
    objects: (summary: Summary) => [summary.reading],
  };
  const { result, kept } = await keptStep(job, step, () =>
    context.pages.run(job.order, () => {
      work.begin();
      return read(source, job, work);
    }),
  );
  if (kept && source.number === 1) await refuseSecretFirstPage(result, job);
  work.marked(source.number, result.marks);
  job.observe({
    type: "page",
    document: job.candidate.id,
    file: shownName(job.candidate),
    page: source.number,
    confidence: result.confidence,
    kept,
    ms: context.clock.now().getTime() - started,
  });
  return { number: source.number, source, ...result };
}

function stepInput(source: PageSource, { lane }: Scan, { context }: Job): unknown {
  const { barcodes, imaging, ocr, settings } = context;
  const how = source.hasText
    ? ["text", lane === "preserved" && source.number > 1]
    : [imaging.version, ocr.identity, settings.profile, settings.ocr.minConfidence, settings.clean];
  const { codes, keep } = settings.separators;
  const place = [source.file.sha256, source.index, source.kind, source.half ?? null];
  return [...place, ...how, barcodes.identity, codes, keep || lane === "preserved"];
}

async function read(source: PageSource, job: Job, work: PageWork): Promise<Summary> {
  const { context } = job;
  job.signal.throwIfAborted();
  await context.unchanged(source.file);
  const marked = (marks: readonly PageMark[]): void => work.marked(source.number, marks);
  const { reading, facts } = source.hasText
    ? await readText(source, work.scan, job, marked)
    : await readScanned(source, work.scan, job, marked);
  // Before anything of the page is kept: what carries a secret mark leaves no trace (design, invariants).
  if (hasSecretMark(reading, source.number)) throw new OperationalError("secret_mark");
  return summary(reading, facts, job);
}

/** The first page of a part was not the first of its stack: what it was let pass for is looked at once more. */
async function refuseSecretFirstPage(summary: Summary, { candidate, context }: Job): Promise<void> {
  if (candidate.stack === undefined) return;
  if (hasSecretMark(await readingOf(summary, context), 1)) throw new OperationalError("secret_mark");
}

async function summary(reading: Reading, facts: PageFacts, { context }: Job): Promise<Summary> {
  const { minConfidence } = context.settings.ocr;
  const confidence = pageConfidence(reading, minConfidence);
  const findings: PageFinding[] = [...facts.findings];
  if (isLowConfidence(confidence, minConfidence)) findings.push("low_confidence");
  return {
    ...facts,
    findings,
    reading: await context.objects.put(new TextEncoder().encode(JSON.stringify(reading))),
    words: reading.lines.reduce((sum, { words }) => sum + words.length, 0),
    confidence: confidence.mean,
    worst: confidence.least,
  };
}
