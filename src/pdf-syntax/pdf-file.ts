import type { Budget } from "./budget.ts";
import { createBudget } from "./budget.ts";
import type { ByteSource } from "./byte-source.ts";
import { PdfDamage, PdfEncrypted } from "./damage.ts";
import { readEncryption } from "./encryption.ts";
import type { Decoded } from "./filters.ts";
import { decodeStream } from "./filters.ts";
import { createLexer } from "./lexer.ts";
import type { PdfDict, PdfObject, PdfStream } from "./objects.ts";
import { createObjectCache } from "./object-cache.ts";
import { EMPTY_DICT, isInteger, isKind } from "./objects.ts";
import { parseIndirect, parseObject } from "./parser.ts";
import { parseAt } from "./read-object.ts";
import type { Xref } from "./xref.ts";
import { readXref } from "./xref.ts";

/** A PDF read on demand: memory holds the cross-reference table and a few recent objects. */
export interface PdfFile {
  readonly source: ByteSource;
  readonly budget: Budget;
  readonly trailer: PdfDict;
  /** The newest cross-reference section, which an appended update names as the one before it. */
  readonly newest: Xref["newest"];
  /** File offsets of all cross-reference sections, newest first. */
  readonly sections: Xref["sections"];
  /** Where each object lies, by its number: what a later revision redefines has another place. */
  readonly places: Xref["entries"];
  /** No object has this number or a higher one. */
  readonly nextNumber: number;
  /** Follows references to the object itself; missing objects are null, as the format has it. */
  resolve(object: PdfObject | undefined): PdfObject;
  /** A value of a dictionary, references followed. */
  get(dict: PdfDict, key: string): PdfObject;
  dict(object: PdfObject | undefined): PdfDict;
  array(object: PdfObject | undefined): readonly PdfObject[];
  /** Throws `PdfDamage` when the stream does not end where it says; reads no more than its end. */
  checkEnd(stream: PdfStream): void;
  /** A stream's bytes as they lie in the file. Throws `PdfDamage` when it does not end where it says. */
  raw(stream: PdfStream): Buffer;
  /** A stream's bytes with all filters but image codecs undone. */
  decode(stream: PdfStream, limit?: number): Decoded;
}

/** Text of parsed objects that are kept; as objects they take some ten times that. */
const CACHED_BYTES = 8 * 1024 * 1024;
/** Unpacked; those of real files hold 200 objects. */
const MAX_OBJECT_STREAM = 16 * 1024 * 1024;
/** What an object costs beside its text. */
const OBJECT_WEIGHT = 200;
const MAX_STREAM = 512 * 1024 * 1024;

/** Opens a PDF from its cross-reference table. Throws `PdfDamage`, `PdfEncrypted`, `too_large`. */
export function openPdf(source: ByteSource): PdfFile {
  const budget = createBudget();
  const head = source.read(0, 1024).toString("latin1");
  if (!head.startsWith("%PDF-")) throw new PdfDamage("the file does not start as a PDF");
  const xref = readXref(source, budget);
  const file = createFile(source, xref, budget);
  const encryption = xref.trailer.entries.get("Encrypt");
  if (encryption !== undefined && encryption !== null)
    throw new PdfEncrypted(readEncryption(file, encryption));
  return file;
}

function createFile(source: ByteSource, xref: Xref, budget: Budget): PdfFile {
  const objects = createObjectCache<PdfObject>(CACHED_BYTES);
  const load = createLoader(source, xref, (stream) => unpackObjects(file, stream));

  function loaded(num: number): PdfObject {
    const known = objects.get(num);
    if (known !== undefined) return known;
    const { object, weight } = load(num);
    objects.put(num, object, weight);
    // A microsecond for fifty bytes.
    budget.spend(10 + weight / 50);
    return object;
  }

  function resolve(object: PdfObject | undefined): PdfObject {
    let value = object ?? null;
    for (let hops = 0; isKind(value, "ref"); hops += 1) {
      if (hops > 16) throw new PdfDamage("references run in a circle");
      value = loaded(value.num);
    }
    return value;
  }

  const file: PdfFile = {
    source,
    budget,
    trailer: xref.trailer,
    newest: xref.newest,
    sections: xref.sections,
    places: xref.entries,
    nextNumber: nextNumber(xref),
    resolve,
    get: (dict, key) => resolve(dict.entries.get(key)),
    dict: (object) => {
      const value = resolve(object);
      if (isKind(value, "stream")) return value.dict;
      return isKind(value, "dict") ? value : EMPTY_DICT;
    },
    array: (object) => itemsOf(resolve(object)),
    checkEnd: (stream) => void endOf(file, stream),
    raw: (stream) => rawBytes(file, stream),
    decode: (stream, limit) => {
      const decoded = decodeStream(rawBytes(file, stream), stream.dict, resolve, limit);
      budget.spend(10 + decoded.bytes.length / 100);
      return decoded;
    },
  };
  return file;
}

