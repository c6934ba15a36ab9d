import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { type GreyPage, type PageReading, threadSource, type ThreadStart } from "./reading-body.ts";

export interface ReaderThread {
  /** Undefined when the time is over or the thread died; it is of no use any more then. */
  read(page: GreyPage, timeoutMs: number): Promise<PageReading | undefined>;
  stop(): Promise<void>;
}

export interface ThreadLimits {
  /** V8 objects of the thread. */
  readonly heapMegabytes: number;
  /** Memory of the WebAssembly library, which V8's limit does not count. */
  readonly wasmMegabytes: number;
}

const WASM_PAGES_PER_MEGABYTE = 16;

/** ZXing in a thread that can be killed. */
export function startReaderThread(limits: ThreadLimits): ReaderThread {
  const { resolve } = createRequire(import.meta.url);
  const workerData: ThreadStart = {
    library: resolve("zxing-wasm/reader"),
    wasm: resolve("zxing-wasm/reader/zxing_reader.wasm"),
    maxPages: limits.wasmMegabytes * WASM_PAGES_PER_MEGABYTE,
  };
  const worker = new Worker(threadSource(), {
    eval: true,
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes },
    stdout: true,
    stderr: true,
  });
  worker.unref();
  let dead = false;
  worker.on("error", () => (dead = true)).once("exit", () => (dead = true));
  return {
    read: async (page, timeoutMs) => {
      const reply = dead ? undefined : await exchange(worker, page, timeoutMs);
      return reply === undefined || "error" in reply ? undefined : reply;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

type Reply = PageReading | { readonly error: string };

function exchange(worker: Worker, page: GreyPage, timeoutMs: number): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    const finish = (reply?: Reply): void => {
      clearTimeout(timer);
      // Only ours: the worker's own listeners must notice a death between two pages.
      worker.off("message", finish).off("error", died).off("exit", died);
      worker.unref();
      resolve(reply);
    };
    const died = (): void => finish();
    const timer = setTimeout(died, timeoutMs);
    worker.ref();
    worker.once("message", finish).once("error", died).once("exit", died);
    worker.postMessage(page, [page.pixels.buffer]);
  });
}
