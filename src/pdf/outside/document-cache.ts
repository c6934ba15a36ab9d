import { statSync } from "node:fs";
import { OperationalError, isOperational } from "../../domain/errors.ts";
import { PdfDamage, PdfEncrypted } from "../reader/damage.ts";
import type { OpenDocument } from "./open-document.ts";
import { openAsIs, openRepaired } from "./open-document.ts";

export interface DocumentCache {
  /** Runs `work` on the opened document; when the file proves damaged on the way, again on a repaired copy. */
  use<T>(path: string, work: (document: OpenDocument) => T | Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Pages of several documents are asked for in turn; an open one costs a descriptor and its page list. */
const KEPT_OPEN = 4;

interface Entry {
  readonly key: string;
  document: Promise<OpenDocument>;
  users: number;
  dropped: boolean;
}

/** Keeps the last documents open, so that 600 pages do not parse the file 600 times. */
export function createDocumentCache(workFolder: string): DocumentCache {
  const entries = new Map<string, Entry>();

  function acquire(path: string): Entry {
    const key = keyOf(path);
    const entry = entries.get(key) ?? { key, document: open(path, workFolder), users: 0, dropped: false };
    entry.users += 1;
    entries.delete(key);
    entries.set(key, entry);
    for (const oldest of [...entries.values()].slice(0, -KEPT_OPEN)) drop(oldest);
    return entry;
  }

  function drop(entry: Entry): void {
    entry.dropped = true;
    if (entries.get(entry.key) === entry) entries.delete(entry.key);
    if (entry.users === 0) entry.document.then((document) => document.close()).catch(() => undefined);
  }

  return {
    use: async (path, work) => {
      const entry = acquire(path);
      try {
        return await withRepair(entry, workFolder, work);
      } catch (error) {
        drop(entry);
        throw error;
      } finally {
        entry.users -= 1;
        if (entry.dropped) drop(entry);
      }
    },
    close: async () => {
      for (const entry of entries.values()) drop(entry);
      await Promise.resolve();
    },
  };
}

function keyOf(path: string): string {
  const { size, mtimeMs, ino } = statSync(path);
  return `${path}\0${size}\0${mtimeMs}\0${ino}`;
}

async function open(path: string, workFolder: string): Promise<OpenDocument> {
  try {
    return openAsIs(path);
  } catch (error) {
    if (!(error instanceof PdfDamage || error instanceof PdfEncrypted)) throw error;
    return openRepaired(path, workFolder, error);
  }
}

async function withRepair<T>(
  entry: Entry,
  workFolder: string,
  work: (document: OpenDocument) => T | Promise<T>,
): Promise<T> {
  const document = await entry.document;
  try {
    return await work(document);
  } catch (error) {
    if (!(error instanceof PdfDamage)) throw error;
    if (document.repairs.length > 0) throw asUnreadable(error);
    const repaired = openRepaired(document.path, workFolder, error);
    entry.document = repaired.finally(() => document.close());
    try {
      return await work(await entry.document);
    } catch (second) {
      throw asUnreadable(second);
    }
  }
}

function asUnreadable(error: unknown): unknown {
  if (isOperational(error) || !(error instanceof PdfDamage)) return error;
  return new OperationalError("unreadable", error.message, { cause: error });
}
