import { type ErrorCode, OperationalError } from "../domain/errors.ts";
import type { Outcome } from "../domain/outcome.ts";

const LIMIT = 20;
/** One lost answer is bad luck and three are an outage; each may cost the whole patience set by `signing.timeout`. */
const SERVICE_LIMIT = 3;

/** Services that signing asks: their outage says nothing of the papers, nor of anything before the signature. */
const SERVICES = ["timestamp", "revocation", "signing_service"] as const;

function isService(reason: string): reason is (typeof SERVICES)[number] {
  return (SERVICES as readonly string[]).includes(reason);
}

/**
 * Watches for the same passing failure again and again: twenty documents in a row that end alike say that the
 * machine or the warehouse is at fault, not the papers. Throws `equal_failures`. A signing service that is away stops
 * nothing: what was read is kept, and signing it costs little tomorrow.
 */
export function failureStreak(): (outcome: Outcome) => void {
  const count = counter();
  return (outcome) => {
    const { reason, length } = count(outcome);
    if (length >= LIMIT && !isService(reason))
      throw new OperationalError("equal_failures", `${LIMIT} × ${reason}`);
  };
}

/**
 * The same where signing is all there is to do: asking an absent service for each of thousands of papers would take the
 * night and change nothing. Throws the service's own code, so that the run ends with its exit.
 */
export function signingStreak(): (outcome: Outcome) => void {
  const count = counter();
  return (outcome) => {
    const { reason, length } = count(outcome);
    if (isService(reason) && length >= SERVICE_LIMIT)
      throw new OperationalError(reason, `${SERVICE_LIMIT} ×`);
    if (length >= LIMIT) throw new OperationalError("equal_failures", `${LIMIT} × ${reason}`);
  };
}

interface Streak {
  /** Empty: the last document did not fail for now. */
  readonly reason: ErrorCode | "bug" | "";
  readonly length: number;
}

function counter(): (outcome: Outcome) => Streak {
  let last: Streak = { reason: "", length: 0 };
  return (outcome) => {
    const reason = outcome.state === "failed" && outcome.retriable ? outcome.reason : "";
    const again = reason !== "" && reason === last.reason;
    last = { reason, length: again ? last.length + 1 : Number(reason !== "") };
    return last;
  };
}
