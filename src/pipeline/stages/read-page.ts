import type { PageFinding, PageSource, ReadPage } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import { linesToSource } from "../../domain/page-geometry.ts";
import type { Context } from "../../domain/ports.ts";
import type { PreparedPage } from "../../domain/page-ports.ts";
import type { Line, Reading } from "../../domain/reading.ts";
import { hasSecretMark } from "../../domain/secret-mark.ts";
import { shownName } from "../../domain/shown-name.ts";
import type { Job } from "../job.ts";
import { keptStep } from "../kept.ts";
import { openPage } from "../open-page.ts";

const VERSION = 1;

type Summary = Omit<ReadPage, "number" | "source">;

/**
 * Normalizes and recognises one page, or takes its searchable text as it is. The reading is kept page by page.
 * `begin` is called when the page's turn has come and throws when the document has been given up meanwhile.
 */
export async function readPage(source: PageSource, job: Job, begin: () => void): Promise<ReadPage> {
  const { context } = job;
  const started = context.clock.now().getTime();
  const step = {
    stage: "read-page",
    version: VERSION,
    page: source.number,
    input: stepInput(source, context),
    objects: (summary: Summary) => [summary.reading],
  };
  const { result, kept } = await keptStep(job, step, () =>
    context.pages.run(job.order, () => {
      begin();
      return read(source, job);
    }),
  );
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

function stepInput(source: PageSource, { imaging, ocr, settings }: Context): unknown {
  const how = source.hasText
    ? ["text"]
    : [imaging.version, ocr.identity, settings.profile, settings.ocr.minConfidence];
  return [source.file.sha256, source.index, source.kind, ...how];
}

async function read(source: PageSource, job: Job): Promise<Summary> {
  const { context } = job;
  job.signal.throwIfAborted();
  await context.unchanged(source.file);
  const { reading, page } = source.hasText
    ? await embeddedText(source, context)
    : await recognise(source, job);
  // Before anything of the page is kept: what carries a secret mark leaves no trace (design, invariants).
  if (hasSecretMark(reading, source.number)) throw new OperationalError("secret_mark");
  const words = reading.lines.flatMap((line) => line.words);
  const confidence =
    words.length === 0 ? 1 : words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
  const findings: PageFinding[] = [...page.findings];
  if (confidence < context.settings.ocr.minConfidence) findings.push("low_confidence");
  return {
    reading: await context.objects.put(new TextEncoder().encode(JSON.stringify(reading))),
    words: words.length,
    confidence,
    worst: words.reduce((least, word) => Math.min(least, word.confidence), 1),
    dpi: page.dpi,
    skewDegrees: page.skewDegrees,
    findings,
    changes: [],
    marks: [],
  };
}

interface Facts {
  readonly dpi: number;
  readonly skewDegrees: number;
  readonly findings: readonly PageFinding[];
}

const POINTS_PER_INCH = 72;

async function embeddedText(
  source: PageSource,
  { pdf }: Context,
): Promise<{ reading: Reading; page: Facts }> {
  const reading = await pdf.pageText(source.file.path, source.index);
  return { reading, page: { dpi: POINTS_PER_INCH, skewDegrees: 0, findings: [] } };
}

async function recognise(source: PageSource, job: Job): Promise<{ reading: Reading; page: Facts }> {
  const { imaging, ocr } = job.context;
  const page = await imaging.normalize(await openPage(source, job.context));
  const { width, height, prepared, redInk } = page;
  const read = async (view: PreparedPage | undefined): Promise<Line[]> =>
    view === undefined ? [] : linesToSource(await ocr.read(view, job.signal), view, page);
  // Secret stamps are red: the view that recognition works on does not show them.
  if (hasSecretMark({ height, lines: await read(redInk) }, source.number))
    throw new OperationalError("secret_mark");
  const lines = await read(prepared);
  return { reading: { width, height, engine: ocr.identity, lines }, page };
}
