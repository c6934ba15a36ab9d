import { OperationalError } from "../domain/errors.ts";

/** One recogniser in a thread of its own. It may die at any time, and then answers nothing more. */
export interface PoolWorker<In, Out> {
  /** Settles once: when the worker can take jobs, or when it never will. */
  readonly ready: Promise<void>;
  /** Resolves when the thread has ended, whoever ended it. */
  readonly gone: Promise<void>;
  run(job: In): Promise<Out>;
  stop(): Promise<void>;
}

export interface PoolOptions<In, Out> {
  readonly size: number;
  readonly startLimitMs: number;
  readonly jobLimitMs: number;
  /** Returns at once; the start itself is `ready`. */
  readonly spawn: () => PoolWorker<In, Out>;
}

export interface Pool<In, Out> {
  /** Throws `page_timeout`, `engine_died` (after a second try on a new worker), `engine_start`, or the signal's reason. */
  run(job: In, signal: AbortSignal): Promise<Out>;
  close(): Promise<void>;
}

interface Slot<In, Out> {
  worker: PoolWorker<In, Out> | undefined;
}

interface Waiter<In, Out> {
  readonly take: (slot: Slot<In, Out>) => void;
  readonly refuse: (error: Error) => void;
}

/** At most `size` workers, started when first needed and replaced when they die, hang or are interrupted. */
export function createPool<In, Out>(options: PoolOptions<In, Out>): Pool<In, Out> {
  const slots: Slot<In, Out>[] = Array.from({ length: Math.max(1, options.size) }, () => ({
    worker: undefined,
  }));
  // A slot whose worker already runs is taken before one that must be started first: idle is a stack.
  const idle = slots.toReversed();
  const waiting: Waiter<In, Out>[] = [];
  let closed = false;
  const spawning = {
    ...options,
    // A page whose worker `close` has stopped must not start another one.
    spawn: () => {
      if (closed) throw new OperationalError("engine_start", "closed");
      return options.spawn();
    },
  };

  const free = (slot: Slot<In, Out>): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(slot);
    else next.take(slot);
  };

  const run = async (job: In, signal: AbortSignal): Promise<Out> => {
    signal.throwIfAborted();
    if (closed) throw new OperationalError("engine_start", "closed");
    const slot = idle.pop() ?? (await waitForSlot(waiting, signal));
    try {
      return await runTwice(slot, job, signal, spawning);
    } finally {
      free(slot);
    }
  };

  const close = async (): Promise<void> => {
    closed = true;
    for (const waiter of waiting.splice(0)) waiter.refuse(new OperationalError("engine_start", "closed"));
    await Promise.all(slots.map(drop));
  };

  return { run, close };
}

function waitForSlot<In, Out>(waiting: Waiter<In, Out>[], signal: AbortSignal): Promise<Slot<In, Out>> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      waiting.splice(waiting.indexOf(waiter), 1);
      reject(reasonOf(signal));
    };
    const waiter: Waiter<In, Out> = {
      take: (slot) => {
        signal.removeEventListener("abort", abort);
        resolve(slot);
      },
      refuse: (error) => {
        signal.removeEventListener("abort", abort);
        reject(error);
      },
    };
    signal.addEventListener("abort", abort, { once: true });
    waiting.push(waiter);
  });
}

/** A page may kill a worker by chance (memory) or by nature; the second death tells which. */
async function runTwice<In, Out>(
  slot: Slot<In, Out>,
  job: In,
  signal: AbortSignal,
  options: PoolOptions<In, Out>,
): Promise<Out> {
  try {
    return await runOnce(slot, job, signal, options);
  } catch (error) {
    if (!(error instanceof WorkerDied)) throw error;
  }
  try {
    return await runOnce(slot, job, signal, options);
  } catch (error) {
    if (!(error instanceof WorkerDied)) throw error;
    throw new OperationalError("engine_died", "", { cause: error.cause });
  }
}

class WorkerDied extends Error {
  override readonly name = "WorkerDied";
}

/** Whatever goes wrong here leaves the slot without a worker, so that the next job starts a fresh one. */
async function runOnce<In, Out>(
  slot: Slot<In, Out>,
  job: In,
  signal: AbortSignal,
  options: PoolOptions<In, Out>,
): Promise<Out> {
  try {
    const worker = await started(slot, signal, options);
    const answer = worker.run(job).catch((error: unknown) => {
      // After an error inside WebAssembly the memory of the instance cannot be trusted.
      throw new WorkerDied("worker refused", { cause: error });
    });
    const death = worker.gone.then(() => {
      throw new WorkerDied("thread ended");
    });
    return await within(options.jobLimitMs, "page_timeout", signal, [answer, death]);
  } catch (error) {
    await drop(slot);
    throw error;
  }
}

async function started<In, Out>(
  slot: Slot<In, Out>,
  signal: AbortSignal,
  options: PoolOptions<In, Out>,
): Promise<PoolWorker<In, Out>> {
  if (slot.worker !== undefined) return slot.worker;
  const worker = options.spawn();
  slot.worker = worker;
  const ready = worker.ready.catch((error: unknown) => {
    throw new OperationalError("engine_start", "", { cause: error });
  });
  const death = worker.gone.then(() => {
    throw new OperationalError("engine_start", "thread ended");
  });
  await within(options.startLimitMs, "engine_start", signal, [ready, death]);
  return worker;
}

async function drop<In, Out>(slot: Slot<In, Out>): Promise<void> {
  const { worker } = slot;
  slot.worker = undefined;
  await worker?.stop();
}

/** The first of the promises to settle, or the time limit, or the signal. Late rejections of the others are nobody's. */
async function within<T>(
  limitMs: number,
  code: "page_timeout" | "engine_start",
  signal: AbortSignal,
  promises: readonly Promise<T>[],
): Promise<T> {
  let stopWaiting = (): void => undefined;
  const limits = new Promise<never>((_, reject) => {
    const abort = (): void => reject(reasonOf(signal));
    const timer = setTimeout(() => reject(new OperationalError(code, `${limitMs} ms`)), limitMs);
    signal.addEventListener("abort", abort, { once: true });
    stopWaiting = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
    if (signal.aborted) abort();
  });
  for (const promise of promises) promise.catch(() => undefined);
  try {
    return await Promise.race([...promises, limits]);
  } finally {
    stopWaiting();
  }
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}
