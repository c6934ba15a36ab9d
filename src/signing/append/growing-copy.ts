import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { OperationalError } from "../../domain/errors.ts";
import type { HashName } from "../keys/signing-key.ts";

/** A copy of a file to which revisions are appended; the hash of all its bytes runs along, so none is read again. */
export interface GrowingCopy {
  /** Of what stands in the file now; may be carried on. */
  hash(): Hash;
  append(bytes: Buffer): Promise<void>;
  /** Makes the bytes survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

const PIECE = 1 << 20;

/** Copies `source` (`size` bytes) to a new file `output`. Throws `disk_full`, `source_changed`. */
export async function startCopy(
  source: FileHandle,
  size: number,
  output: string,
  name: HashName,
): Promise<GrowingCopy> {
  const target = await open(output, "w").catch(diskError);
  const hash = createHash(name);
  let at = 0;
  async function append(bytes: Buffer): Promise<void> {
    // Hashing goes on while the disk is busy.
    const written = writeAll(target, bytes, at);
    hash.update(bytes);
    await written;
    at += bytes.length;
  }
  try {
    await copy(source, size, append);
  } catch (error) {
    await target.close();
    throw error;
  }
  return {
    hash: () => hash.copy(),
    append,
    sync: () => target.sync().catch(diskError),
    close: () => target.close(),
  };
}

async function copy(
  source: FileHandle,
  size: number,
  append: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  const { mtimeMs } = await source.stat();
  const buffer = Buffer.allocUnsafe(Math.min(size, PIECE));
  for (let at = 0; at < size;) {
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, size - at), at);
    if (bytesRead === 0) throw changed();
    await append(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  const after = await source.stat();
  if (after.size !== size || after.mtimeMs !== mtimeMs) throw changed();
}

async function writeAll(target: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await target.write(bytes, done, bytes.length - done, at + done).catch(diskError);
    done += bytesWritten;
  }
}

function changed(): OperationalError {
  return new OperationalError("source_changed", "the file changed while it was copied");
}

/** A full disk stops the batch; anything else goes on as it came. */
function diskError(error: unknown): never {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") throw new OperationalError("disk_full", "", { cause: error });
  throw error;
}
