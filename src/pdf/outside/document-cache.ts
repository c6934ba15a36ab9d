import type { Stats } from "node:fs";
import { statSync } from "node:fs";
import { OperationalError } from "../../domain/errors.ts";
import { PdfDamage, PdfEncrypted } from "../../pdf-syntax/damage.ts";
import type { OpenDocument, Workshop } from "./open-document.ts";
import { openAsIs, openRepaired, refusalOf } from "./open-document.ts";

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
  /** Read by calls under way although a repaired copy has taken their place. */
  readonly replaced: OpenDocument[];
  users: number;
  dropped: boolean;
}

/** Keeps the last documents open, so that 600 pages do not parse the file 600 times. */
export function createDocumentCache(workshop: Workshop): DocumentCache {
  const entries = new Map<string, Entry>();

  function acquire(path: string): Entry {
    const key = keyOf(path);
    const entry = entries.get(key) ?? newEntry(key, open(path, workshop));
    entry.users += 1;
    entries.delete(key);
    entries.set(key, entry);
    for (const oldest of [...entries.values()].slice(0, -KEPT_OPEN)) drop(oldest);
    return entry;
  }

  function drop(entry: Entry): void {
    entry.dropped = true;
    if (entries.get(entry.key) === entry) entries.delete(entry.key);
    if (entry.users > 0) return;
    for (const document of entry.replaced.splice(0)) document.close();
    entry.document.then((document) => document.close()).catch(() => undefined);
  }

  return {
    use: async (path, work) => {
      const entry = acquire(path);
      try {
        return await withRepair(entry, workshop, work);
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

function newEntry(key: string, document: Promise<OpenDocument>): Entry {
  return { key, document, replaced: [], users: 0, dropped: false };
}

function keyOf(path: string): string {
  const { size, mtimeMs, ino } = stat(path);
  return `${path}\0${size}\0${mtimeMs}\0${ino}`;
}

function stat(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new OperationalError("source_missing", "", { cause: error });
    throw error;
  }
}

async function open(path: string, workshop: Workshop): Promise<OpenDocument> {
  try {
    return openAsIs(path);
  } catch (error) {
    if (!(error instanceof PdfDamage || error instanceof PdfEncrypted)) throw error;
    return openRepaired(path, workshop, error);
  }
}

async function withRepair<T>(
  entry: Entry,
  workshop: Workshop,
  work: (document: OpenDocument) => T | Promise<T>,
): Promise<T> {
  const document = await entry.document;
  document.file.budget.renew();
  try {
    return await work(document);
  } catch (error) {
    if (!(error instanceof PdfDamage)) throw error;
    if (document.repairs.length > 0) throw refusalOf(document.path, error);
    // Another page of the same file may have had it repaired meanwhile.
    if ((await entry.document) === document) {
      entry.replaced.push(document);
      entry.document = openRepaired(document.path, workshop, error);
    }
    try {
      return await work(await entry.document);
    } catch (second) {
      throw refusalOf(document.path, second);
    }
  }
}
