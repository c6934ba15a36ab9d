import { createHash } from "node:crypto";
import type { LaterChange } from "../../../domain/document.ts";
import {
  isInteger,
  isKind,
  type PdfDict,
  type PdfObject,
  type PdfStream,
} from "../../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../../pdf-syntax/pdf-file.ts";
import { printObject } from "../../../pdf-syntax/print-object.ts";
import type { XrefEntry } from "../../../pdf-syntax/xref.ts";

/**
 * What a change needs to be allowed, by the permissions of a certification (DocMDP P): 0 nothing, it is always allowed;
 * 2 filling in and signing; 3 commenting; 4 that the document was not certified at all; 9 never.
 */
export type Need = 0 | 2 | 3 | 4 | 9;

/** One thing that one revision did to the one before it. */
export interface Change {
  readonly kind: LaterChange["kind"];
  readonly need: Need;
  readonly detail: string;
  /** It may lie over what was signed: somebody who signed before did not see it. */
  readonly covers?: boolean;
  /** Name of the form field that was filled in or changed. */
  readonly field?: string;
}

/** Two revisions of one file, next to each other, and what has been found between them so far. */
export interface Comparison {
  readonly before: PdfFile;
  readonly after: PdfFile;
  /** Numbers of objects that say something else than before, new and removed ones among them. */
  readonly changed: ReadonlySet<number>;
  /** Pages, fields and annotations: they are compared for themselves, whoever refers to them. */
  readonly anchors: Set<number>;
  readonly visited: Set<string>;
  readonly changes: Change[];
}

export function compareFiles(before: PdfFile, after: PdfFile): Comparison {
  return {
    before,
    after,
    changed: changedObjects(before, after),
    anchors: new Set(),
    visited: new Set(),
    changes: [],
  };
}

function changedObjects(before: PdfFile, after: PdfFile): Set<number> {
  const moved = new Set<number>();
  for (const [num, place] of after.places)
    if (place !== undefined && !samePlace(before.places.get(num), place)) moved.add(num);
  for (const [num, place] of before.places) if (!after.places.has(num) && place.at !== "free") moved.add(num);
  // What lies in an object stream that was replaced has the same place, and other content.
  for (const [num, place] of after.places)
    if (place.at === "stream" && moved.has(place.stream)) moved.add(num);
  const changed = new Set<number>();
  for (const num of moved) {
    after.budget.spend(20);
    const ref = { kind: "ref", num, gen: 0 } as const;
    if (!sameObject(before, after, before.resolve(ref), after.resolve(ref))) changed.add(num);
  }
  return changed;
}

function samePlace(a: XrefEntry | undefined, b: XrefEntry): boolean {
  if (a === undefined) return b.at === "free";
  if (a.at === "file") return b.at === "file" && a.offset === b.offset;
  if (a.at === "stream") return b.at === "stream" && a.stream === b.stream && a.index === b.index;
  return b.at === "free";
}

/** Equal as written, references by their number; streams by their packed bytes. */
function sameObject(before: PdfFile, after: PdfFile, a: PdfObject, b: PdfObject): boolean {
  if (!isKind(a, "stream") || !isKind(b, "stream")) return canonical(a) === canonical(b);
  return sameStreamDict(a.dict, b.dict) && sameBytes(before, after, a, b);
}

function sameStreamDict(a: PdfDict, b: PdfDict): boolean {
  const text = ({ entries }: PdfDict) =>
    canonical({ kind: "dict", entries: new Map([...entries].filter(([key]) => key !== "Length")) });
  return text(a) === text(b);
}

/** The order of a dictionary's keys says nothing. */
function canonical(object: PdfObject): string {
  if (isKind(object, "dict")) {
    const lines = [...object.entries]
      .filter(([, value]) => value !== null)
      .map(([key, value]) => `${printObject({ kind: "name", name: key })} ${canonical(value)}`);
    return `<<${lines.toSorted().join("\n")}>>`;
  }
  if (isKind(object, "array")) return `[${object.items.map(canonical).join(" ")}]`;
  return isKind(object, "stream") ? `stream ${object.start}` : printObject(object);
}

const PIECE = 1 << 20;

export function sameBytes(before: PdfFile, after: PdfFile, a: PdfStream, b: PdfStream): boolean {
  const [one, other] = [before.get(a.dict, "Length"), after.get(b.dict, "Length")];
  if (!isInteger(one) || one !== other) return false;
  if (a.start === b.start) return true;
  before.checkEnd(a);
  after.checkEnd(b);
  return digest(before, a.start, one) === digest(after, b.start, one);
}

function digest(file: PdfFile, start: number, length: number): string {
  const hash = createHash("sha256");
  for (let at = 0; at < length; at += PIECE) {
    hash.update(file.source.read(start + at, Math.min(PIECE, length - at)));
    file.budget.spend(1000);
  }
  return hash.digest("hex");
}
