import { open } from "node:fs/promises";
import { OperationalError } from "../domain/errors.ts";

/** Bytes that can be read piecewise, so that a file of any size costs only what is looked at. */
export interface Bytes {
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
}

export function bytesOf(buffer: Buffer): Bytes {
  return {
    size: buffer.length,
    read: (offset, length) => Promise.resolve(buffer.subarray(offset, offset + length)),
  };
}

/** Opens `path` for piecewise reading and closes it again. Throws `source_missing`, `permission`, `unreadable`. */
export async function withFile<T>(
  path: string,
  use: (bytes: Bytes, mtimeMs: number) => Promise<T>,
): Promise<T> {
  const handle = await open(path, "r").catch((error: unknown) => {
    throw new OperationalError(codeOf(error), "", { cause: error });
  });
  try {
    const { size, mtimeMs } = await handle.stat();
    const read = async (offset: number, length: number): Promise<Buffer> => {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted), 0, wanted, offset);
      return buffer.subarray(0, bytesRead);
    };
    return await use({ size, read }, mtimeMs);
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): "source_missing" | "permission" | "unreadable" {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "source_missing";
  return code === "EACCES" || code === "EPERM" ? "permission" : "unreadable";
}
