import { ERRORS, type ErrorCode } from "./errors.ts";
import type { State } from "./outcome.ts";

/** Several reasons may apply; the earliest of these wins (contract, "Exit codes"). */
const ORDER = [1, 2, 7, 8, 3, 4, 5, 6, 10] as const;

export function worstExit(codes: Iterable<number>): number {
  const all = new Set(codes);
  return ORDER.find((code) => all.has(code)) ?? 0;
}

/** The exit code one document's end asks for. */
export function outcomeExit(state: State, reason?: string): number {
  switch (state) {
    case "delivered":
    case "duplicate":
    case "split":
    case "skipped":
      return 0;
    case "unsigned":
    case "undelivered":
    case "held":
    case "quarantined":
      return 6;
    case "failed":
      return reasonExit(reason ?? "bug");
    case "pending":
      return 10;
  }
}

function reasonExit(reason: string): number {
  return Object.hasOwn(ERRORS, reason) ? ERRORS[reason as ErrorCode].exit : 1;
}
