import type { Parts } from "../compose.ts";
import { isInterrupted } from "../domain/interrupted.ts";
import type { WaitingDocument } from "../domain/ledger-port.ts";
import type { Observer } from "../domain/observer.ts";
import { vietnamTime } from "../domain/period.ts";
import { finishBatch } from "../pipeline/finish-batch.ts";
import { printFailure } from "../ui/failure.ts";
import type { Io } from "../ui/io.ts";
import { createNdjson } from "../ui/ndjson.ts";
import { PRODUCER } from "../ui/producer.ts";
import { createProgress } from "../ui/progress.ts";
import type { Stopper } from "../ui/stopper.ts";
import { printSummary } from "../ui/summary.ts";
import { visible } from "../ui/visible.ts";
import { summarise } from "./batch-summary.ts";
import type { Errand } from "./errand.ts";
import type { Flags } from "./workspace.ts";

interface Work {
  readonly parts: Parts;
  readonly list: () => AsyncIterable<WaitingDocument>;
  readonly stopper: Stopper;
}

/** Signs or delivers everything listed, in one session of the key. Returns the exit code of the contract. */
export async function finishAll(io: Io, flags: Flags, errand: Errand, work: Work): Promise<number> {
  const { parts, list, stopper } = work;
  const { context, engine, ledger } = parts;
  const { lang } = context.settings;
  const started = Date.now();
  const progress = createProgress(io, lang, Date.now, "documents");
  const json = flags["json"] === true ? createNdjson(io) : undefined;
  const warnings: Record<string, number> = {};
  const observe: Observer = (event) => {
    if (event.type === "warning") warnings[event.reason] = (warnings[event.reason] ?? 0) + 1;
    progress.observe(event);
    json?.observe(event);
  };
  try {
    await context.objects.sweep();
    const runId = await startRun(parts, errand);
    const result = await finishBatch({
      context,
      engine,
      list,
      reach: { sign: errand.sign, deliver: flags["deliver"] !== false },
      limit: typeof flags["limit"] === "number" ? flags["limit"] : Infinity,
      observe,
      prepare: () => (errand.sign ? openKey(parts, flags, io) : Promise.resolve()),
      halt: stopper.halt,
      soft: stopper.soft,
      hard: stopper.hard,
    });
    const summary = summarise(result, stopper, warnings, (Date.now() - started) / 1000);
    await ledger.endRun(runId, summary.exit, { ...summary });
    progress.stop();
    if (result.failure !== undefined && !isInterrupted(result.failure))
      printFailure(result.failure, lang, io);
    if (json === undefined) printSummary(summary, lang, io);
    else json.summary(summary);
    return summary.exit;
  } finally {
    progress.stop();
  }
}

function startRun({ context, ledger }: Parts, { command }: Errand): Promise<string> {
  const { officer, signing, unit } = context.settings;
  const { appearance, level } = signing;
  const actor = officer ?? unit ?? "";
  const settings = command === "sign" ? { appearance, level } : {};
  return ledger.startRun({ command, actor, version: PRODUCER, settings });
}

/**
 * One secret for the whole batch, asked for after the list was shown. A dead certificate stops before the first document.
 * Which certificate a file or token holds is known only once it is open, so the signer is told then.
 */
async function openKey({ context }: Parts, flags: Flags, io: Io): Promise<void> {
  const { lang, signing } = context.settings;
  const { level } = signing;
  io.err(lang === "vi" ? `Mở khóa ký, mức ${level} …\n` : `Opening the signing key, level ${level} …\n`);
  const signer = await context.signer();
  const { certificate, notAfter, subject, test } = signer;
  if (flags["json"] === true) {
    const until = notAfter.toISOString();
    io.out(`${JSON.stringify({ type: "signer", subject, certificate, notAfter: until, level, test })}\n`);
  }
  const until = vietnamTime(notAfter.toISOString());
  const known = certificate.slice(0, 16);
  io.err(
    lang === "vi"
      ? `Người ký: ${visible(subject)} · chứng thư ${known}… đến ${until} · mức ${level}${test ? " · CHỮ KÝ THỬ" : ""}\n`
      : `Signer: ${visible(subject)} · certificate ${known}… until ${until} · level ${level}${test ? " · TEST SIGNATURE" : ""}\n`,
  );
  await signer.check(context.clock.now());
}
