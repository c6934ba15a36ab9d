import type { Barcode } from "../domain/barcode.ts";
import { OperationalError } from "../domain/errors.ts";
import type { BarcodeReader } from "../domain/page-ports.ts";
import { findPatchT } from "./patch-code.ts";
import { plausible } from "./plausible.ts";
import { type ReaderThread, startReaderThread } from "./reader-thread.ts";
import type { RawCode } from "./reading-body.ts";

export interface BarcodeOptions {
  /** Pages read at the same time. */
  readonly threads?: number;
  readonly pageTimeoutMs?: number;
  readonly wasmMegabytes?: number;
}

const WASM_MEGABYTES = 512;
const HEAP_MEGABYTES = 256;
/** Against endless loops only: a separator that is lost because the machine was busy costs more than a long wait. */
const PAGE_TIMEOUT_MS = 20_000;

/**
 * Reads every code of a page with ZXing, and patch codes T by ourselves. A page that kills its thread gets a second one:
 * a sheet that was not seen would put papers under the wrong dossier, so what cannot be searched is not passed over.
 */
export function createBarcodeReader(options: BarcodeOptions = {}): BarcodeReader {
  const { threads = 2, pageTimeoutMs = PAGE_TIMEOUT_MS, wasmMegabytes = WASM_MEGABYTES } = options;
  const pool = createPool(threads, () => startReaderThread({ heapMegabytes: HEAP_MEGABYTES, wasmMegabytes }));
  return {
    identity: "zxing-wasm 3.1.4, passes 2",
    read: async ({ pgm, width, height }) => {
      if (pgm.length < width * height) return [];
      const search = () =>
        pool.use((thread) => {
          // A copy of its own: the page goes on to OCR, and a view would travel with the whole of its buffer.
          const pixels = new Uint8Array(pgm.subarray(pgm.length - width * height));
          return thread.read({ pixels, width, height }, pageTimeoutMs);
        });
      const found = (await search()) ?? (await search());
      if (found === undefined) throw new OperationalError("page_timeout", "barcodes");
      const codes = found.codes.map((code) => barcodeOf(code, width, height)).filter(plausible);
      return [...withoutTwins(codes), ...findPatchT(found.rows, found.columns)];
    },
    close: () => pool.close(),
  };
}

interface Pool {
  /** An undefined answer means that the thread is lost; the next page gets a new one. */
  use<T>(work: (thread: ReaderThread) => Promise<T | undefined>): Promise<T | undefined>;
  close(): Promise<void>;
}

function createPool(size: number, start: () => ReaderThread): Pool {
  const free: (ReaderThread | undefined)[] = Array.from({ length: size }, () => undefined);
  const waiting: (() => void)[] = [];
  const running = new Set<ReaderThread>();
  let closed = false;

  async function drop(thread: ReaderThread): Promise<undefined> {
    running.delete(thread);
    await thread.stop();
    return undefined;
  }

  async function use<T>(work: (thread: ReaderThread) => Promise<T | undefined>): Promise<T | undefined> {
    while (free.length === 0) await new Promise<void>((done) => waiting.push(done));
    if (closed) return undefined;
    const thread = free.pop() ?? start();
    running.add(thread);
    const answer = await work(thread);
    free.push(answer === undefined ? await drop(thread) : thread);
    waiting.shift()?.();
    return answer;
  }

  return {
    use,
    close: async () => {
      closed = true;
      await Promise.all([...running].map(drop));
    },
  };
}

function barcodeOf({ format, text, corners }: RawCode, width: number, height: number): Barcode {
  const xs = corners.filter((_, index) => index % 2 === 0).map((x) => share(x, width));
  const ys = corners.filter((_, index) => index % 2 === 1).map((y) => share(y, height));
  const box = { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
  return { format, text, box };
}

function share(value: number, whole: number): number {
  return Math.min(1, Math.max(0, value / whole));
}

/** Two passes may find one code twice; two equal codes on different places of a page are two. */
function withoutTwins(codes: readonly Barcode[]): Barcode[] {
  return codes.filter((code, index) => !codes.slice(0, index).some((other) => sameCode(code, other)));
}

function sameCode(a: Barcode, b: Barcode): boolean {
  const near = (x: number, y: number): boolean => Math.abs(x - y) < 0.03;
  const middle = ({ box }: Barcode) => [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2] as const;
  const [[ax, ay], [bx, by]] = [middle(a), middle(b)];
  return a.format === b.format && a.text === b.text && near(ax, bx) && near(ay, by);
}
