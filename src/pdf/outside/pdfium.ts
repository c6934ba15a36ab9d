import { OperationalError } from "../../domain/errors.ts";
import { excerpt } from "../augment/excerpt.ts";
import type { OpenDocument } from "./open-document.ts";
import { readMarks } from "../pages/content.ts";
import { isInteger } from "../../pdf-syntax/objects.ts";
import type { DrawReply, DrawRequest } from "./pdfium-worker.ts";
import { startPdfiumWorker } from "./pdfium-worker.ts";
import type { TaskWorker } from "./worker-task.ts";

export interface Drawing {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** One byte a pixel instead of three. */
  readonly grey: boolean;
}

/** Unicode of each character, and four numbers each: left, bottom, right, top in points of the unturned page. */
export interface PageCharacters {
  readonly codes: Uint32Array;
  readonly boxes: Float32Array;
}

export interface Pdfium {
  /** Samples of the whole page, stretched to that size. */
  render(document: OpenDocument, drawing: Drawing): Promise<Buffer>;
  characters(document: OpenDocument, index: number): Promise<PageCharacters>;
  /** After the jobs that wait; a later job starts a new worker. */
  close(): Promise<void>;
}

/** pdfium takes the whole file into its memory; of a larger one it is given the page alone. */
const MAX_FILE = 64 * 1024 * 1024;
/** An A4 page at 300 dpi takes 0.2-0.3 s. */
const TIMEOUT_MS = 60_000;
/** WASM memory never shrinks: an idle worker is ended to give it back, and so is one whose pages have filled much of it. */
const IDLE_MS = 5_000;
const MAX_HEAP = 384 * 1024 * 1024;
/** Whatever a page's images unfold to in that memory: A0 at 400 dpi has 250 million pixels. */
const MAX_IMAGE_PIXELS = 400_000_000;

/** pdfium in one worker with one document at a time; jobs wait for each other. Throws `unreadable`, `too_large`. */
export function createPdfium(workFolder: string, timeoutMs = TIMEOUT_MS): Pdfium {
  const seat = createSeat(timeoutMs);
  let queue: Promise<unknown> = Promise.resolve();

  function enqueue(document: OpenDocument, request: DrawRequest): Promise<DrawReply> {
    const result = queue.then(() =>
      document.file.source.size > MAX_FILE
        ? askOfPage(seat, document, request, workFolder)
        : seat.ask(document, request),
    );
    queue = result.catch(() => undefined);
    return result;
  }

  return {
    render: async (document, drawing) => {
      refuseBombs(document, drawing.index);
      const { pixels } = await enqueue(document, { task: "render", ...drawing });
      const wanted = drawing.width * drawing.height * (drawing.grey ? 1 : 3);
      if (pixels?.length !== wanted) throw cannotDraw(drawing.index);
      return Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    },
    characters: async (document, index) => {
      const reply = await enqueue(document, { task: "text", index, width: 1, height: 1, grey: false });
      return { codes: reply.codes ?? new Uint32Array(), boxes: reply.boxes ?? new Float32Array() };
    },
    close: async () => {
      await queue;
      await seat.empty();
    },
  };
}

/** Huge images load without complaint and unfold only when they are drawn. */
function refuseBombs({ file, pages }: OpenDocument, index: number): void {
  const page = pages[index];
  if (page === undefined) throw cannotDraw(index);
  for (const { dict } of readMarks(file, page).images) {
    const [width, height] = ["Width", "Height"].map(
      (key) => file.get(dict, key) ?? file.get(dict, key.charAt(0)),
    );
    if (isInteger(width) && isInteger(height) && width * height > MAX_IMAGE_PIXELS)
      throw new OperationalError("too_large", `${width}x${height} pixels`);
  }
}

async function askOfPage(
  seat: Seat,
  document: OpenDocument,
  request: DrawRequest,
  workFolder: string,
): Promise<DrawReply> {
  const page = request.index + 1;
  const part = await excerpt(document, { first: page, last: page }, workFolder);
  try {
    return await seat.ask(part, { ...request, index: 0 });
  } finally {
    part.close();
  }
}

interface Seat {
  ask(document: OpenDocument, request: DrawRequest): Promise<DrawReply>;
  empty(): Promise<void>;
}

/** Holds the worker and the document it has loaded. */
function createSeat(timeoutMs: number): Seat {
  let worker: TaskWorker | undefined;
  let loaded: OpenDocument | undefined;
  let heap = 0;
  let idle: NodeJS.Timeout | undefined;

  async function empty(): Promise<void> {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    loaded = undefined;
    heap = 0;
    await ending?.stop();
  }

  return {
    empty,
    ask: async (document, request) => {
      clearTimeout(idle);
      if (document.file.source.size > MAX_FILE) throw new OperationalError("too_large", "page to be drawn");
      if (heap > MAX_HEAP) await empty();
      const bytes = loaded === document ? undefined : Uint8Array.from(document.file.source.read(0, MAX_FILE));
      worker ??= startPdfiumWorker();
      loaded = document;
      const reply = await worker.ask({ ...request, bytes }, bytes ? [bytes.buffer] : [], timeoutMs);
      idle = setTimeout(() => void empty(), IDLE_MS).unref();
      if (isReply(reply) && reply.error === undefined) {
        heap = reply.heap ?? 0;
        return reply;
      }
      await empty();
      throw cannotDraw(request.index);
    },
  };
}

function cannotDraw(index: number): OperationalError {
  return new OperationalError("unreadable", `page ${index + 1} cannot be drawn`);
}

function isReply(value: unknown): value is DrawReply {
  return typeof value === "object" && value !== null;
}
