import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import type { FileRef } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import type { Sha256 } from "../domain/ids.ts";

/** SHA-256 of some bytes or of a text's UTF-8 bytes. */
export function sha256(bytes: Uint8Array | string): Sha256 {
  return createHash("sha256").update(bytes).digest("hex") as Sha256;
}

/** Hashes a file as a stream; throws `permission`, `source_missing` or `unreadable`. */
export async function hashFile(path: string): Promise<FileRef> {
  try {
    const { size, mtimeMs } = await stat(path);
    const hash = createHash("sha256");
    const file = await open(path, "r");
    try {
      // One buffer for all: a new one each time waits for the garbage collector, 60 MB of them.
      const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(size, 1 << 20)));
      for (let read = -1; read !== 0;) {
        ({ bytesRead: read } = await file.read(buffer, 0, buffer.length));
        hash.update(buffer.subarray(0, read));
      }
    } finally {
      await file.close();
    }
    return { path, sha256: hash.digest("hex") as Sha256, bytes: size, mtimeMs: Math.trunc(mtimeMs) };
  } catch (error) {
    throw readFailure(error);
  }
}

/** Makes a file's bytes survive a power cut. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes names inside a folder (a rename, a new file) survive a power cut. Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Turns a file system error into the failure a person can act on. */
export function diskFailure(error: unknown): unknown {
  const code = systemCode(error);
  // EFBIG: a limit set for the process; to whoever runs it the disk is full.
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG")
    return new OperationalError("disk_full", "", { cause: error });
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new OperationalError("permission", code, { cause: error });
  }
  return error;
}

function readFailure(error: unknown): unknown {
  const code = systemCode(error);
  if (code === "ENOENT") return new OperationalError("source_missing", "", { cause: error });
  if (code === "EACCES" || code === "EPERM" || code === "EIO" || code === "EISDIR") {
    return new OperationalError("unreadable", code, { cause: error });
  }
  return error;
}

export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
