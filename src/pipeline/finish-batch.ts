import type { Assembled, Signed } from "../domain/document.ts";
import { isInterrupted } from "../domain/interrupted.ts";
import type { WaitingDocument } from "../domain/ledger-port.ts";
import type { Outcome } from "../domain/outcome.ts";
import { shownName } from "../domain/shown-name.ts";
import type { Batch, BatchResult } from "./batch.ts";
import { signingStreak } from "./failure-streak.ts";
import { actorOf } from "./actor.ts";
import { finish } from "./finish.ts";
import { newTrace } from "./job.ts";
import { settle } from "./settle.ts";
import { newTally } from "./tally.ts";
import { unpackWaiting } from "./waiting-record.ts";

export interface FinishBatch extends Omit<Batch, "discover"> {
  /** The documents to finish; called twice, so that the total is known before the first one. */
  readonly list: () => AsyncIterable<WaitingDocument>;
}

/** True: `sohoa sign` has something to do for it. A test signature that may not be delivered waits for a real one. */
export function needsSignature({ stage, reason }: Pick<WaitingDocument, "stage" | "reason">): boolean {
  return stage === "assembled" || reason === "certificate";
}

/**
 * Signs or delivers documents that wait in the ledger, without their inputs. A failure of batch scope is returned; the
 * documents not begun stay as they were.
 */
export async function finishBatch(batch: FinishBatch): Promise<BatchResult> {
  const { clock } = batch.context;
  const tally = newTally(batch.observe);
  const streak = signingStreak();
  let planned = 0;
  let failure: unknown;
  try {
    for await (const _waiting of batch.list()) planned++;
    batch.observe({ type: "plan", documents: planned, pending: planned });
    if (planned > 0) await batch.prepare();
    await batch.engine.run(first(batch), finishOne);
  } catch (error) {
    failure = error;
  }
  return { ...tally.result(planned), ...(failure === undefined ? {} : { failure }) };

  async function finishOne(waiting: WaitingDocument, order: number): Promise<void> {
    if (batch.soft.aborted) return;
    const started = clock.now().getTime();
    try {
      const outcome = await taken(waiting, order, batch);
      if (outcome === undefined) {
        tally.known(waiting, waiting);
        return;
      }
      tally.ended(outcome, clock.now().getTime() - started);
      streak(outcome);
    } catch (error) {
      if (isInterrupted(error)) return;
      batch.halt();
      throw error;
    }
  }
}

/** Up to the limit. */
async function* first({ limit, list }: FinishBatch): AsyncGenerator<WaitingDocument> {
  let begun = 0;
  if (limit <= 0) return;
  for await (const waiting of list()) {
    yield waiting;
    if (++begun >= limit) return;
  }
}

/** How it ended; undefined when what it waits with is not for this version: it is told, and only a run helps. */
async function taken(
  waiting: WaitingDocument,
  order: number,
  batch: FinishBatch,
): Promise<Outcome | undefined> {
  const { context, hard, observe, reach } = batch;
  const start = await startOf(waiting, batch);
  if (start === undefined) {
    const about = { document: waiting.id, file: shownName(waiting), pages: [], detail: "" };
    observe({ type: "warning", reason: "needs_run", ...about });
    return undefined;
  }
  const { scan, pages, evidence } = start;
  observe({ type: "opened", document: waiting.id, pages: pages.length });
  const trace = { ...newTrace(), scan, pages, evidence };
  // Whoever prepared it may be at home: this is done by who gives the command.
  const actor = actorOf(context.settings);
  const job = { candidate: scan, order, context, actor, reach, observe, signal: hard, trace };
  return settle(job, () => finish(start, job));
}

/** Name, unit and officer are the ledger's: a later run may have corrected them. */
async function startOf(
  { id, name, officer, unit }: WaitingDocument,
  { context }: FinishBatch,
): Promise<Assembled | Signed | undefined> {
  const record = await context.ledger.waitingRecord(id);
  const work = record === undefined ? undefined : unpackWaiting(record, context.objects);
  return work === undefined ? undefined : { ...work, scan: { ...work.scan, name, officer, unit } };
}
