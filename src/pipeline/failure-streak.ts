import { OperationalError } from "../domain/errors.ts";
import type { Outcome } from "../domain/outcome.ts";

const LIMIT = 20;

/**
 * Watches for the same passing failure again and again: twenty documents in a row that end alike say that the
 * machine or the warehouse is at fault, not the papers. Throws `equal_failures`.
 */
export function failureStreak(): (outcome: Outcome) => void {
  let reason = "";
  let length = 0;
  return (outcome) => {
    const now = outcome.state === "failed" && outcome.retriable ? outcome.reason : "";
    length = now !== "" && now === reason ? length + 1 : Number(now !== "");
    reason = now;
    if (length >= LIMIT) throw new OperationalError("equal_failures", `${LIMIT} × ${reason}`);
  };
}
