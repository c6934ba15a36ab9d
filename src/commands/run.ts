import { compose, type Parts } from "../compose.ts";
import { ERRORS, isOperational } from "../domain/errors.ts";
import { isInterrupted } from "../domain/interrupted.ts";
import type { Observer } from "../domain/observer.ts";
import type { Context } from "../domain/ports.ts";
import type { Settings } from "../domain/settings.ts";
import { parseUntil } from "../domain/until.ts";
import { takeRunLockOr } from "../objects/run-lock.ts";
import { collectLess, giveWay } from "../engines/tune-process.ts";
import { runBatch, type BatchResult } from "../pipeline/batch.ts";
import { printFailure } from "../ui/failure.ts";
import type { Io } from "../ui/io.ts";
import { createNdjson } from "../ui/ndjson.ts";
import { PRODUCER } from "../ui/producer.ts";
import { createProgress } from "../ui/progress.ts";
import { createStopper, type Stopper } from "../ui/stopper.ts";
import { printSummary } from "../ui/summary.ts";
import { exitOf, nothingDone, skipped, summarise } from "./batch-summary.ts";
import { plan } from "./plan.ts";
import { commandSettings, currentRules, type Flags, lockPath, word } from "./workspace.ts";

/** `sohoa run INPUT...`: intake → … → deliver. Returns the exit code of the contract. */
export async function run(io: Io, flags: Flags, inputs: readonly string[]): Promise<number> {
  if (flags["dryRun"] === true) return plan(io, flags, inputs);
  try {
    return await lockedRun(io, flags, inputs);
  } catch (error) {
    // Whoever reads the NDJSON waits for a last line, also of a run that never came to its batch.
    if (flags["json"] === true) createNdjson(io).summary(nothingDone(exitOf(error)));
    throw error;
  }
}

async function lockedRun(io: Io, flags: Flags, inputs: readonly string[]): Promise<number> {
  const settings = await commandSettings(io, flags);
  const until = parseUntil(word(flags, "until"), new Date());
  const lock = await takeRunLockOr(word(flags, "ifLocked") ?? "exit", lockPath(settings));
  if (lock === undefined) return skipped(io, flags, settings.lang);
  const stopper = createStopper(until, io, settings.lang);
  try {
    return await digitizeAll(io, flags, inputs, settings, stopper);
  } finally {
    stopper.close();
    await lock.release();
  }
}

async function digitizeAll(
  io: Io,
  flags: Flags,
  inputs: readonly string[],
  settings: Settings,
  stopper: Stopper,
): Promise<number> {
  const started = Date.now();
  // Before the first worker is started: threads and children take it over.
  if (settings.nice) giveWay();
  collectLess();
  const parts = await compose(settings, currentRules(), io, stopper.soft);
  if (parts.jobs < settings.jobs) io.err(`${fewerJobs(parts.jobs, settings)}\n`);
  const progress = createProgress(io, settings.lang, Date.now);
  const json = flags["json"] === true ? createNdjson(io) : undefined;
  const warnings: Record<string, number> = {};
  const observe: Observer = (event) => {
    if (event.type === "warning")
      warnings[event.reason] = (warnings[event.reason] ?? 0) + Math.max(1, event.pages.length);
    progress.observe(event);
    json?.observe(event);
  };
  try {
    await parts.context.objects.sweep();
    const runId = await startRun(parts, settings, flags);
    const result = await batch(parts, io, flags, inputs, stopper, observe);
    const summary = summarise(result, stopper, warnings, (Date.now() - started) / 1000);
    await parts.ledger.endRun(runId, summary.exit, { ...summary });
    progress.stop();
    if (result.failure !== undefined && !isInterrupted(result.failure))
      printFailure(result.failure, settings.lang, io);
    if (json === undefined) printSummary(summary, settings.lang, io);
    else json.summary(summary);
    return summary.exit;
  } finally {
    progress.stop();
    await parts.close();
  }
}

function fewerJobs(jobs: number, { jobs: asked, lang, memory }: Settings): string {
  return lang === "vi"
    ? `Lưu ý: memory ${memory} MB chỉ đủ cho ${jobs} luồng nhận dạng, không phải ${asked}; hãy tăng memory trong sohoa.yaml.`
    : `Note: memory of ${memory} MB holds ${jobs} OCR workers, not ${asked}; raise memory in sohoa.yaml.`;
}

function startRun({ ledger }: Parts, { officer, profile, unit }: Settings, flags: Flags): Promise<string> {
  const attested = flags["attestNoSecret"];
  return ledger.startRun({
    command: "run",
    actor: officer ?? unit ?? "",
    version: PRODUCER,
    settings: { profile, ...(attested === undefined ? {} : { attestNoSecret: attested }) },
  });
}

function batch(
  parts: Parts,
  io: Io,
  flags: Flags,
  inputs: readonly string[],
  stopper: Stopper,
  observe: Observer,
): Promise<BatchResult> {
  const { context, engine } = parts;
  const reach = { sign: flags["sign"] !== false, deliver: flags["deliver"] !== false };
  return runBatch({
    context,
    engine,
    discover: () => parts.discover(inputs, flags),
    reach,
    limit: typeof flags["limit"] === "number" ? flags["limit"] : Infinity,
    observe,
    // An hour of OCR must not end at a dead certificate or a mistyped passphrase.
    prepare: async () => {
      parts.warmUp();
      if (reach.sign) await checkSigner(context, io);
    },
    halt: stopper.halt,
    soft: stopper.soft,
    hard: stopper.hard,
  });
}

/** What may pass until the first document is signed is said and not waited for: each document is held by itself then. */
async function checkSigner({ clock, settings, signer }: Context, io: Io): Promise<void> {
  const opened = await signer();
  await opened.check(clock.now()).catch((error: unknown) => {
    if (!isOperational(error) || ERRORS[error.code].scope === "batch") throw error;
    printFailure(error, settings.lang, io);
  });
}
