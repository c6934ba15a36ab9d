import type { Io, Lang } from "./io.ts";

/** How a run is asked to stop: softly (nothing new begins, what runs is finished and kept) or at once. */
export interface Stopper {
  readonly soft: AbortSignal;
  readonly hard: AbortSignal;
  /** Stops softly without a signal: a failure of batch scope. */
  readonly halt: () => void;
  /** 130 after Ctrl-C, 143 after SIGTERM, else undefined. */
  signalExit(): number | undefined;
  close(): void;
}

const SAID = {
  vi: "Đang dừng: làm nốt việc đang dở. Nhấn Ctrl-C lần nữa để dừng ngay.",
  en: "Stopping: finishing what is in work. Press Ctrl-C again to stop now.",
};

/** First Ctrl-C (or SIGTERM, or the deadline) stops softly; the second one stops now. */
export function createStopper(until: Date | undefined, io: Io, lang: Lang): Stopper {
  const soft = new AbortController();
  const hard = new AbortController();
  let exit: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const code = signal === "SIGINT" ? 130 : 143;
    if (exit !== undefined) {
      hard.abort();
      // Crash-only: whatever is half done is swept or taken up by the next run.
      process.exit(code);
    }
    exit = code;
    io.err(`\n${SAID[lang]}\n`);
    soft.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const timer = until === undefined ? undefined : atTime(until, () => soft.abort());
  return {
    soft: soft.signal,
    hard: hard.signal,
    halt: () => soft.abort(),
    signalExit: () => exit,
    close() {
      timer?.clear();
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    },
  };
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** setTimeout counts to 24.8 days only, so longer waits are taken in steps. */
function atTime(when: Date, then: () => void): { clear(): void } {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const left = when.getTime() - Date.now();
    timer = setTimeout(left > LONGEST_TIMER_MS ? arm : then, Math.min(Math.max(left, 0), LONGEST_TIMER_MS));
    timer.unref();
  };
  arm();
  return { clear: () => clearTimeout(timer) };
}
