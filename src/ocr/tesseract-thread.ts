import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { PoolWorker } from "./pool.ts";
import type { TesseractJob } from "./tesseract-modes.ts";
import { createWear } from "./tesseract-wear.ts";

export interface ThreadOptions {
  readonly languages: readonly string[];
  /** Folder of the language files. */
  readonly folder: string;
  readonly gzip: boolean;
}

type Action = "load" | "loadLanguage" | "initialize" | "setParameters" | "recognize";

/** What the worker script of tesseract.js 7 posts back; progress is of no interest here. */
interface Answer {
  readonly jobId: string;
  readonly status: "resolve" | "reject" | "progress";
  readonly data: unknown;
}

/** Tesseract's own number for "LSTM only". */
const LSTM_ONLY = 1;

/**
 * One tesseract.js worker thread, driven by its message protocol. `createWorker` of the package hides the thread until it
 * is ready and never settles when the start fails or the thread dies, so the thread is started here and watched.
 */
export function spawnThread(
  options: ThreadOptions,
): PoolWorker<TesseractJob, string> & { readonly thread: Worker } {
  const script = createRequire(import.meta.url).resolve("tesseract.js/src/worker-script/node/index.js");
  // Its prints are swallowed: the terminal belongs to the progress display.
  const thread = new Worker(script, { stdout: true, stderr: true, execArgv: [] });
  thread.stdout.resume();
  thread.stderr.resume();
  const ask = asking(thread);
  const wear = createWear();
  const gone = new Promise<void>((resolve) => {
    thread.once("exit", () => resolve());
  });
  // Without a listener an error in the thread would end the whole process; `exit` follows it.
  thread.on("error", () => undefined);
  return {
    thread,
    ready: start(ask, options),
    gone,
    run: async ({ image, dpi, segmentation }) => {
      const params = {
        user_defined_dpi: String(Math.round(dpi)),
        tessedit_pageseg_mode: String(segmentation),
      };
      await ask("setParameters", { params });
      wear.note(image);
      const data = await ask("recognize", { image, options: {}, output: { text: false, tsv: true } });
      return tsvOf(data);
    },
    stop: async () => {
      await thread.terminate();
    },
    worn: wear.worn,
  };
}

async function start(ask: Ask, options: ThreadOptions): Promise<void> {
  const langs = options.languages.join("+");
  await ask("load", { options: { lstmOnly: true, corePath: null, logging: false } });
  await ask("loadLanguage", {
    langs,
    // Without these three it would ask a content network for the data and leave a copy in the working folder.
    options: { langPath: options.folder, gzip: options.gzip, cacheMethod: "none", lstmOnly: true },
  });
  await ask("initialize", { langs, oem: LSTM_ONLY, config: {} });
}

type Ask = (action: Action, payload: unknown) => Promise<unknown>;

/** Requests by number. A request to a dead thread never settles: the pool watches `gone`. */
function asking(thread: Worker): Ask {
  const open = new Map<string, { resolve: (data: unknown) => void; reject: (error: Error) => void }>();
  let count = 0;
  thread.on("message", (answer: Answer) => {
    const request = open.get(answer.jobId);
    if (request === undefined || answer.status === "progress") return;
    open.delete(answer.jobId);
    if (answer.status === "resolve") request.resolve(answer.data);
    else request.reject(new Error(String(answer.data)));
  });
  return (action, payload) =>
    new Promise((resolve, reject) => {
      const jobId = `job-${++count}`;
      open.set(jobId, { resolve, reject });
      thread.postMessage({ workerId: "worker", jobId, action, payload });
    });
}

function tsvOf(data: unknown): string {
  if (typeof data === "object" && data !== null && "tsv" in data && typeof data.tsv === "string")
    return data.tsv;
  throw new Error("tesseract.js gave no TSV");
}
