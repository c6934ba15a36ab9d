import { OperationalError } from "../domain/errors.ts";

/**
 * Time for one task on a file (opening it, looking at one page). This reader runs in the main thread: a file made to keep
 * it busy must not hold up the batch. Each step of work says so by `spend`.
 */
export interface Budget {
  /** Throws `unreadable` when the task has taken too long. A step is about a microsecond. */
  spend(steps?: number): void;
  /** Begins a new task. */
  renew(): void;
}

/** The slowest page we know takes 0.3 s, the slowest file opens in 0.2 s; a busy machine may need ten times that. */
const TASK_MS = 8_000;
/** Looking at the clock costs more than most steps. */
const STEPS = 512;

export function createBudget(milliseconds = TASK_MS): Budget {
  let deadline = performance.now() + milliseconds;
  let steps = 0;
  return {
    spend: (more = 1) => {
      steps += more;
      if (steps < STEPS) return;
      steps = 0;
      if (performance.now() > deadline) throw new OperationalError("unreadable", "it takes too long to read");
    },
    renew: () => {
      deadline = performance.now() + milliseconds;
    },
  };
}
