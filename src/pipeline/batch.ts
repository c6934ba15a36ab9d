import type { Candidate } from "../domain/document.ts";
import type { ErrorCode } from "../domain/errors.ts";
import type { DocumentId } from "../domain/ids.ts";
import { isInterrupted } from "../domain/interrupted.ts";
import type { DocumentRow } from "../domain/ledger-port.ts";
import type { Observer } from "../domain/observer.ts";
import type { Outcome, State } from "../domain/outcome.ts";
import type { Context, Engine } from "../domain/ports.ts";
import { shownName } from "../domain/shown-name.ts";
import { digitize } from "./digitize.ts";
import { failureStreak } from "./failure-streak.ts";
import { isFinal } from "./final.ts";
import { knownParts } from "./parts.ts";
import { newTrace, type Reach } from "./job.ts";
import { settle } from "./settle.ts";
import { newTally } from "./tally.ts";

interface FoundCandidate {
  readonly kind: "candidate";
  readonly candidate: Candidate;
}

/** What intake finds: a document, or something that is named and refused without becoming one. */
export type Found = FoundCandidate | Refused;

interface Refused {
  readonly kind: "refused";
  readonly name: string;
  readonly reason: ErrorCode;
  readonly detail: string;
}

export interface Batch {
  readonly context: Context;
  readonly engine: Engine;
  /** Lists the input; called twice, so that the total is known before the first page is read. */
  readonly discover: () => AsyncIterable<Found>;
  readonly reach: Reach;
  /** At most this many documents are worked on. */
  readonly limit: number;
  readonly observe: Observer;
  /** Called once before the first document, when there is work to do: what would stop the batch must stop it here. */
  readonly prepare: () => Promise<void>;
  /** Called when the batch must not begin anything more. */
  readonly halt: () => void;
  readonly soft: AbortSignal;
  readonly hard: AbortSignal;
}

export interface BatchResult {
  readonly documents: Readonly<Partial<Record<State, number>>>;
  readonly pages: number;
  /** Images written into new PDFs that were delivered: of how many pages, and how many bytes. */
  readonly images: { readonly pages: number; readonly bytes: number };
  /** Exit codes asked for by single documents. */
  readonly exits: ReadonlySet<number>;
  /** Documents that still have work to do and were not begun or not ended. */
  readonly left: number;
  /** What stopped the batch, if anything did. */
  readonly failure?: unknown;
}

/** Runs every document found and tells the observer how each one ended. A failure of batch scope is returned. */
export async function runBatch(batch: Batch): Promise<BatchResult> {
  const tally = newTally(batch.observe);
  const streak = failureStreak();
  let open: Set<DocumentId> = new Set();
  let failure: unknown;
  try {
    open = await plan(batch);
    if (open.size > 0) await batch.prepare();
    await batch.engine.run(unfinished(batch, tally, open), digitizeOne);
  } catch (error) {
    failure = error;
  }
  return { ...tally.result(open.size), ...(failure === undefined ? {} : { failure }) };

  async function digitizeOne(candidate: Candidate, order: number): Promise<void> {
    try {
      const outcome = await timed(candidate, order, batch);
      if (outcome.state === "split") await digitizeParts(outcome.parts, order);
    } catch (error) {
      if (isInterrupted(error)) return;
      batch.halt();
      throw error;
    }
  }

  /** The papers of a stack; their pages have been read and counted already. */
  async function digitizeParts(parts: readonly Candidate[], order: number): Promise<void> {
    tally.expect(parts.length);
    const observe: Observer = (event) => {
      if (event.type !== "opened" && event.type !== "page") batch.observe(event);
    };
    for (const part of parts) {
      // Each is a document: those not begun stay pending, and the kept division leads to them.
      if (batch.soft.aborted) return;
      const row = await batch.context.ledger.register(part);
      if (isFinal(row, part)) tally.known(part, row);
      else await timed(part, order, { ...batch, observe });
    }
  }

  async function timed(candidate: Candidate, order: number, within: Batch): Promise<Outcome> {
    const started = batch.context.clock.now().getTime();
    const outcome = await end(candidate, order, within);
    tally.ended(outcome, batch.context.clock.now().getTime() - started);
    streak(outcome);
    return outcome;
  }
}

/** Second pass: what has work to do, up to the limit; everything else is told at once. */
async function* unfinished(
  batch: Batch,
  tally: ReturnType<typeof newTally>,
  open: Set<DocumentId>,
): AsyncGenerator<Candidate> {
  const seen = new Map<DocumentId, string>();
  let begun = 0;
  for await (const found of expanded(batch)) {
    if (found.kind === "refused") {
      tally.refused(found);
      continue;
    }
    const { candidate, row } = found;
    const first = seen.get(candidate.id);
    if (first !== undefined) {
      tally.duplicate(candidate, first);
      continue;
    }
    seen.set(candidate.id, shownName(candidate));
    if (found.done) {
      // A loose copy met before the copy that has its code was open in the first pass and is superseded since.
      open.delete(candidate.id);
      tally.unchanged(candidate, row);
    } else if (begun < batch.limit) {
      begun++;
      yield candidate;
    }
  }
}

/** First pass: hashes and registers everything, so that totals and estimates are true from the first page on. */
async function plan(batch: Batch): Promise<Set<DocumentId>> {
  const { observe, soft } = batch;
  const open = new Set<DocumentId>();
  let documents = 0;
  for await (const found of expanded(batch)) {
    if (soft.aborted) break;
    documents++;
    if (found.kind === "candidate" && !found.done) open.add(found.candidate.id);
  }
  observe({ type: "plan", documents, pending: open.size });
  return open;
}

interface Registered extends FoundCandidate {
  readonly row: DocumentRow;
  /** Nothing is left to do for it. */
  readonly done: boolean;
}

/** What intake finds, registered; each stack that an earlier run divided is followed by its papers. */
async function* expanded({ context, discover }: Batch): AsyncGenerator<Refused | Registered> {
  const { ledger } = context;
  const divided = new Set<DocumentId>();
  for await (const found of discover()) {
    if (found.kind === "refused") {
      yield found;
      continue;
    }
    const row = await ledger.register(found.candidate);
    const parts = row.state === "split" ? await knownParts(found.candidate, context) : undefined;
    yield { ...found, row, done: parts !== undefined || isFinal(row, found.candidate) };
    // A second copy of a stack is one duplicate, not one more for each of its papers.
    if (divided.has(found.candidate.id)) continue;
    divided.add(found.candidate.id);
    for (const candidate of parts ?? []) {
      const part = await ledger.register(candidate);
      yield { kind: "candidate", candidate, row: part, done: isFinal(part, candidate) };
    }
  }
}

async function end(candidate: Candidate, order: number, batch: Batch): Promise<Outcome> {
  const { context, reach, observe, hard } = batch;
  if (candidate.skip === undefined) {
    const job = { candidate, order, context, reach, observe, signal: hard, trace: newTrace() };
    return settle(job, digitize);
  }
  const outcome: Outcome = { document: candidate, pages: 0, state: "skipped", reason: candidate.skip };
  const at = context.clock.now();
  await context.ledger.settle(outcome, {
    lane: null,
    pages: [],
    signatures: [],
    evidence: [],
    file: null,
    at,
  });
  return outcome;
}
