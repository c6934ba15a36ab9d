import { Worker } from "node:worker_threads";
import { isOperational } from "../../domain/errors.ts";
import { createImaging } from "../imaging.ts";
import { packed, unpacked } from "./carrier.ts";
import { CARRIER, type Answer, type ChildOptions, type Message, type Task } from "./protocol.ts";
import type { WatchdogData } from "./watchdog.ts";

// The main of a child process: decodes what may be hostile, one task at a time, and may die of it. It writes nothing to
// the disk, so that it can be killed at any moment.

/** The heap of native code does not shrink again after a large page; a fresh process takes 70 MB, scans of A4 180-220. */
const SPENT_BYTES = 300_000_000;

const options = JSON.parse(process.argv[2] ?? "") as ChildOptions;
const imaging = createImaging(options.imaging);
const carrier = options.carried === true ? CARRIER : undefined;
const deadline = new BigInt64Array(new SharedArrayBuffer(8));

// Ctrl-C goes to the whole group: the parent decides what is still finished, and ends its children by disconnecting.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const)
  process.on(signal, () => undefined);
// `exit` would wait for the threads of libvips, which may never end.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", (task: Task) => void work(task));
startWatchdog();
send({ type: "ready" });

async function work(task: Task): Promise<void> {
  Atomics.store(deadline, 0, BigInt(Date.now() + options.taskLimitMs));
  const answer = await answerOf(task);
  Atomics.store(deadline, 0, 0n);
  send({ type: "answer", answer, spent: isSpent() });
}

/** Pixels lie outside of the JavaScript heap, which sees no reason to collect them: 26 MB a page of a drawn PDF. */
function isSpent(): boolean {
  if (process.memoryUsage.rss() <= SPENT_BYTES) return false;
  globalThis.gc?.();
  return process.memoryUsage.rss() > SPENT_BYTES;
}

async function answerOf(task: Task): Promise<Answer> {
  try {
    return { kind: "value", value: await call(unpacked(task, carrier) as Task) };
  } catch (error) {
    if (isOperational(error)) return { kind: "refused", code: error.code, detail: error.detail };
    const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
    return { kind: "bug", message, stack };
  }
}

function call(task: Task): Promise<unknown> {
  switch (task.call) {
    case "probe":
      return imaging.probe(task.path);
    case "normalize":
      return imaging.normalize(task.page);
    case "fold":
      return imaging.fold(task.page);
    case "glance":
      return imaging.glance(task.page);
    case "encode":
      return imaging.encode(task.page, task.made);
  }
}

function send(message: Message): void {
  process.send?.(packed(message, carrier));
}

/** A thread of its own, because decoding in WebAssembly stops this one from looking after itself. */
function startWatchdog(): void {
  const workerData: WatchdogData = { deadline, memoryBytes: options.memoryBytes };
  const thread = new Worker(new URL("./watchdog.js", import.meta.url), { workerData, execArgv: [] });
  thread.unref();
}
