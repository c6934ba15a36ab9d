import { type FileHandle, open } from "node:fs/promises";

/** Random access to parts of a file that is never held as a whole. */
export interface FileWindow {
  readonly size: number;
  /** Bytes [start, end), cut at the file's ends. */
  read(start: number, end: number): Promise<Buffer>;
  /** The bytes of [start, end) piece by piece. */
  stream(start: number, end: number): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

const PIECE = 1 << 20;

/** Throws what `open` throws. */
export async function openWindow(path: string): Promise<FileWindow> {
  const file = await open(path, "r");
  const { size } = await file.stat();
  const read = (start: number, end: number) => readRange(file, Math.max(0, start), Math.min(end, size));
  return {
    size,
    read,
    async *stream(start, end) {
      const stop = Math.min(end, size);
      for (let at = start; at < stop; at += PIECE) yield await read(at, Math.min(at + PIECE, stop));
    },
    close: () => file.close(),
  };
}

async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, end - start));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
