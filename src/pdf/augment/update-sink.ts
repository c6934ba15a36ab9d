import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { PdfRef } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import type { ObjectSink } from "../writer/object-sink.ts";
import type { Row } from "../../pdf-syntax/update-section.ts";
import { updateSection } from "../../pdf-syntax/update-section.ts";

/** Writes one incremental update behind the bytes of a file that is already copied. */
export interface UpdateSink extends ObjectSink {
  /** A new body under an old number; its generation stays, or references to it would miss it. */
  replace(ref: PdfRef, body: string): Promise<void>;
}

/** Appends to `handle`, which holds the bytes of `file` and nothing else; nothing when no object is put. */
export async function createUpdateSink(handle: FileHandle, file: PdfFile): Promise<UpdateSink> {
  const rows: Row[] = [];
  let next = file.nextNumber;
  let position = file.source.size;
  // Feeds the file identifier: the same text on the same file gives the same bytes.
  const digest = createHash("sha256");

  async function write(...parts: readonly (Buffer | string)[]): Promise<void> {
    const bytes = Buffer.concat(
      parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)),
    );
    let done = 0;
    while (done < bytes.length) {
      done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
    position += bytes.length;
  }

  async function object(num: number, gen: number, ...body: readonly (Buffer | string)[]): Promise<void> {
    // The last line of a foreign file may lack its end.
    if (rows.length === 0) await write("\n");
    rows.push({ num, gen, offset: position });
    for (const part of body) digest.update(part);
    await write(`${num} ${gen} obj\n`, ...body, "\nendobj\n");
  }

  return {
    reserve: () => (next += 1) - 1,
    put: (num, body) => object(num, 0, body),
    replace: ({ num, gen }, body) => object(num, gen, body),
    putStream: (num, dictionary, bytes) =>
      object(num, 0, `<<${dictionary}/Length ${bytes.length}>>\nstream\n`, bytes, "\nendstream"),
    finish: async (more) => {
      if (rows.length === 0) return;
      const fresh = digest.digest().subarray(0, 16);
      await write(updateSection({ file, previous: file.newest, rows, start: position, next, fresh, more }));
    },
  };
}
