import { OperationalError } from "../../domain/errors.ts";
import { orGone } from "../../domain/or-gone.ts";
import type { Answered, ForkedChild } from "./fork-child.ts";
import type { Task } from "./protocol.ts";

export interface ChildPoolOptions {
  readonly size: number;
  readonly startLimitMs: number;
  readonly taskLimitMs: number;
  readonly spawn: () => ForkedChild;
}

export interface ChildPool {
  /**
   * Throws what the task throws, `page_timeout`, `unreadable` or `too_large` when the task killed two children, and
   * `engine_start` when none can be started.
   */
  run(task: Task): Promise<unknown>;
  /** Starts all children now, while something else is still to be done. One that cannot is tried again by its first task. */
  warmUp(): Promise<void>;
  /** Ends the children that have nothing to do; the next task starts one again. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

interface Slot {
  child: ForkedChild | undefined;
}

type Death = "over memory" | "died" | "not started";

/** At most `size` children, started when first needed and replaced when they die, hang or have grown. */
export function createChildPool(options: ChildPoolOptions): ChildPool {
  const slots: Slot[] = Array.from({ length: Math.max(1, options.size) }, () => ({ child: undefined }));
  // A slot whose child already runs is taken before one that must be started first: idle is a stack.
  const idle = slots.toReversed();
  const waiting: ((slot: Slot) => void)[] = [];
  let closed = false;

  const run = async (task: Task): Promise<unknown> => {
    const slot = idle.pop() ?? (await new Promise<Slot>((resolve) => waiting.push(resolve)));
    try {
      return await twice(slot, task, options, () => closed);
    } finally {
      free(slot);
    }
  };

  const free = (slot: Slot): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(slot);
    else next(slot);
  };

  const warmUp = async (): Promise<void> => {
    const taken = idle.splice(0);
    const warm = async (slot: Slot): Promise<void> => {
      if (slot.child === undefined && !closed) await started(slot, options).catch(() => undefined);
      free(slot);
    };
    await Promise.all(taken.map(warm));
  };

  return {
    run,
    warmUp,
    rest: async () => {
      await Promise.all(idle.map(drop));
    },
    close: async () => {
      closed = true;
      await Promise.all(slots.map(drop));
    },
  };
}

/** A page may kill a child by chance (memory of the machine) or by nature; the second death tells which. */
async function twice(
  slot: Slot,
  task: Task,
  options: ChildPoolOptions,
  isClosed: () => boolean,
): Promise<unknown> {
  let death: Death = "died";
  for (let tries = 0; tries < 2; tries++) {
    if (isClosed()) throw new OperationalError("engine_start", "closed");
    const end = await once(slot, task, options);
    if (typeof end === "object") return valueOf(end);
    death = end;
  }
  if (death === "over memory")
    throw new OperationalError("too_large", "ảnh cần quá nhiều bộ nhớ / the image needs too much memory");
  if (death === "not started") throw new OperationalError("engine_start", "imaging");
  throw new OperationalError("unreadable", "bộ giải mã ảnh dừng đột ngột / the image decoder crashed");
}

async function once(slot: Slot, task: Task, options: ChildPoolOptions): Promise<Answered | Death> {
  try {
    const child = slot.child ?? (await started(slot, options));
    if (child === undefined) return "not started";
    const answered = child.ask(task).catch(() => child.gone);
    const end = await within(options.taskLimitMs, orDeath(child, answered));
    if (end === undefined) throw new OperationalError("page_timeout", `${options.taskLimitMs} ms`);
    if (typeof end === "string" || end.spent) await drop(slot);
    return end;
  } catch (error) {
    await drop(slot);
    throw error;
  }
}

async function started(slot: Slot, options: ChildPoolOptions): Promise<ForkedChild | undefined> {
  const child = options.spawn();
  slot.child = child;
  const up = await within(
    options.startLimitMs,
    orDeath(
      child,
      child.ready.then(() => true),
    ),
  );
  if (up === true) return child;
  await drop(slot);
  return undefined;
}

/** What `work` gives, or how the child died before. */
function orDeath<T>({ gone }: ForkedChild, work: Promise<T>): Promise<T | Death> {
  return orGone(gone, work, (end) => end);
}

async function drop(slot: Slot): Promise<void> {
  const { child } = slot;
  slot.child = undefined;
  await child?.stop();
}

function valueOf({ answer }: Answered): unknown {
  if (answer.kind === "value") return answer.value;
  if (answer.kind === "refused") throw new OperationalError(answer.code, answer.detail);
  const bug = new Error(answer.message);
  bug.stack = answer.stack;
  throw bug;
}

/** Undefined when the time is over. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
