import { ERRORS, isOperational } from "../domain/errors.ts";
import { isInterrupted } from "../domain/interrupted.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Reached } from "./digitize.ts";
import type { Job } from "./job.ts";
import { waitingWith } from "./waiting-with.ts";

/**
 * Turns whatever happens to one document into one recorded value, so that its neighbours go on. Only failures of
 * batch scope and interruptions are thrown; after those the document stays as it was and the next run takes it up.
 */
export async function settle(job: Job, work: (job: Job) => Promise<Reached>): Promise<Outcome> {
  const outcome = await work(job).then(
    (reached) => success(job, reached),
    (error: unknown) => failure(job, error),
  );
  if (outcome.state === "quarantined") await wipe(job);
  const { context, trace } = job;
  const waiting = await waitingWith(outcome, job);
  await context.ledger.settle(outcome, {
    lane: trace.scan?.lane ?? null,
    pages: trace.pages,
    signatures: trace.signatures,
    evidence: trace.evidence,
    file: trace.file,
    at: context.clock.now(),
    ...(waiting !== undefined && { waiting }),
    ...(job.actor !== undefined && { actor: job.actor }),
    ...(trace.signedBy !== undefined && { signedBy: trace.signedBy }),
  });
  return outcome;
}

function success({ candidate }: Job, reached: Reached): Outcome {
  if (reached.state === "split") {
    const { parts, sheets, detail } = reached.stack;
    return { document: candidate, pages: sheets.length, state: "split", parts, detail };
  }
  const common = {
    document: candidate,
    pages: reached.document.pages.length,
    dossier: reached.document.dossier,
  };
  if (reached.state !== "delivered") return { ...common, state: reached.state };
  const { receipts, signatures } = reached.document;
  // Ours was checked as it was made, by the key the office has set; whose root a foreign one has, `signing.trust` says.
  const ours = reached.document.conformance !== "original";
  const signed = signatures.some(({ verdict }) => verdict === "valid" || (ours && verdict !== "invalid"));
  return {
    ...common,
    state: "delivered",
    imageBytes: reached.document.imageBytes,
    receipts,
    signed,
    test: signatures.some(({ test }) => test),
  };
}

function failure(job: Job, error: unknown): Outcome {
  if (isInterrupted(error) || job.signal.aborted) throw error;
  const common = { document: job.candidate, pages: job.trace.scan?.pages.length ?? 0 };
  if (!isOperational(error)) {
    const bug = error instanceof Error ? error : new Error(String(error));
    return {
      ...common,
      state: "failed",
      reason: "bug",
      detail: `${bug.name}: ${bug.message}`,
      retriable: true,
      ...(bug.stack === undefined ? {} : { stack: bug.stack }),
    };
  }
  const { scope, state, retriable } = ERRORS[error.code];
  if (scope === "batch") throw error;
  return { ...common, state, reason: error.code, detail: error.detail, retriable };
}

/** Removes every reading of a document that turned out to be secret. */
async function wipe({ candidate, context, trace }: Job): Promise<void> {
  trace.pages = [];
  trace.file = null;
  for (const object of await context.ledger.forget(candidate.id)) await context.objects.remove(object);
}
