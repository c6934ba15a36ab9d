import { ERRORS, isOperational } from "../domain/errors.ts";
import { worstExit } from "../domain/exit-code.ts";
import type { BatchResult } from "../pipeline/batch.ts";
import type { Io, Lang } from "../ui/io.ts";
import { createNdjson } from "../ui/ndjson.ts";
import type { Stopper } from "../ui/stopper.ts";
import type { Summary } from "../ui/summary.ts";
import type { Flags } from "./workspace.ts";

/** What a batch came to, with the exit code of the contract. */
export function summarise(
  result: BatchResult,
  stopper: Pick<Stopper, "signalExit">,
  warnings: Summary["warnings"],
  seconds: number,
): Summary {
  const { documents, pages, images, left, exits, failure } = result;
  const kilobytesPerPage = images.pages === 0 ? null : Math.round(images.bytes / 1024 / images.pages);
  const codes = new Set(exits);
  if (failure !== undefined) codes.add(exitOf(failure));
  else if (left > 0) codes.add(10);
  const exit = stopper.signalExit() ?? worstExit(codes);
  return { documents, pages, kilobytesPerPage, left, warnings, seconds: Math.round(seconds * 10) / 10, exit };
}

/** The summary of a run that never came to its batch. */
export function nothingDone(exit: number): Summary {
  return { documents: {}, pages: 0, kilobytesPerPage: null, left: 0, warnings: {}, seconds: 0, exit };
}

export function exitOf(failure: unknown): number {
  return isOperational(failure) ? ERRORS[failure.code].exit : 1;
}

/** `--if-locked skip`: another run is at work, and that is no fault. */
export function skipped(io: Io, flags: Flags, lang: Lang): number {
  io.err(`${SKIPPED[lang]}\n`);
  if (flags["json"] === true) createNdjson(io).summary(nothingDone(0));
  return 0;
}

const SKIPPED = {
  vi: "Một lần chạy khác đang giữ khóa; đã bỏ qua lần này.",
  en: "Another run holds the lock; this one was skipped.",
};
