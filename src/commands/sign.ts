import { resolve } from "node:path";
import { compose, type Parts } from "../compose.ts";
import { parseDossierCode } from "../domain/codes.ts";
import { OperationalError } from "../domain/errors.ts";
import { parseOfficerId } from "../domain/ids.ts";
import type { WaitingDocument, WaitingFilter } from "../domain/ledger-port.ts";
import type { Settings } from "../domain/settings.ts";
import { takeRunLockOr } from "../objects/run-lock.ts";
import type { Io } from "../ui/io.ts";
import { createNdjson } from "../ui/ndjson.ts";
import { createStopper } from "../ui/stopper.ts";
import { count } from "../ui/words.ts";
import { exitOf, nothingDone, skipped } from "./batch-summary.ts";
import { DELIVER, type Errand, SIGN } from "./errand.ts";
import { finishAll } from "./finish-all.ts";
import { signFiles } from "./sign-files.ts";
import { printWaiting } from "./waiting-list.ts";
import { writePreview } from "./waiting-preview.ts";
import { commandSettings, currentRules, type Flags, lockPath, today, word } from "./workspace.ts";

/**
 * `sohoa sign`: shows what waits for a signature, opens the key once, signs all of it and sends it on; with files named, or
 * `--upgrade`, signs those instead. `--list` and `--preview` ask for nothing and change nothing.
 */
export async function sign(io: Io, flags: Flags, files: readonly string[]): Promise<number> {
  if (files.length > 0 || flags["upgrade"] === true) return signFiles(io, flags, files);
  return runErrand(io, flags, SIGN);
}

/** `sohoa deliver`: sends what is signed and waits for the warehouse. */
export function deliver(io: Io, flags: Flags): Promise<number> {
  return runErrand(io, flags, DELIVER);
}

async function runErrand(io: Io, flags: Flags, errand: Errand): Promise<number> {
  const json = flags["json"] === true;
  try {
    // Whose papers, and who signs them, are two questions: `--officer` asks the first, `--as` answers the second.
    const settings = await commandSettings(io, { ...flags, officer: flags["as"] });
    const filter = filterOf(flags);
    if (flags["list"] === true || flags["dryRun"] === true || word(flags, "preview") !== undefined)
      return await look(io, flags, errand, { settings, filter });
    return await locked(io, flags, errand, { settings, filter });
  } catch (error) {
    if (json) createNdjson(io).summary(nothingDone(exitOf(error)));
    throw error;
  }
}

interface Asked {
  readonly settings: Settings;
  readonly filter: WaitingFilter;
}

/** Throws `usage` for what is no code. */
function filterOf(flags: Flags): WaitingFilter {
  const [officer, dossier] = [word(flags, "officer"), word(flags, "dossier")];
  const id = officer === undefined ? undefined : parseOfficerId(officer);
  const code = dossier === undefined ? undefined : parseDossierCode(dossier, currentRules().codes, today());
  if (officer !== undefined && id === undefined) throw new OperationalError("usage", `--officer ${officer}`);
  if (dossier !== undefined && code === undefined)
    throw new OperationalError("usage", `--dossier ${dossier}`);
  return { ...(id !== undefined && { officer: id }), ...(code !== undefined && { dossier: code }) };
}

async function look(io: Io, flags: Flags, errand: Errand, { settings, filter }: Asked): Promise<number> {
  const parts = await compose(settings, currentRules(), io, new AbortController().signal, { reading: false });
  try {
    const totals = await tell(io, flags, errand, parts, filter);
    const preview = word(flags, "preview");
    if (preview !== undefined && totals.documents > 0)
      await writePreview(resolve(io.cwd, preview), picked(parts, errand, filter), parts.context);
    if (flags["json"] === true)
      createNdjson(io).summary({ ...nothingDone(0), left: totals.documents, pages: totals.pages });
    return 0;
  } finally {
    await parts.close();
  }
}

async function locked(io: Io, flags: Flags, errand: Errand, { settings, filter }: Asked): Promise<number> {
  const lock = await takeRunLockOr(word(flags, "ifLocked") ?? "exit", lockPath(settings));
  if (lock === undefined) return skipped(io, flags, settings.lang);
  const stopper = createStopper(undefined, io, settings.lang);
  try {
    const parts = await compose(settings, currentRules(), io, stopper.soft, { reading: false });
    try {
      const totals = await tell(io, flags, errand, parts, filter);
      if (totals.documents === 0) {
        if (flags["json"] === true) createNdjson(io).summary(nothingDone(0));
        return 0;
      }
      const list = () => picked(parts, errand, filter);
      return await finishAll(io, flags, errand, { parts, list, stopper });
    } finally {
      await parts.close();
    }
  } finally {
    stopper.close();
    await lock.release();
  }
}

async function* picked(
  { ledger }: Parts,
  { picks }: Errand,
  filter: WaitingFilter,
): AsyncGenerator<WaitingDocument> {
  for await (const waiting of ledger.waiting(filter)) if (picks(waiting)) yield waiting;
}

/** The list, and what the command will not do for documents that wait as well. */
async function tell(io: Io, flags: Flags, errand: Errand, parts: Parts, filter: WaitingFilter) {
  const { lang } = parts.context.settings;
  const json = flags["json"] === true;
  const options = { heading: errand.heading[lang], json, lang };
  const totals = await printWaiting(picked(parts, errand, filter), options, io);
  if (totals.documents === 0 && !json) io.out(`${errand.nothing[lang]}\n`);
  const { signed, stranded } = await parts.ledger.countWaiting(filter);
  if (errand.sign && signed > 0) io.err(`${OTHERS[lang](count(signed, lang))}\n`);
  if (stranded > 0) io.err(`${STRANDED[lang](count(stranded, lang))}\n`);
  return totals;
}

const OTHERS = {
  vi: (number: string) => `${number} tài liệu đã ký còn chờ nộp kho: sohoa deliver`,
  en: (number: string) => `${number} signed documents wait for delivery: sohoa deliver`,
};

const STRANDED = {
  vi: (number: string) => `${number} tài liệu chờ ký hoặc nộp phải chạy lại sohoa run trước`,
  en: (number: string) => `${number} waiting documents must be run again first: sohoa run`,
};
