import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { ReaderOptions, ReadResult } from "zxing-wasm/reader";

/** One code as the thread reports it; corners in pixels, x and y in turn. */
export interface RawCode {
  readonly format: string;
  readonly text: string;
  readonly corners: readonly number[];
}

export interface ReaderThread {
  /** Undefined when the time is over or the thread died; it is of no use any more then. */
  read(pgm: Uint8Array, timeoutMs: number): Promise<readonly RawCode[] | undefined>;
  stop(): Promise<void>;
}

export interface ThreadLimits {
  /** V8 objects of the thread. */
  readonly heapMegabytes: number;
  /** Memory of the WebAssembly library, which V8's limit does not count. */
  readonly wasmMegabytes: number;
}

/** What the body below is given as workerData. */
interface Start {
  readonly library: string;
  readonly wasm: string;
  readonly passes: readonly ReaderOptions[];
  readonly maxPages: number;
}

/** Node's types leave WebAssembly to the DOM's. */
interface WithWasm {
  readonly WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } };
}

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(this: WasmMemory, delta: number): number;
}

type Reply = { readonly codes: readonly RawCode[] } | { readonly error: string };

/**
 * ZXing in a thread that can be killed. The body travels as text because Node 20 loads no TypeScript in a worker and
 * the tests run the sources.
 */
export function startReaderThread(passes: readonly ReaderOptions[], limits: ThreadLimits): ReaderThread {
  const { resolve } = createRequire(import.meta.url);
  const start: Start = {
    library: resolve("zxing-wasm/reader"),
    wasm: resolve("zxing-wasm/reader/zxing_reader.wasm"),
    passes,
    maxPages: limits.wasmMegabytes * 16,
  };
  const worker = new Worker(`(${threadBody.toString()})(require);`, {
    eval: true,
    workerData: start,
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes },
    stdout: true,
    stderr: true,
  });
  worker.unref();
  let dead = false;
  worker.on("error", () => (dead = true)).once("exit", () => (dead = true));
  return {
    read: async (pgm, timeoutMs) => {
      const reply = dead ? undefined : await exchange(worker, pgm, timeoutMs);
      return reply === undefined || "error" in reply ? undefined : reply.codes;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

function exchange(worker: Worker, pgm: Uint8Array, timeoutMs: number): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    const finish = (reply?: Reply): void => {
      clearTimeout(timer);
      worker.off("message", finish).off("error", died).off("exit", died);
      worker.unref();
      resolve(reply);
    };
    const died = (): void => finish();
    const timer = setTimeout(died, timeoutMs);
    worker.ref();
    worker.once("message", finish).once("error", died).once("exit", died);
    // A copy of its own: the page goes on to OCR, and a view of a larger buffer would travel with all of it.
    const bytes = new Uint8Array(pgm);
    worker.postMessage(bytes, [bytes.buffer]);
  });
}

// What follows runs in the thread as text: it may use its argument only.

function threadBody(load: (name: string) => unknown): void {
  const { readFileSync } = load("node:fs") as typeof import("node:fs");
  const { parentPort, workerData } = load("node:worker_threads") as typeof import("node:worker_threads");
  const { library, wasm, passes, maxPages } = workerData as Start;
  const { prepareZXingModule, readBarcodes } = load(library) as typeof import("zxing-wasm/reader");
  // The library's memory may grow to 4 GB; a refused growth ends as an error of this page.
  const { prototype } = (globalThis as unknown as WithWasm).WebAssembly.Memory;
  const grow = Reflect.get(prototype, "grow") as (delta: number) => number;
  prototype.grow = function (delta) {
    if (this.buffer.byteLength / 65_536 + delta > maxPages) throw new RangeError("memory limit");
    return Reflect.apply(grow, this, [delta]) as number;
  };
  // Otherwise it would fetch its WebAssembly from the network.
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer } });

  const plain = ({ format, text, position }: ReadResult): RawCode => {
    const { topLeft, topRight, bottomRight, bottomLeft } = position;
    const corners = [topLeft, topRight, bottomRight, bottomLeft].flatMap(({ x, y }) => [x, y]);
    return { format, text, corners };
  };
  const readAll = async (bytes: Uint8Array): Promise<Reply> => {
    const codes: RawCode[] = [];
    for (const options of passes) codes.push(...(await readBarcodes(bytes, options)).map(plain));
    return { codes };
  };
  parentPort?.on("message", (bytes: Uint8Array) => {
    readAll(bytes)
      .catch((error: unknown): Reply => ({ error: String(error) }))
      .then((reply) => parentPort?.postMessage(reply))
      .catch(() => process.exit(1));
  });
}
