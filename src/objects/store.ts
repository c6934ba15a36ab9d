import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FileRef } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import type { Sha256 } from "../domain/ids.ts";
import type { ObjectStore } from "../domain/ports.ts";
import { diskFailure, hashFile, sha256, syncFile, syncFolder } from "./durable.ts";

/**
 * Work files named by their SHA-256 under `<folder>/ab/abcdef…`, readable by the owner only (they hold recognised
 * text). Unfinished files live in `<folder>/incoming` and are swept at the start of a run, never at its end.
 */
export async function openObjectStore(folder: string): Promise<ObjectStore> {
  const incoming = join(folder, "incoming");
  await mkdir(incoming, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw diskFailure(error);
  });
  const path = (hash: Sha256): string => objectPath(folder, hash);
  const putFile = (write: (temporary: string) => Promise<void>): Promise<FileRef> => store(folder, write);
  return {
    path,
    putFile,
    putCopy: (source) => putFile((temporary) => copyTo(source, temporary)),
    put: async (bytes) => (await putFile((temporary) => writeNew(temporary, bytes))).sha256,
    has: (hash) =>
      stat(path(hash)).then(
        () => true,
        () => false,
      ),
    async read(hash) {
      const bytes = await readFile(path(hash)).catch(() => undefined);
      if (bytes === undefined || sha256(bytes) !== hash) throw await discarded(path(hash));
      return bytes;
    },
    async check(hash) {
      const found = await hashFile(path(hash)).catch(() => undefined);
      if (found?.sha256 !== hash) throw await discarded(path(hash));
    },
    remove: (hash) => rm(path(hash), { force: true }),
    async sweep() {
      const left = await readdir(incoming);
      for (const name of left) await rm(join(incoming, name), { recursive: true, force: true });
      return left.length;
    },
  };
}

/** Bytes that no longer have their name's hash are no use to anybody: without them the step is done again. */
async function discarded(path: string): Promise<OperationalError> {
  await rm(path, { force: true });
  return new OperationalError("damaged_object");
}

function objectPath(folder: string, hash: Sha256): string {
  return join(folder, hash.slice(0, 2), hash);
}

async function store(folder: string, write: (temporary: string) => Promise<void>): Promise<FileRef> {
  const temporary = join(folder, "incoming", `${randomUUID()}.tmp`);
  try {
    await write(temporary);
    await syncFile(temporary);
    const file = await hashFile(temporary);
    const path = objectPath(folder, file.sha256);
    const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(temporary, path);
    await syncFolder(dirname(path));
    if (made !== undefined) await syncFolder(folder);
    return { ...file, path };
  } catch (error) {
    await rm(temporary, { force: true });
    throw diskFailure(error);
  }
}

/** On file systems that can, both share their blocks. The source may be read-only, and the copy holds personal data. */
async function copyTo(source: string, path: string): Promise<void> {
  await copyFile(source, path, constants.COPYFILE_FICLONE);
  await chmod(path, 0o600);
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}
