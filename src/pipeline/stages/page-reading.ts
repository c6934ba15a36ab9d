import type { Barcode } from "../../domain/barcode.ts";
import type { PageFinding, PageSource, ReadPage, Scan } from "../../domain/document.ts";
import type { PageChange } from "../../domain/page-change.ts";
import { linesToSource, scaleLine, turnBox } from "../../domain/page-geometry.ts";
import { marksOf, type PageMark } from "../../domain/page-mark.ts";
import type { NormalizedPage, PlacedImage, PreparedPage, Stance } from "../../domain/page-ports.ts";
import { vietnamDay } from "../../domain/period.ts";
import type { Line, Reading } from "../../domain/reading.ts";
import type { Job } from "../job.ts";
import { openPage } from "../open-page.ts";
import { readRedInk } from "./red-ink.ts";
import { readUpright } from "./upright.ts";

/** What is known of a page besides its words. */
export type PageFacts = Pick<ReadPage, "dpi" | "skewDegrees" | "findings" | "changes" | "marks">;

interface Read {
  readonly reading: Reading;
  readonly facts: PageFacts;
}

type Marked = (marks: readonly PageMark[]) => void;

const POINTS_PER_INCH = 72;
/** Code 39 labels with bars of 0.2 mm are read at 200 dpi and not at 150. */
const BARCODE_DPI = 200;

/** Takes the text a PDF page has, and its barcodes: in a signed file only those of its first page can matter. */
export async function readText(source: PageSource, { lane }: Scan, job: Job, marked: Marked): Promise<Read> {
  const { pdf, barcodes } = job.context;
  const { path } = source.file;
  const look = lane !== "preserved" || source.number === 1;
  const codes = look ? await barcodes.read(await pdf.draw(path, source.index, BARCODE_DPI)) : [];
  const marks = meaningOf(codes, job);
  marked(marks);
  const reading = { ...(await pdf.pageText(path, source.index)), barcodes: codes };
  return { reading, facts: { dpi: POINTS_PER_INCH, skewDegrees: 0, findings: [], changes: [], marks } };
}

/** Straightens, looks for barcodes, and recognises. A sheet that will be dropped is not recognised. */
export async function readScanned(
  source: PageSource,
  { lane }: Scan,
  job: Job,
  marked: Marked,
): Promise<Read> {
  const { barcodes, imaging, ocr, settings } = job.context;
  const opened = await openPage(source, job.context);
  const placed: PlacedImage = lane === "built" ? opened : { ...opened, imageStays: true };
  const asPlaced = await imaging.normalize(placed);
  const codes = asPlaced.prepared === undefined ? [] : await barcodes.read(asPlaced.prepared);
  const marks = meaningOf(codes, job);
  marked(marks);
  const dropped = isSheet(marks) && !settings.separators.keep && lane !== "preserved";
  const parts = {
    normalize: (view: PlacedImage) => imaging.normalize(view),
    read: (view: PreparedPage) => ocr.read(view, job.signal),
  };
  const { page, lines, turn, unsure } = dropped
    ? { page: asPlaced, ...UNREAD }
    : await readUpright(placed, asPlaced, parts);
  const redLines = await readRedInk(page, job);
  const changes: PageChange[] = [
    ...(turn === 0 ? [] : [{ kind: "turn", degrees: turn } as const]),
    ...page.changes,
  ];
  const { width, height, dpi, skewDegrees } = page;
  const upright = codes.map((code) => ({ ...code, box: turnBox(code.box, turn) }));
  // A sheet that will be dropped has nothing to be looked at twice.
  const finished = dropped ? [] : await refined(page, lines, redLines, job);
  const read = page.prepared === undefined ? [] : linesToSource(finished, page.prepared, page);
  const findings: PageFinding[] = [...page.findings];
  if (unsure) findings.push("unsure_turn");
  const whole = lane === "augmented" ? await besideOwnText(read, { width, height, turn }, source, job) : read;
  if (!page.blank && !dropped && whole.length === 0) findings.push("no_text");
  return {
    reading: { width, height, engine: ocr.identity, lines: whole, barcodes: upright },
    facts: { dpi, skewDegrees, findings, changes, marks },
  };
}

/** The second look at a page that has been read in the stance it will keep. */
async function refined(
  { prepared, redInk }: NormalizedPage,
  lines: readonly Line[],
  redLines: readonly Line[],
  { context, signal }: Job,
): Promise<readonly Line[]> {
  if (prepared === undefined) return lines;
  return context.ocr.refine({ prepared, ...(redInk !== undefined && { redInk, redLines }) }, lines, signal);
}

/** A page of text and pictures: its own text as it stands, and of what was read only what that lacks. */
async function besideOwnText(
  lines: readonly Line[],
  size: { readonly width: number; readonly height: number; readonly turn: Stance["turn"] },
  { file, index }: PageSource,
  { context }: Job,
): Promise<readonly Line[]> {
  const own = await context.pdf.pageText(file.path, index);
  if (own.lines.length === 0 || size.turn !== 0) return lines;
  const [across, down] = [size.width / own.width, size.height / own.height];
  const missing = await context.pdf.missingLines(file.path, { index, lines, ...size });
  return [...own.lines.map((line) => scaleLine(line, across, down)), ...missing];
}

const UNREAD = { lines: [], turn: 0, unsure: false } as const;

const isSheet = (marks: readonly PageMark[]): boolean =>
  marks.some(({ kind }) => kind === "separator" || kind === "sheet");

function meaningOf(codes: readonly Barcode[], { context }: Job): PageMark[] {
  const { clock, rules, settings } = context;
  const labels = settings.separators.codes;
  return marksOf(codes, { grammar: rules.codes, today: vietnamDay(clock.now()), labels });
}
