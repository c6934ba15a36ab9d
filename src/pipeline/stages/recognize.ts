import type { PageFinding, ReadPage, Recognized, Scan } from "../../domain/document.ts";
import { isOperational, OperationalError } from "../../domain/errors.ts";
import { isInterrupted } from "../../domain/interrupted.ts";
import type { PageMark } from "../../domain/page-mark.ts";
import type { Job } from "../job.ts";
import { readPage } from "./read-page.ts";

/** What came of reading a document's pages: all of them, or why not; and the marks seen on the way. */
export interface Attempt {
  readonly pages: readonly ReadPage[];
  readonly failure: Error | undefined;
  readonly marks: ReadonlyMap<number, readonly PageMark[]>;
}

/**
 * Reads every page. Pages share the pool with those of all other documents and are kept one by one, so a run cut at
 * page 999 goes on at page 999. When a page fails for good the rest is not begun, unless the document is seen to be a
 * stack: then the failure is one paper's and the borders of the others must be found.
 */
export async function readPages(scan: Scan, job: Job): Promise<Attempt> {
  let gravest: Error | undefined;
  let stack = false;
  const marks = new Map<number, readonly PageMark[]>();
  const work = {
    scan,
    begin: (): void => {
      if (gravest !== undefined && !retriable(gravest) && !stack) throw gravest;
    },
    marked: (page: number, found: readonly PageMark[]): void => {
      marks.set(page, found);
      stack ||= scan.stack === undefined && found.some(({ kind }) => kind !== "code");
    },
  };
  const results = await Promise.allSettled(
    scan.pages.map((source) =>
      readPage(source, job, work).catch((error: unknown) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        if (gravest === undefined || rank(failure) > rank(gravest)) gravest = failure;
        throw failure;
      }),
    ),
  );
  const pages = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  return { pages, failure: gravest, marks };
}

/** One paper whose pages have all been read. Throws what the reading came to, and what a person must look at. */
export function recognized(scan: Scan, { pages, failure }: Attempt, { context }: Job): Recognized {
  if (failure !== undefined) throw failure;
  const { dropBlank, strict } = context.settings;
  // A signed file is kept as it is, whichever way its pages lie.
  if (scan.lane !== "preserved") refuse("unsure_turn", "low_confidence", pages);
  if (strict) {
    for (const reason of STRICT) refuse(reason, reason, pages);
    const counted = scan.expected?.pages;
    if (counted !== undefined && counted !== pages.length)
      throw new OperationalError("page_count", `${pages.length} ≠ ${counted}`);
  }
  // A foreign file keeps its pages: leaving some out would rewrite it.
  if (!dropBlank || scan.lane !== "built") return { scan, pages };
  const kept = pages.filter(({ findings }) => !findings.includes("blank"));
  if (kept.length === 0) throw new OperationalError("blank");
  return { scan, pages: kept };
}

/** `--strict` (TT 01/2023 art. 8, NĐ 30/2020): quality findings become decisions for a person. */
const STRICT = [
  "low_resolution",
  "not_colour",
  "cut_edge",
  "blurred",
  "too_dark",
  "washed_out",
  "low_confidence",
] as const;

const MAX_NUMBERS = 20;

function refuse(finding: PageFinding, reason: (typeof STRICT)[number], pages: readonly ReadPage[]): void {
  const numbers = pages.filter(({ findings }) => findings.includes(finding)).map(({ number }) => number);
  if (numbers.length === 0) return;
  const detail = `p. ${numbers.slice(0, MAX_NUMBERS).join(", ")}${finding === reason ? "" : `: ${finding}`}`;
  throw new OperationalError(reason, detail);
}

/** A secret mark outranks everything; what is final outranks what may pass; an interruption outranks a mere retry. */
function rank(error: Error): number {
  if (isOperational(error) && error.code === "secret_mark") return 3;
  if (isInterrupted(error)) return 1;
  return retriable(error) ? 0 : 2;
}

function retriable(error: Error): boolean {
  return isOperational(error) && (error.code === "page_timeout" || error.code === "engine_died");
}
