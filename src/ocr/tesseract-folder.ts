import { constants } from "node:fs";
import { access, chmod, mkdtemp, open, readdir, rm, statfs } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isOperational, OperationalError, type ErrorCode } from "../domain/errors.ts";

/** Where page images lie while the system program takes them in. */
export interface PageFolder {
  /** A file only this user can read. Throws `disk_full`, `permission`, `engine_start` (any other failure of the disk). */
  write(bytes: Uint8Array): Promise<string>;
  /** Never throws. */
  remove(path: string): Promise<void>;
  close(): Promise<void>;
}

const MEMORY = "/dev/shm";
const PREFIX = "sohoa-ocr";

/**
 * The program reads images from files only. They lie in memory where the system has such a folder; elsewhere in the
 * folder for temporary files, where the bytes of a page can stay on the disk after its file was removed. A page's file is
 * removed as soon as the program has it in its own memory (some 10 ms), not when the page is read. A page that finds the
 * memory full, which belongs to all programs, goes to the disk: the batch must not end of that.
 */
export async function openPageFolder(
  [memory, disk]: readonly [string | undefined, string] = [MEMORY, tmpdir()],
  write: typeof writePrivate = writePrivate,
): Promise<PageFolder> {
  const wanted = memory !== undefined && (await fits(memory)) ? openPrivate(memory) : undefined;
  const inMemory = await wanted?.catch(() => undefined);
  let onDisk: Promise<string> | undefined;
  let count = 0;
  return {
    write: async (bytes) => {
      const name = `${++count}.tif`;
      const path = join(inMemory ?? (await (onDisk ??= openPrivate(disk))), name);
      try {
        await write(path, bytes);
        return path;
      } catch (error) {
        if (inMemory === undefined || !isOperational(error)) throw error;
      }
      const spare = join(await (onDisk ??= openPrivate(disk)), name);
      await write(spare, bytes);
      return spare;
    },
    remove: (path) => rm(path, { force: true }).catch(() => undefined),
    close: async () => {
      for (const folder of [inMemory, await onDisk?.catch(() => undefined)])
        if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openPrivate(place: string): Promise<string> {
  try {
    const folder = await mkdtemp(join(place, `${PREFIX}-${machine()}-${process.pid}-`));
    await chmod(folder, 0o700);
    return folder;
  } catch (error) {
    throw asOperational(error, place);
  }
}

async function writePrivate(path: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(path, { force: true }).catch(() => undefined);
    throw asOperational(error, path);
  }
}

const FAILURES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "disk_full",
  EDQUOT: "disk_full",
  EACCES: "permission",
  EPERM: "permission",
  EROFS: "permission",
};

/** What the disk refuses (too many open files, a folder somebody removed) is no fault of the engine or the page. */
function asOperational(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!/^E[A-Z0-9]+$/u.test(code)) return error;
  return new OperationalError(FAILURES[code] ?? "engine_start", `${code} ${path}`, { cause: error });
}

/** Machines that share a folder know only their own processes. */
function machine(): string {
  return hostname().replaceAll(/[^A-Za-z0-9]/gu, "");
}

/** Removes the page folders that killed runs of this machine left. Never throws. */
export async function sweepPageFolders(places: readonly string[] = [MEMORY, tmpdir()]): Promise<void> {
  await Promise.all(places.map(sweep));
}

async function sweep(place: string): Promise<void> {
  const mine = `${PREFIX}-${machine()}-`;
  for (const name of await readdir(place).catch(() => [])) {
    if (!name.startsWith(mine)) continue;
    const pid = Number(name.slice(mine.length).split("-")[0]);
    if (Number.isInteger(pid) && pid > 0 && !alive(pid))
      await rm(join(place, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be asked, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Two sheets of A2 at 200 dpi; containers give this folder 64 MB. */
const WANTED_BYTES = 48e6;

async function fits(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize >= WANTED_BYTES;
  } catch {
    return false;
  }
}
