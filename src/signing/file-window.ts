import { type FileHandle, open } from "node:fs/promises";

/** Random access to parts of a file that is never held as a whole. */
export interface FileWindow {
  readonly size: number;
  /** Bytes [start, end), cut at the file's ends. */
  read(start: number, end: number): Promise<Buffer>;
  /**
   * The bytes of [start, end), a megabyte a piece and behind it the first `overlap` of the next. A piece is good until the
   * next is asked for: five hundred new buffers would wait for the garbage collector (60 MB).
   */
  stream(start: number, end: number, overlap?: number): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

export const PIECE = 1 << 20;

/** Throws what `open` throws. */
export async function openWindow(path: string): Promise<FileWindow> {
  const file = await open(path, "r");
  const { size } = await file.stat();
  const read = (start: number, end: number) => {
    const from = Math.max(0, start);
    return fill(file, Buffer.allocUnsafe(Math.max(0, Math.min(end, size) - from)), from);
  };
  return {
    size,
    read,
    async *stream(start, end, overlap = 0) {
      const stop = Math.min(end, size);
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(PIECE + overlap, stop - start)));
      for (let at = start; at < stop; at += PIECE)
        yield await fill(file, buffer.subarray(0, Math.min(buffer.length, stop - at)), at);
    },
    close: () => file.close(),
  };
}

/** The part of `bytes` that the file could fill. */
async function fill(file: FileHandle, bytes: Buffer, start: number): Promise<Buffer> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
