import { Worker } from "node:worker_threads";
import { compiledFile } from "../compiled-file.ts";
import type { ForeignSource } from "./magick-decode.ts";
import type { MagickAnswer, MagickRequest } from "./magick-thread.ts";

/** Words of `formatOf` for files that only ImageMagick reads here, besides some TIFFs. */
export const MAGICK_FORMATS: ReadonlySet<string> = new Set([
  "heic",
  "jp2",
  "j2k",
  "jxl",
  "bmp",
  "pnm",
  "pcx",
]);

/** An image of more makes the thread grow by 100 MB and over, which only its end gives back. */
const LARGE_PIXELS = 8_000_000;

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Thread {
  readonly ask: (request: Omit<MagickRequest, "id">) => Promise<MagickAnswer>;
  readonly end: () => void;
}

let thread: Thread | undefined;

/** Width and height from the head of the file. Throws what ImageMagick says. */
export async function magickSize(source: ForeignSource): Promise<Size> {
  const answer = await ask({ ...source, want: "size" });
  if ("width" in answer) return { width: answer.width, height: answer.height };
  throw new Error("ImageMagick gave no size");
}

/**
 * The file's image as an uncompressed TIFF of 8 (or 1) bits, on white where it was transparent, in RGB or grey.
 * `pixels` is its size, which tells whether the thread's memory is worth keeping. Throws what ImageMagick says.
 */
export async function magickTiff(source: ForeignSource, pixels: number): Promise<Buffer> {
  const answer = await ask({ ...source, want: "tiff" }, pixels > LARGE_PIXELS);
  if (!("tiff" in answer)) throw new Error("ImageMagick gave no image");
  const { buffer, byteOffset, byteLength } = answer.tiff;
  return Buffer.from(buffer, byteOffset, byteLength);
}

async function ask(request: Omit<MagickRequest, "id">, last = false): Promise<MagickAnswer> {
  const used = (thread ??= startThread());
  const answer = await used.ask(request);
  const broken = "message" in answer && answer.broken;
  // Others may still wait for the same thread: it ends when they have been answered.
  if (last || broken) {
    if (thread === used) thread = undefined;
    used.end();
  }
  if ("message" in answer) throw new Error(answer.message);
  return answer;
}

function startThread(): Thread {
  const worker = new Worker(compiledFile(new URL("./magick-thread.js", import.meta.url)), { execArgv: [] });
  const open = new Map<number, (answer: MagickAnswer) => void>();
  let count = 0;
  let ending = false;
  const settle = (answer: MagickAnswer): void => {
    open.get(answer.id)?.(answer);
    open.delete(answer.id);
    if (open.size > 0) return;
    worker.unref();
    if (ending) void worker.terminate();
  };
  const fail = (message: string): void => {
    for (const id of open.keys()) settle({ id, message, broken: true });
  };
  worker.on("message", settle);
  worker.on("error", ({ message }) => fail(message));
  worker.on("exit", () => fail("the thread of ImageMagick ended"));
  worker.unref();
  return {
    ask: (request) =>
      new Promise((resolve) => {
        const id = ++count;
        open.set(id, resolve);
        worker.ref();
        worker.postMessage({ ...request, id } satisfies MagickRequest);
      }),
    end: () => {
      ending = true;
      if (open.size === 0) void worker.terminate();
    },
  };
}
