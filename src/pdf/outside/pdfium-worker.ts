import type { PDFiumDocument, PDFiumLibrary, PDFiumPage } from "@hyzyla/pdfium";
import type { TaskWorker, WorkerScope } from "./worker-task.ts";
import { startWorker } from "./worker-task.ts";

export interface DrawRequest {
  readonly task: "render" | "text";
  readonly index: number;
  readonly width: number;
  readonly height: number;
  readonly grey: boolean;
  /** Only with the first request for a document, which takes the place of the one before. */
  readonly bytes?: Uint8Array | undefined;
}

export interface DrawReply {
  readonly error?: string;
  readonly pixels?: Uint8Array;
  readonly codes?: Uint32Array;
  readonly boxes?: Float32Array;
  /** Bytes of WASM memory, which never shrinks. */
  readonly heap?: number;
}

/** What the wrapper keeps private; its own text call gives no boxes. */
interface RawPage {
  readonly pageIdx: number;
  readonly module: {
    readonly wasmExports: { malloc(size: number): number; free(pointer: number): void };
    readonly HEAPU8: Uint8Array;
    _FPDFText_LoadPage(page: number): number;
    _FPDFText_CountChars(text: number): number;
    _FPDFText_GetUnicode(text: number, index: number): number;
    _FPDFText_GetCharBox(text: number, index: number, l: number, r: number, b: number, t: number): number;
    _FPDFText_ClosePage(text: number): void;
  };
}

/** The language's own types lack it. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow: (this: WasmMemory, pages: number) => number;
}

/** The heap limit is for the thread's own objects; WASM memory lies outside it. */
export function startPdfiumWorker(): TaskWorker {
  return startWorker(pdfiumBody, [limitMemory, draw, samplesOf, characters], "@hyzyla/pdfium", 256);
}

// What follows runs in the worker as text: the functions use their arguments and each other only.

/**
 * The library may grow to 2 GB; a form that draws itself fills that in a second. 512 MB hold a file of 64 MB, an image of
 * 100 MB unpacked and the largest page drawn.
 */
function limitMemory(): void {
  const { prototype } = (globalThis as unknown as { WebAssembly: { Memory: { prototype: WasmMemory } } })
    .WebAssembly.Memory;
  const { grow } = prototype;
  prototype.grow = function limited(this: WasmMemory, pages: number): number {
    if (this.buffer.byteLength + pages * 65_536 > 512 * 1024 * 1024) throw new RangeError("memory");
    return grow.call(this, pages);
  };
}

function pdfiumBody(scope: WorkerScope): void {
  limitMemory();
  const library = scope.load(scope.library) as typeof import("@hyzyla/pdfium");
  let started: Promise<PDFiumLibrary> | undefined;
  let opened: Promise<PDFiumDocument> | undefined;
  scope.onRequest(async (message) => {
    const request = message as DrawRequest;
    const { bytes } = request;
    if (bytes !== undefined) {
      (await opened)?.destroy();
      started ??= library.PDFiumLibrary.init();
      opened = started.then((ready) => ready.loadDocument(bytes));
    }
    const document = await opened;
    if (document === undefined) throw new Error("no document");
    const page = document.getPage(request.index);
    if (request.task === "render") await draw(scope, page, request);
    else characters(scope, page as unknown as RawPage);
  });
}

async function draw(scope: WorkerScope, page: PDFiumPage, request: DrawRequest): Promise<void> {
  const { width, height, grey } = request;
  const { data } = await page.render({ scale: 1, width, height, render: "bitmap" });
  const pixels = samplesOf(data, width * height, grey);
  const heap = (page as unknown as RawPage).module.HEAPU8.length;
  scope.answer({ pixels, heap }, [pixels.buffer]);
}

/** The wrapper hands out red, green, blue, alpha. */
function samplesOf(data: Uint8Array, count: number, grey: boolean): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(count * (grey ? 1 : 3));
  for (let from = 0, to = 0; from + 3 < data.length; from += 4) {
    const [red = 0, green = 0, blue = 0] = [data[from], data[from + 1], data[from + 2]];
    if (grey) pixels[to++] = (red * 77 + green * 150 + blue * 29) >> 8;
    else {
      pixels[to++] = red;
      pixels[to++] = green;
      pixels[to++] = blue;
    }
  }
  return pixels;
}

function characters(scope: WorkerScope, page: RawPage): void {
  const { module } = page;
  const handle = module._FPDFText_LoadPage(page.pageIdx);
  const count = Math.max(0, handle === 0 ? 0 : module._FPDFText_CountChars(handle));
  const at = module.wasmExports.malloc(32);
  const codes = new Uint32Array(count);
  const boxes = new Float32Array(count * 4);
  for (let index = 0; index < count; index += 1) {
    codes[index] = module._FPDFText_GetUnicode(handle, index);
    const found = module._FPDFText_GetCharBox(handle, index, at, at + 8, at + 16, at + 24);
    const view = new DataView(module.HEAPU8.buffer, at, 32);
    const [l, r, b, t] = [0, 8, 16, 24].map((offset) => (found ? view.getFloat64(offset, true) : 0));
    boxes.set([l ?? 0, b ?? 0, r ?? 0, t ?? 0], index * 4);
  }
  module.wasmExports.free(at);
  if (handle !== 0) module._FPDFText_ClosePage(handle);
  scope.answer({ codes, boxes, heap: module.HEAPU8.length });
}
