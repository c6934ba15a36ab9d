import { ERRORS, isOperational } from "../domain/errors.ts";
import type { Io, Lang } from "./io.ts";
import { createPaint } from "./paint.ts";
import { visible } from "./visible.ts";

/** Prints a failure in the reader's language and, below it, in the other one: tickets are read by both. */
export function printFailure(error: unknown, lang: Lang, io: Io): void {
  const paint = createPaint(io.colour);
  if (!isOperational(error)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.err(`${paint.bad("bug")} Lỗi của sohoa / a fault in sohoa\n${stack}\n`);
    return;
  }
  const { vi, en } = ERRORS[error.code];
  const [first, second] = lang === "vi" ? [vi, en] : [en, vi];
  const detail = error.detail === "" ? "" : ` (${visible(error.detail)})`;
  io.err(`${paint.bad(error.code)} ${first}${detail}\n${paint.dim(second)}\n`);
}
