import { mkdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { composeSigning } from "../compose.ts";
import { ERRORS, isOperational, OperationalError } from "../domain/errors.ts";
import { worstExit } from "../domain/exit-code.ts";
import { createLocalEngine } from "../engines/local.ts";
import { collectLess } from "../engines/tune-process.ts";
import { diskFailure } from "../objects/durable.ts";
import { printFailure } from "../ui/failure.ts";
import type { Io } from "../ui/io.ts";
import { createPaint } from "../ui/paint.ts";
import { createStopper, type Stopper } from "../ui/stopper.ts";
import { visible } from "../ui/visible.ts";
import { count, findingWord, reasonSentence } from "../ui/words.ts";
import { type FileEnd, type FileJob, type FileWork, signOne, sweepUnfinished } from "./sign-one-file.ts";
import { commandSettings, currentRules, type Flags, word } from "./workspace.ts";

/** Pages drawn and searched for codes while another file is signed. */
const AHEAD = 2;
/** From here on speed counts for more than 30 MB. */
const MANY = 20;

/**
 * `sohoa sign FILE... --out DIR`: signs PDFs wherever they come from, each into a file of the same name; with `--upgrade`
 * files signed earlier get what their level lacks. Sources stay as they are; a file that lies there finished is not made again.
 */
export async function signFiles(io: Io, flags: Flags, files: readonly string[]): Promise<number> {
  const misplaced = OF_WAITING.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (misplaced !== undefined)
    throw new OperationalError("usage", `--${misplaced}: chỉ dùng khi không nêu tệp / not with files`);
  const settings = await commandSettings(io, { ...flags, officer: flags["as"] });
  const folder = word(flags, "out");
  if (folder === undefined)
    throw new OperationalError("usage", "thiếu --out THƯ_MỤC / --out FOLDER is missing");
  const jobs = filesOf(files, io.cwd, resolve(io.cwd, folder));
  await makeFolder(resolve(io.cwd, folder));
  const stopper = createStopper(undefined, io, settings.lang);
  const parts = await composeSigning(settings, currentRules(), io);
  try {
    return await signAll({ settings, parts, upgrade: flags["upgrade"] === true }, jobs, stopper, io, flags);
  } finally {
    await parts.close();
    stopper.close();
  }
}

/** They pick among the documents that wait in the ledger. */
const OF_WAITING = ["list", "dryRun", "preview", "officer", "dossier", "limit"] as const;

/** One level only: the rest of a mistyped path is not made. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const found = await stat(folder).catch(() => undefined);
    if (found === undefined || !found.isDirectory()) {
      const failure = diskFailure(error);
      throw failure === error
        ? new OperationalError("usage", `--out ${visible(folder)}`, { cause: error })
        : failure;
    }
  }
  await sweepUnfinished(folder);
}

/** Two files of one name would end as one: that is told before anything is signed. */
function filesOf(files: readonly string[], cwd: string, folder: string): readonly FileJob[] {
  if (files.length === 0) throw new OperationalError("usage", "thiếu tệp PDF / no PDF is named");
  const jobs = files.map((file) => {
    const path = resolve(cwd, file);
    return { file, path, output: join(folder, basename(path)) };
  });
  const twice = jobs.find(({ output }, at) => jobs.findIndex((other) => other.output === output) < at);
  const itself = jobs.find(({ path, output }) => path === output);
  const wrong = twice ?? itself;
  if (wrong !== undefined)
    throw new OperationalError(
      "usage",
      `trùng tên tệp ghi ra / would be written twice: ${visible(wrong.file)}`,
    );
  return jobs;
}

async function signAll(
  work: FileWork,
  jobs: readonly FileJob[],
  stopper: Stopper,
  io: Io,
  flags: Flags,
): Promise<number> {
  if (jobs.length > MANY) collectLess();
  const { lang } = work.settings;
  const json = flags["json"] === true;
  const started = Date.now();
  const ends: FileEnd[] = [];
  let failure: unknown;
  const { engine } = createLocalEngine({ jobs: AHEAD, soft: stopper.soft });
  try {
    if (!work.upgrade) await announce(work, jobs.length, io);
    await engine.run(eachOf(jobs), async (job) => {
      const end = await signOne(job, work).catch((error: unknown) => {
        stopper.halt();
        throw error;
      });
      ends.push(end);
      if (json) io.out(`${JSON.stringify(end)}\n`);
      else printEnd(end, io, lang);
    });
  } catch (error) {
    failure = error;
    printFailure(error, lang, io);
  }
  const exit = stopper.signalExit() ?? exitOf(ends, jobs.length - ends.length, failure);
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  summarise(ends, { exit, seconds, left: jobs.length - ends.length }, json, io, lang);
  return exit;
}

async function* eachOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Who signs and with what, before the first file: a wrong key must be seen in time. */
async function announce({ parts, settings }: FileWork, files: number, io: Io): Promise<void> {
  const signer = await parts.signer();
  await signer.check(new Date());
  const until = signer.notAfter.toISOString().slice(0, 10);
  const { level } = settings.signing;
  io.err(
    settings.lang === "vi"
      ? `Ký ${count(files, "vi")} tệp, mức ${level}: ${visible(signer.subject)} (chứng thư đến ${until})\n`
      : `Signing ${count(files, "en")} files, level ${level}: ${visible(signer.subject)} (certificate until ${until})\n`,
  );
}

function exitOf(ends: readonly FileEnd[], left: number, failure: unknown): number {
  const codes: number[] = ends.map(({ reason }) =>
    reason !== null && Object.hasOwn(ERRORS, reason) ? ERRORS[reason as keyof typeof ERRORS].exit : 0,
  );
  if (failure !== undefined) codes.push(isOperational(failure) ? ERRORS[failure.code].exit : 1);
  else if (left > 0) codes.push(10);
  return worstExit(codes);
}

const STATES = {
  signed: { vi: "đã ký", en: "signed" },
  unchanged: { vi: "đã ký trước đó", en: "signed before" },
  held: { vi: "chờ người xử lý", en: "held" },
  failed: { vi: "chưa ký", en: "not signed" },
} as const;

function printEnd({ state, file, level, reason, detail }: FileEnd, io: Io, lang: "vi" | "en"): void {
  const paint = createPaint(io.colour);
  const colour = { signed: paint.good, unchanged: paint.dim, held: paint.warn, failed: paint.bad }[state];
  const found = detail.split(", ").map((finding) => findingWord(finding, lang));
  const more = detail === "" ? "" : ` (${found.join("; ")})`;
  const why = reason === null ? more : `: ${reasonSentence(reason, lang)}${more}`;
  io.out(`${colour(STATES[state][lang])}  ${visible(file)}${level === null ? "" : `  ${level}`}${why}\n`);
}

function summarise(
  ends: readonly FileEnd[],
  { exit, seconds, left }: { readonly exit: number; readonly seconds: number; readonly left: number },
  json: boolean,
  io: Io,
  lang: "vi" | "en",
): void {
  const files: Record<string, number> = {};
  for (const { state } of ends) files[state] = (files[state] ?? 0) + 1;
  if (json) {
    io.out(`${JSON.stringify({ type: "summary", files, left, seconds, exit })}\n`);
    return;
  }
  const parts = Object.entries(files).map(
    ([state, number]) => `${count(number, lang)} ${STATES[state as FileEnd["state"]][lang]}`,
  );
  if (parts.length > 0) io.err(`${parts.join(", ")} · ${seconds} s [${exit}]\n`);
}
