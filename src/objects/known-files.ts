import { stat } from "node:fs/promises";
import type { FileRef } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import type { Ledger } from "../domain/ledger-port.ts";
import { hashFile } from "./durable.ts";

/** Size and time are enough to notice a scanner or a colleague at work on a file; the hash was taken from these. */
export async function unchanged({ path, bytes, mtimeMs }: FileRef): Promise<void> {
  const now = await stat(path).catch(() => undefined);
  if (now === undefined || now.size !== bytes || Math.trunc(now.mtimeMs) !== mtimeMs) {
    throw new OperationalError("source_changed");
  }
}

/** Hashes a file, or knows its hash from the ledger while size and time are the same. */
export function cachedHash(
  ledger: Pick<Ledger, "knownHash" | "rememberHash">,
): (path: string) => Promise<FileRef> {
  return async (path) => {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return hashFile(path);
    const mtimeMs = Math.trunc(found.mtimeMs);
    const known = await ledger.knownHash(path, found.size, mtimeMs);
    if (known !== undefined) return { path, sha256: known, bytes: found.size, mtimeMs };
    const file = await hashFile(path);
    await ledger.rememberHash(file);
    return file;
  };
}
