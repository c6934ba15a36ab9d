import { type FileHandle, open } from "node:fs/promises";
import { OperationalError } from "../../domain/errors.ts";
import type { ByteSource } from "../../pdf-syntax/byte-source.ts";
import { descriptorSource } from "../../pdf-syntax/byte-source.ts";
import { PdfDamage, PdfEncrypted } from "../../pdf-syntax/damage.ts";
import { openPdf } from "../../pdf-syntax/pdf-file.ts";
import { createDraft, type Draft } from "./draft.ts";
import { type PdfLayout, readLayout } from "./pdf-layout.ts";

/** A sound PDF to which may be appended. */
export interface Input {
  readonly handle: FileHandle;
  readonly draft: Draft;
  readonly layout: PdfLayout;
}

/** Offsets in cross-reference tables and in our /ByteRange have ten digits. */
const MAX_FILE = 9_900_000_000;
const TAIL = 2048;

/**
 * Opens `path`, calls `use` and closes it again. Broken files are refused, for a viewer would repair them and find another
 * file than the one that was signed. Throws `unreadable`, `truncated`, `encrypted`, `too_large`, `unsupported_format`.
 */
export async function withInput<T>(path: string, use: (input: Input) => Promise<T>): Promise<T> {
  const handle = await open(path, "r");
  try {
    const source = descriptorSource(handle.fd);
    if (source.size > MAX_FILE) throw new OperationalError("too_large", "10 GB");
    return await use({ handle, ...reading(source, () => read(source)) });
  } finally {
    await handle.close();
  }
}

function read(source: ByteSource): Pick<Input, "draft" | "layout"> {
  if (isCut(source)) throw new PdfDamage("no end mark");
  const file = openPdf(source);
  return { draft: createDraft(file), layout: readLayout(file) };
}

/** Says of damage what a person can do about it. */
function reading<T>(source: ByteSource, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PdfEncrypted) throw new OperationalError("encrypted", "", { cause: error });
    if (!(error instanceof PdfDamage)) throw error;
    const isPdf = source.read(0, 1024).includes("%PDF-");
    const code = isPdf && isCut(source) ? "truncated" : "unreadable";
    throw new OperationalError(code, isPdf ? error.message : "not a PDF", { cause: error });
  }
}

/** The end mark of the newest revision must stand behind its `startxref`. */
function isCut(source: ByteSource): boolean {
  const tail = source.read(Math.max(0, source.size - TAIL), TAIL).toString("latin1");
  return !tail.slice(Math.max(0, tail.lastIndexOf("startxref"))).includes("%%EOF");
}
