import { setMaxListeners } from "node:events";
import { orGone } from "../domain/or-gone.ts";
import { OperationalError } from "../domain/errors.ts";
import { createTurns, reasonOf } from "./turns.ts";

/** One recogniser in a thread of its own. It may die at any time, and then answers nothing more. */
export interface PoolWorker<In, Out> {
  /** Settles once: when the worker can take jobs, or when it never will. */
  readonly ready: Promise<void>;
  /** Resolves when the thread has ended, whoever ended it. */
  readonly gone: Promise<void>;
  /** An operational error says that the job could not be given to the worker, which can take the next one. */
  run(job: In): Promise<Out>;
  stop(): Promise<void>;
  /** Asked after each job: has it grown so much that a fresh one should do the next? */
  worn?(): boolean;
}

export interface PoolOptions<In, Out> {
  /** Jobs that run at the same time. */
  readonly size: number;
  /** Workers that may live at the same time, at least `size`, which is the default: more spare starts where kinds change. */
  readonly keep?: number;
  /** Which kind of worker a job needs; a slot whose worker is of another kind gets a new one. */
  readonly kindOf?: (job: In) => string;
  readonly startLimitMs: number;
  readonly jobLimitMs: number;
  /** Returns at once; the start itself is `ready`. */
  readonly spawn: (job: In) => PoolWorker<In, Out>;
}

export interface Pool<In, Out> {
  /**
   * Throws `page_timeout`, `engine_died` (after a second try on a new worker), `engine_start`, the signal's reason, or the
   * operational error of the worker.
   */
  run(job: In, signal: AbortSignal): Promise<Out>;
  /** Starts a worker for such jobs before the first of them comes. Throws `engine_start`. */
  start(job: In, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

interface Slot<In, Out> {
  worker: PoolWorker<In, Out> | undefined;
  kind: string;
}

/** At most `keep` workers, started when first needed and replaced when they die, hang, wear out or are interrupted. */
export function createPool<In, Out>(options: PoolOptions<In, Out>): Pool<In, Out> {
  const { size, keep = size, kindOf = () => "" } = options;
  const slots: Slot<In, Out>[] = Array.from({ length: Math.max(1, size, keep) }, () => ({
    worker: undefined,
    kind: "",
  }));
  // The slot used last is at the end.
  const idle = slots.slice();
  const turns = createTurns(Math.max(1, size));
  let closed = false;
  const spawning = { ...options, kindOf, spawn: (job: In) => spawnUnless(closed, options, job) };

  const withSlot = async <T>(job: In, work: (slot: Slot<In, Out>) => Promise<T>): Promise<T> => {
    const slot = takeSlot(idle, kindOf(job));
    try {
      return await work(slot);
    } finally {
      idle.push(slot);
    }
  };

  return {
    run: async (job, signal) => {
      signal.throwIfAborted();
      // One signal for a whole run: as many listeners as there are pages under way are no leak.
      setMaxListeners(0, signal);
      await turns.take(signal);
      try {
        return await withSlot(job, (slot) => runTwice(slot, job, signal, spawning));
      } finally {
        turns.give();
      }
    },
    start: (job, signal) =>
      withSlot(job, async (slot) => {
        await started(slot, job, signal, spawning);
      }),
    close: async () => {
      closed = true;
      turns.close();
      await Promise.all(slots.map(drop));
    },
  };
}

/** A page whose worker `close` has stopped must not start another one. */
function spawnUnless<In, Out>(closed: boolean, options: PoolOptions<In, Out>, job: In): PoolWorker<In, Out> {
  if (closed) throw new OperationalError("engine_start", "closed");
  return options.spawn(job);
}

/** A worker of the kind that already runs is taken before one that must be started, and the one unused for longest is given up. */
function takeSlot<In, Out>(idle: Slot<In, Out>[], kind: string): Slot<In, Out> {
  const same = idle.findLastIndex((slot) => slot.worker !== undefined && slot.kind === kind);
  const empty = idle.findIndex(({ worker }) => worker === undefined);
  const [slot] = idle.splice(same >= 0 ? same : Math.max(0, empty), 1);
  if (slot === undefined) throw new Error("no idle slot although fewer jobs run than there are slots");
  return slot;
}

type Spawning<In, Out> = PoolOptions<In, Out> & Required<Pick<PoolOptions<In, Out>, "kindOf">>;

/** A page may kill a worker by chance (memory) or by nature; the second death tells which. */
async function runTwice<In, Out>(
  slot: Slot<In, Out>,
  job: In,
  signal: AbortSignal,
  options: Spawning<In, Out>,
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

/** What goes wrong with the worker leaves the slot without one, so that the next job starts a fresh one. */
async function runOnce<In, Out>(
  slot: Slot<In, Out>,
  job: In,
  signal: AbortSignal,
  options: Spawning<In, Out>,
): Promise<Out> {
  let sound = false;
  try {
    const worker = await started(slot, job, signal, options);
    const answer = worker.run(job).catch((error: unknown) => {
      // A full disk is not the worker's fault: it has not even seen the page.
      sound = error instanceof OperationalError;
      if (sound) throw error;
      // After an error inside WebAssembly the memory of the instance cannot be trusted.
      throw new WorkerDied("worker refused", { cause: error });
    });
    const alive = orGone(worker.gone, answer, () => {
      throw new WorkerDied("thread ended");
    });
    const given = await within(options.jobLimitMs, "page_timeout", signal, alive);
    if (worker.worn?.() === true) await drop(slot);
    return given;
  } catch (error) {
    if (!sound) await drop(slot);
    throw error;
  }
}

async function started<In, Out>(
  slot: Slot<In, Out>,
  job: In,
  signal: AbortSignal,
  options: Spawning<In, Out>,
): Promise<PoolWorker<In, Out>> {
  const kind = options.kindOf(job);
  if (slot.worker !== undefined && slot.kind === kind) return slot.worker;
  await drop(slot);
  const worker = options.spawn(job);
  slot.worker = worker;
  slot.kind = kind;
  const ready = worker.ready.catch((error: unknown) => {
    throw new OperationalError("engine_start", "", { cause: error });
  });
  const alive = orGone(worker.gone, ready, () => {
    throw new OperationalError("engine_start", "thread ended");
  });
  try {
    await within(options.startLimitMs, "engine_start", signal, alive);
  } catch (error) {
    await drop(slot);
    throw error;
  }
  return worker;
}

async function drop<In, Out>(slot: Slot<In, Out>): Promise<void> {
  const { worker } = slot;
  slot.worker = undefined;
  await worker?.stop();
}

/** The work, or the time limit, or the signal. A late rejection of the work is nobody's. */
async function within<T>(
  limitMs: number,
  code: "page_timeout" | "engine_start",
  signal: AbortSignal,
  work: Promise<T>,
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
  work.catch(() => undefined);
  try {
    return await Promise.race([work, limits]);
  } finally {
    stopWaiting();
  }
}