function itemsOf(object: PdfObject): readonly PdfObject[] {
  return isKind(object, "array") ? object.items : [];
}

/** Readers give up on higher numbers (ISO 32000-1, annex C). */
const MAX_NUMBER = 8_388_607;

/** /Size is believed unless objects prove it too low or nobody could number on from it. */
function nextNumber({ entries, trailer }: Xref): number {
  let next = 1;
  for (const num of entries.keys()) if (num <= MAX_NUMBER) next = Math.max(next, num + 1);
  const size = trailer.entries.get("Size");
  return isInteger(size) && size <= MAX_NUMBER ? Math.max(next, size) : next;
}

interface Loaded {
  readonly object: PdfObject;
  /** Length of its text, about. */
  readonly weight: number;
}

/** Finds an object by its number: in the file, or in an object stream, of which the last few stay unpacked. */
function createLoader(
  source: ByteSource,
  xref: Xref,
  unpack: (stream: PdfStream) => Unpacked,
): (num: number) => Loaded {
  const containers = createObjectCache<Unpacked>(CACHED_BYTES);

  function loadAt(wanted: number, offset: number): Loaded {
    const { num, object, streamAt, end } = parseAt(source, offset, parseIndirect);
    if (num !== wanted) throw new PdfDamage("another object at this offset");
    const weight = end + OBJECT_WEIGHT;
    if (streamAt === undefined) return { object, weight };
    if (!isKind(object, "dict")) throw new PdfDamage("a stream without a dictionary");
    return { object: { kind: "stream", dict: object, start: offset + streamAt }, weight };
  }

  function container(num: number): Unpacked {
    const known = containers.get(num);
    if (known !== undefined) return known;
    const entry = xref.entries.get(num);
    // An object stream inside an object stream is not allowed and would recurse.
    if (entry?.at !== "file") throw new PdfDamage("an object stream is missing");
    const { object } = loadAt(num, entry.offset);
    if (!isKind(object, "stream")) throw new PdfDamage("no object stream at its offset");
    const unpacked = unpack(object);
    containers.put(num, unpacked, unpacked.bytes + unpacked.order.length * OBJECT_WEIGHT);
    return unpacked;
  }

  return (num) => {
    const entry = xref.entries.get(num);
    if (entry === undefined || entry.at === "free") return { object: null, weight: OBJECT_WEIGHT };
    if (entry.at === "file") return loadAt(num, entry.offset);
    // A stream may hold a number twice: the index says which is meant, and where it says another readers rebuild the file.
    const meant = container(entry.stream).order[entry.index];
    if (meant?.[0] !== num) throw new PdfDamage("an object is not where its stream has it");
    return { object: meant[1], weight: OBJECT_WEIGHT };
  };
}

function rawBytes(file: PdfFile, stream: PdfStream): Buffer {
  return file.source.read(stream.start, endOf(file, stream));
}

/** Length of the data. A wrong one would hand out half an image: the keyword behind the data proves it. */
function endOf(file: PdfFile, stream: PdfStream): number {
  const length = file.get(stream.dict, "Length");
  if (!isInteger(length) || length < 0 || length > MAX_STREAM) throw new PdfDamage("a wrong stream length");
  const behind = file.source.read(stream.start + length, 16).toString("latin1");
  if (!/^[\s\0]*endstream/u.test(behind)) throw new PdfDamage("a wrong stream length");
  return length;
}

interface Unpacked {
  readonly order: readonly (readonly [number, PdfObject])[];
  readonly bytes: number;
}

function unpackObjects(file: PdfFile, stream: PdfStream): Unpacked {
  const count = file.get(stream.dict, "N");
  const first = file.get(stream.dict, "First");
  if (!isInteger(count) || !isInteger(first) || count > 100_000) throw new PdfDamage("a wrong object stream");
  const { bytes } = file.decode(stream, MAX_OBJECT_STREAM);
  const header = createLexer(bytes);
  const places: (readonly [number, number])[] = [];
  for (let index = 0; index < count; index += 1) {
    const num = header.next();
    const offset = header.next();
    if (typeof num !== "number" || typeof offset !== "number") throw new PdfDamage("a wrong object stream");
    places.push([num, first + offset]);
  }
  const order: (readonly [number, PdfObject])[] = [];
  let parsed = 0;
  for (const [num, offset] of places) {
    const lexer = createLexer(bytes, offset);
    order.push([num, parseObject(lexer)]);
    parsed += lexer.position - offset;
    file.budget.spend(1 + (lexer.position - offset) / 50);
    // A hundred thousand numbers may all point at the same long array.
    if (parsed > 2 * MAX_OBJECT_STREAM) throw new PdfDamage("a wrong object stream");
  }
  return { order, bytes: parsed };
}
