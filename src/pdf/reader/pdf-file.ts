import type { ByteSource } from "./byte-source.ts";
import { PdfDamage, PdfEncrypted } from "./damage.ts";
import type { Decoded } from "./filters.ts";
import { decodeStream } from "./filters.ts";
import { createLexer } from "./lexer.ts";
import type { PdfDict, PdfObject, PdfStream } from "./objects.ts";
import { EMPTY_DICT, isInteger, isKind } from "./objects.ts";
import { parseIndirect, parseObject } from "./parser.ts";
import { parseAt } from "./read-object.ts";
import type { Xref } from "./xref.ts";
import { readXref } from "./xref.ts";

/** A PDF read on demand: memory holds the cross-reference table and a few recent objects. */
export interface PdfFile {
  readonly source: ByteSource;
  readonly trailer: PdfDict;
  /** The newest cross-reference section, which an appended update names as the one before it. */
  readonly newest: Xref["newest"];
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

const CACHED_OBJECTS = 2000;
const CACHED_OBJECT_STREAMS = 4;
const MAX_STREAM = 512 * 1024 * 1024;

/** Opens a PDF from its cross-reference table. Throws `PdfDamage`, `PdfEncrypted`, `too_large`. */
export function openPdf(source: ByteSource): PdfFile {
  const head = source.read(0, 1024).toString("latin1");
  if (!head.startsWith("%PDF-")) throw new PdfDamage("the file does not start as a PDF");
  const xref = readXref(source);
  const file = createFile(source, xref);
  const encryption = xref.trailer.entries.get("Encrypt");
  if (encryption !== undefined && encryption !== null) {
    const flags = file.get(file.dict(encryption), "P");
    throw new PdfEncrypted(isInteger(flags) ? flags : undefined);
  }
  return file;
}

function createFile(source: ByteSource, xref: Xref): PdfFile {
  const objects = new Map<number, PdfObject>();
  const load = createLoader(source, xref, (stream) => unpackObjects(file, stream));

  function resolve(object: PdfObject | undefined): PdfObject {
    let value = object ?? null;
    for (let hops = 0; isKind(value, "ref"); hops += 1) {
      if (hops > 16) throw new PdfDamage("references run in a circle");
      const { num } = value;
      value = remember(objects, num, CACHED_OBJECTS, () => load(num));
    }
    return value;
  }

  const file: PdfFile = {
    source,
    trailer: xref.trailer,
    newest: xref.newest,
    nextNumber: nextNumber(xref),
    resolve,
    get: (dict, key) => resolve(dict.entries.get(key)),
    dict: (object) => {
      const value = resolve(object);
      if (isKind(value, "stream")) return value.dict;
      return isKind(value, "dict") ? value : EMPTY_DICT;
    },
    array: (object) => {
      const value = resolve(object);
      return isKind(value, "array") ? value.items : [];
    },
    checkEnd: (stream) => void endOf(file, stream),
    raw: (stream) => rawBytes(file, stream),
    decode: (stream, limit) => decodeStream(rawBytes(file, stream), stream.dict, resolve, limit),
  };
  return file;
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

/** Finds an object by its number: in the file, or in an object stream, of which the last few stay unpacked. */
function createLoader(
  source: ByteSource,
  xref: Xref,
  unpack: (stream: PdfStream) => ReadonlyMap<number, PdfObject>,
): (num: number) => PdfObject {
  const containers = new Map<number, ReadonlyMap<number, PdfObject>>();

  function loadAt(wanted: number, offset: number): PdfObject {
    const { num, object, streamAt } = parseAt(source, offset, parseIndirect);
    if (num !== wanted) throw new PdfDamage("another object at this offset");
    if (streamAt === undefined) return object;
    if (!isKind(object, "dict")) throw new PdfDamage("a stream without a dictionary");
    return { kind: "stream", dict: object, start: offset + streamAt };
  }

  function container(num: number): ReadonlyMap<number, PdfObject> {
    const entry = xref.entries.get(num);
    // An object stream inside an object stream is not allowed and would recurse.
    if (entry?.at !== "file") throw new PdfDamage("an object stream is missing");
    const stream = loadAt(num, entry.offset);
    if (!isKind(stream, "stream")) throw new PdfDamage("no object stream at its offset");
    return unpack(stream);
  }

  return (num) => {
    const entry = xref.entries.get(num);
    if (entry === undefined || entry.at === "free") return null;
    if (entry.at === "file") return loadAt(num, entry.offset);
    const { stream } = entry;
    return remember(containers, stream, CACHED_OBJECT_STREAMS, () => container(stream)).get(num) ?? null;
  };
}

/** Keeps at most `limit` values, the oldest leaving first. */
function remember<T>(cache: Map<number, T>, key: number, limit: number, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  for (const oldest of cache.keys()) {
    if (cache.size < limit) break;
    cache.delete(oldest);
  }
  cache.set(key, made);
  return made;
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

function unpackObjects(file: PdfFile, stream: PdfStream): ReadonlyMap<number, PdfObject> {
  const count = file.get(stream.dict, "N");
  const first = file.get(stream.dict, "First");
  if (!isInteger(count) || !isInteger(first) || count > 100_000) throw new PdfDamage("a wrong object stream");
  const { bytes } = file.decode(stream);
  const header = createLexer(bytes);
  const places: (readonly [number, number])[] = [];
  for (let index = 0; index < count; index += 1) {
    const num = header.next();
    const offset = header.next();
    if (typeof num !== "number" || typeof offset !== "number") throw new PdfDamage("a wrong object stream");
    places.push([num, first + offset]);
  }
  return new Map(places.map(([num, offset]) => [num, parseObject(createLexer(bytes, offset))]));
}
