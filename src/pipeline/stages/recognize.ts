import type { ReadPage, Recognized, Scan } from "../../domain/document.ts";
import { isOperational, OperationalError } from "../../domain/errors.ts";
import { isInterrupted } from "../../domain/interrupted.ts";
import type { Job } from "../job.ts";
import { readPage } from "./read-page.ts";

/**
 * Reads every page. Pages share the pool with those of all other documents and are kept one by one, so a run cut at
 * page 999 goes on at page 999. When a page fails for good the rest of the document is not begun.
 */
export async function recognize(scan: Scan, job: Job): Promise<Recognized> {
  let gravest: Error | undefined;
  const begin = (): void => {
    if (gravest !== undefined && !retriable(gravest)) throw gravest;
  };
  const results = await Promise.allSettled(
    scan.pages.map((source) =>
      readPage(source, job, begin).catch((error: unknown) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        if (gravest === undefined || rank(failure) > rank(gravest)) gravest = failure;
        throw failure;
      }),
    ),
  );
  if (gravest !== undefined) throw gravest;
  const pages = results.map((result) => (result as PromiseFulfilledResult<ReadPage>).value);
  if (job.context.settings.strict) refuseFindings(pages);
  return { scan, pages };
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

/** `--strict` (TT 01/2023 art. 8, NĐ 30/2020): quality findings become decisions for a person. */
function refuseFindings(pages: readonly ReadPage[]): void {
  for (const reason of ["low_resolution", "not_colour", "low_confidence"] as const) {
    const numbers = pages.filter((page) => page.findings.includes(reason)).map((page) => page.number);
    if (numbers.length > 0) throw new OperationalError(reason, `p. ${numbers.slice(0, 20).join(", ")}`);
  }
}
