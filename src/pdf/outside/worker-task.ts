import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

export interface TaskWorker {
  /** Sends one request and waits for its answer; undefined when the time is over or the worker died. */
  ask(request: unknown, transfer: readonly ArrayBuffer[], timeoutMs: number): Promise<unknown>;
  stop(): Promise<void>;
}

/** What a worker's body is given; it may use nothing else, because only its text travels. */
export interface WorkerScope {
  readonly library: string;
  readonly load: (path: string) => unknown;
  readonly answer: (reply: unknown, transfer?: readonly ArrayBuffer[]) => void;
  readonly onRequest: (handle: (request: unknown) => Promise<void>) => void;
}

const PRELUDE = `
const { parentPort, workerData } = require("node:worker_threads");
const scope = {
  library: workerData.library,
  load: require,
  answer: (reply, transfer) => parentPort.postMessage(reply, transfer),
  onRequest: (handle) => parentPort.on("message", (request) => {
    handle(request).catch((error) => parentPort.postMessage({ error: String(error && error.message) }));
  }),
};`;

/**
 * Runs a library of others in a thread that can be killed: an endless loop, a crash or a memory hole in it
 * then costs one file. The body travels as text because Node 20 loads no TypeScript in a worker and the tests
 * run the sources; so it may call nothing but its scope and the named functions given as `parts`.
 */
export function startWorker(
  body: (scope: WorkerScope) => void,
  parts: readonly ((...values: never[]) => unknown)[],
  library: string,
  heapMegabytes: number,
): TaskWorker {
  const source = [PRELUDE, ...parts.map(String), `(${body.toString()})(scope);`].join("\n");
  const worker = new Worker(source, {
    eval: true,
    workerData: { library: createRequire(import.meta.url).resolve(library) },
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    stdout: true,
    stderr: true,
  });
  worker.unref();
  let dead = false;
  worker.once("exit", () => (dead = true));
  worker.on("error", () => (dead = true));
  return {
    ask: async (request, transfer, timeoutMs) => {
      if (dead) return undefined;
      const reply = await exchange(worker, request, transfer, timeoutMs);
      if (reply === undefined) await worker.terminate();
      return reply;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

function exchange(
  worker: Worker,
  request: unknown,
  transfer: readonly ArrayBuffer[],
  timeoutMs: number,
): Promise<unknown> {
  return new Promise((resolve) => {
    const finish = (reply: unknown): void => {
      clearTimeout(timer);
      // Only ours: the worker's own listeners must notice a death between two requests.
      worker.off("message", finish).off("error", died).off("exit", died);
      worker.unref();
      resolve(reply);
    };
    const died = (): void => finish(undefined);
    const timer = setTimeout(died, timeoutMs);
    worker.ref();
    worker.once("message", finish).once("error", died).once("exit", died);
    worker.postMessage(request, [...transfer]);
  });
}
