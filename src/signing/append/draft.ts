import { createHash } from "node:crypto";
import type { PdfDict, PdfObject, PdfRef } from "../../pdf-syntax/objects.ts";
import { EMPTY_DICT, isKind } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { printEntries } from "../../pdf-syntax/print-object.ts";
import type { Row } from "../../pdf-syntax/update-section.ts";
import { updateSection } from "../../pdf-syntax/update-section.ts";

/** A file as it stands with the revisions made so far: a further one builds on them without reading them back. */
export interface Draft {
  readonly file: PdfFile;
  /** Bytes, finished revisions included. */
  readonly size: number;
  resolve(object: PdfObject | undefined): PdfObject;
  dict(object: PdfObject | undefined): PdfDict;
  array(object: PdfObject | undefined): readonly PdfObject[];
  /** Only one may be open. */
  begin(): Revision;
}

/** Objects of one incremental update. */
export interface Revision {
  reserve(count?: number): PdfRef;
  /** A dictionary under its old number and generation, or a new one. The last one given counts. */
  put(ref: PdfRef, entries: ReadonlyMap<string, PdfObject>): void;
  /** An object as it is printed. */
  putPrinted(ref: PdfRef, body: Buffer): void;
  finish(): FinishedRevision;
}

export interface FinishedRevision {
  /** What is to be appended to the file. */
  readonly bytes: Buffer;
  /** Where the body of each object begins within `bytes`, by number. */
  readonly bodies: ReadonlyMap<number, number>;
}

export function createDraft(file: PdfFile): Draft {
  const changed = new Map<number, PdfObject>();
  let previous = file.newest;
  let next = file.nextNumber;
  let { size } = file.source;

  const resolve = (object: PdfObject | undefined): PdfObject =>
    (isKind(object, "ref") ? changed.get(object.num) : undefined) ?? file.resolve(object);

  function begin(): Revision {
    const objects = new Map<number, Printed>();
    return {
      reserve: (count = 1) => ({ kind: "ref", num: (next += count) - count, gen: 0 }),
      put: ({ num, gen }, entries) => {
        changed.set(num, { kind: "dict", entries });
        objects.set(num, { gen, body: Buffer.from(printEntries(entries), "latin1") });
      },
      putPrinted: ({ num, gen }, body) => objects.set(num, { gen, body }),
      finish: () => {
        const { parts, rows, bodies, start } = layOut(objects, size);
        parts.push(updateSection({ file, previous, rows, start, next, fresh: digest(parts), more: "" }));
        const bytes = Buffer.concat(parts);
        if (previous.kind === "stream") next += 1;
        previous = { ...previous, offset: start };
        size += bytes.length;
        return { bytes, bodies };
      },
    };
  }

  return {
    file,
    get size() {
      return size;
    },
    resolve,
    dict: (object) => {
      const value = resolve(object);
      return isKind(value, "dict") ? value : EMPTY_DICT;
    },
    array: (object) => {
      const value = resolve(object);
      return isKind(value, "array") ? value.items : [];
    },
    begin,
  };
}

interface Printed {
  readonly gen: number;
  readonly body: Buffer;
}

const OBJECT_END = Buffer.from("\nendobj\n");

/** The objects one behind the other from file offset `offset` on; `start` is where the cross-reference section begins. */
function layOut(objects: ReadonlyMap<number, Printed>, offset: number) {
  // The last line of a foreign file may lack its end.
  const parts: Buffer[] = [Buffer.from("\n")];
  const rows: Row[] = [];
  const bodies = new Map<number, number>();
  let at = 1;
  for (const [num, { gen, body }] of objects) {
    const head = Buffer.from(`${num} ${gen} obj\n`);
    rows.push({ num, gen, offset: offset + at });
    bodies.set(num, at + head.length);
    parts.push(head, body, OBJECT_END);
    at += head.length + body.length + OBJECT_END.length;
  }
  return { parts, rows, bodies, start: offset + at };
}

/** For the file identifier: the same revision of the same file gives the same bytes. */
function digest(parts: readonly Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, 16);
}
