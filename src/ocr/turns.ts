import { OperationalError } from "../domain/errors.ts";

export interface Turns {
  /** Resolves when fewer than the allowed number run, first come first served. Throws the signal's reason, `engine_start`. */
  take(signal: AbortSignal): Promise<void>;
  give(): void;
  /** Refuses those that wait and those that come. */
  close(): void;
}

interface Waiter {
  readonly take: () => void;
  readonly refuse: (error: Error) => void;
}

/** Lets so many work at the same time; the others wait in line. */
export function createTurns(allowed: number): Turns {
  const waiting: Waiter[] = [];
  let running = 0;
  let closed = false;
  return {
    take: async (signal) => {
      if (closed) throw new OperationalError("engine_start", "closed");
      if (running < allowed) running += 1;
      else await waitForTurn(waiting, signal);
    },
    give: () => {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next.take();
    },
    close: () => {
      closed = true;
      for (const waiter of waiting.splice(0)) waiter.refuse(new OperationalError("engine_start", "closed"));
    },
  };
}

function waitForTurn(waiting: Waiter[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopListening = (): void => signal.removeEventListener("abort", abort);
    const waiter: Waiter = {
      take: () => {
        stopListening();
        resolve();
      },
      refuse: (error) => {
        stopListening();
        reject(error);
      },
    };
    const abort = (): void => {
      waiting.splice(waiting.indexOf(waiter), 1);
      reject(reasonOf(signal));
    };
    signal.addEventListener("abort", abort, { once: true });
    waiting.push(waiter);
  });
}

/** What a signal was fired with. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}
