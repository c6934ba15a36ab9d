import type { Assembled, Signed } from "../domain/document.ts";
import { isOperational, OperationalError } from "../domain/errors.ts";
import type { WaitingRecord } from "../domain/ledger-port.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Job } from "./job.ts";
import { keptStep } from "./kept.ts";
import { isSigned, packWaiting } from "./waiting-record.ts";

const VERSION = 1;

/**
 * What a document that ended without the warehouse's receipt can go on with. Also one whose time stamp or warehouse failed
 * for now: the officer must not have to fetch the scans again because a server was down. Nothing after a damaged work file:
 * only the next run can make that again.
 */
export async function waitingWith(outcome: Outcome, job: Job): Promise<WaitingRecord | undefined> {
  const { resume } = job.trace;
  if (resume === undefined || !canGoOn(outcome)) return undefined;
  const stored = resume.conformance === "original" ? await takenIn(resume, job) : resume;
  return stored === undefined ? undefined : packWaiting(stored);
}

function canGoOn(outcome: Outcome): boolean {
  if (outcome.state === "unsigned" || outcome.state === "undelivered") return true;
  if (outcome.state !== "held" && outcome.state !== "failed") return false;
  return outcome.reason !== "damaged_object";
}

/** An original that is delivered as it is would go away with its scan folder: it waits as a copy. */
async function takenIn(document: Assembled | Signed, job: Job): Promise<Signed | undefined> {
  const { objects } = job.context;
  if (!isSigned(document)) return undefined;
  const { sha256, path } = document.signed;
  const stored = { ...document.signed, path: objects.path(sha256) };
  try {
    if (path !== stored.path) await copied(document, job);
    return { ...document, pdf: stored, signed: stored };
  } catch (error) {
    if (isOperational(error) && error.code === "source_changed") return undefined;
    throw error;
  }
}

/** Kept as a step, so that it is wiped or purged with the document's other work files. */
async function copied({ signed }: Signed, job: Job): Promise<void> {
  const { sha256 } = signed;
  const input = [sha256];
  const step = { stage: "take-in", version: VERSION, page: 0, input, objects: () => [sha256] };
  await keptStep(job, step, async () => {
    await job.context.unchanged(signed);
    const copy = await job.context.objects.putCopy(signed.path);
    if (copy.sha256 !== sha256) throw new OperationalError("source_changed");
    return {};
  });
}
