import { parentPort } from "node:worker_threads";
import { sizeOf, tiffOf, type ForeignSource } from "./magick-decode.ts";

// A thread of its own for ImageMagick: what its WebAssembly memory has grown to is given back by ending the thread, and
// nothing else is.

export interface MagickRequest extends ForeignSource {
  readonly id: number;
  readonly want: "size" | "tiff";
}

export type MagickAnswer = { readonly id: number } & (
  | { readonly width: number; readonly height: number }
  | { readonly tiff: Uint8Array<ArrayBuffer> }
  /** `broken`: after an error inside WebAssembly the memory of the instance cannot be trusted. */
  | { readonly message: string; readonly broken: boolean }
);

parentPort?.on("message", (request: MagickRequest) => void answer(request));

async function answer(request: MagickRequest): Promise<void> {
  const { id, want } = request;
  try {
    if (want === "size") return post({ id, ...(await sizeOf(request)) });
    const tiff = await tiffOf(request);
    // Moved, not copied.
    post({ id, tiff }, [tiff.buffer]);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    post({ id, message, broken: name === "RuntimeError" });
  }
}

function post(answer: MagickAnswer, moved: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, moved);
}
