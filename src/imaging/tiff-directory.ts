import { OperationalError } from "../domain/errors.ts";
import type { Bytes } from "./bytes.ts";
import { refusalOf } from "./foreign/refusal.ts";

/** One page of a TIFF: where its directory lies and what the walk along the chain already saw of it. */
export interface TiffFrame {
  readonly offset: number;
  /** Position in the chain, which is libvips' page number; thumbnails and masks count there too. */
  readonly page: number;
  readonly width: number;
  readonly height: number;
}

export interface TiffFile {
  readonly big: boolean;
  readonly littleEndian: boolean;
  /** Pages only: reduced images and masks (NewSubfileType bits 0 and 2) are left out. */
  readonly frames: readonly TiffFrame[];
}

/** Tag number → values, for the integer types only. */
export type TiffTags = ReadonlyMap<number, readonly number[]>;

/** A loop or a made-up chain must end somewhere; a day's scans of one machine stay far below. */
const MAX_FRAMES = 20_000;
/** One read covers a usual directory (about 20 entries of 12 bytes); longer ones take a second read. */
const DIRECTORY_BYTES = 512;
const TYPE_SIZES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 13: 4, 16: 8 };
const [SUBFILE_TYPE, WIDTH, HEIGHT, SUB_DIRECTORIES] = [254, 256, 257, 330];

/** Walks the chain of directories without touching pixels: about 0.5 KB read per page. Throws `truncated`, `unreadable`, `unsupported_format` for raw photos. */
export async function readTiff(bytes: Bytes): Promise<TiffFile> {
  const { start, ...form } = await readHeader(bytes);
  let next = start;
  const frames: TiffFrame[] = [];
  const seen = new Set<number>();
  let hidden = false;
  while (next !== 0 && !seen.has(next) && seen.size < MAX_FRAMES) {
    const directory = await readDirectory(bytes, next, form);
    const { tags } = directory;
    if ((first(tags, SUBFILE_TYPE) & 0b101) === 0)
      frames.push({ offset: next, page: seen.size, width: first(tags, WIDTH), height: first(tags, HEIGHT) });
    hidden ||= directory.entries.some(({ tag }) => tag === SUB_DIRECTORIES);
    seen.add(next);
    next = directory.next;
  }
  // Dropping what lies behind the limit would lose pages in silence.
  if (next !== 0 && !seen.has(next))
    throw new OperationalError("too_large", `tiff of over ${MAX_FRAMES} pages`);
  // Raw photos (DNG, NEF, ARW) show a preview and keep the picture in directories beside the chain.
  if (frames.length === 0 && hidden) throw refusalOf("raw");
  if (frames.length === 0) throw new OperationalError("unreadable", "tiff without pages");
  return { ...form, frames };
}

function first(tags: TiffTags, tag: number): number {
  return tags.get(tag)?.[0] ?? 0;
}

async function readHeader(bytes: Bytes): Promise<Form & { readonly start: number }> {
  const head = await bytes.read(0, 16);
  if (head.length < 16) throw new OperationalError("truncated", "tiff header");
  const littleEndian = head[0] === 0x49;
  const big = numberAt(head, 2, 2, littleEndian) === 43;
  return { littleEndian, big, start: numberAt(head, big ? 8 : 4, big ? 8 : 4, littleEndian) };
}

/** All integer tags of one directory, with values that lie elsewhere in the file followed. */
export async function readTags(bytes: Bytes, file: TiffFile, frame: TiffFrame): Promise<TiffTags> {
  const { entries, tags } = await readDirectory(bytes, frame.offset, file);
  const all = new Map(tags);
  for (const entry of entries.filter(({ outside }) => outside)) {
    const data = await bytes.read(entry.value, entry.count * entry.size);
    if (data.length < entry.count * entry.size) throw new OperationalError("truncated", "tiff directory");
    all.set(entry.tag, valuesOf(data, 0, entry, file.littleEndian));
  }
  return all;
}

interface Form {
  readonly big: boolean;
  readonly littleEndian: boolean;
}

interface Entry {
  readonly tag: number;
  readonly count: number;
  readonly size: number;
  /** Offset of the values when they do not fit into the entry. */
  readonly value: number;
  readonly outside: boolean;
}

/** A strip table of a million entries is a bomb, not a page. */
const MAX_VALUES = 1_000_000;

async function readDirectory(bytes: Bytes, offset: number, form: Form) {
  const [countSize, entrySize, pointerSize] = form.big ? [8, 20, 8] : [2, 12, 4];
  const first = await bytes.read(offset, DIRECTORY_BYTES);
  if (first.length < countSize) throw new OperationalError("truncated", "tiff directory");
  const count = numberAt(first, 0, countSize, form.littleEndian);
  if (count > 4096) throw new OperationalError("unreadable", "tiff directory");
  const length = countSize + count * entrySize + pointerSize;
  const block = length <= first.length ? first : await bytes.read(offset, length);
  if (block.length < length) throw new OperationalError("truncated", "tiff directory");
  const entries: Entry[] = [];
  const tags = new Map<number, readonly number[]>();
  for (let at = countSize; at < length - pointerSize; at += entrySize) {
    const entry = entryAt(block, at, form);
    if (entry === undefined) continue;
    entries.push(entry);
    if (!entry.outside)
      tags.set(entry.tag, valuesOf(block, at + entrySize - pointerSize, entry, form.littleEndian));
  }
  return { entries, tags, next: numberAt(block, length - pointerSize, pointerSize, form.littleEndian) };
}

function entryAt(block: Buffer, at: number, form: Form): Entry | undefined {
  const pointerSize = form.big ? 8 : 4;
  const size = TYPE_SIZES[numberAt(block, at + 2, 2, form.littleEndian)];
  const count = numberAt(block, at + 4, pointerSize, form.littleEndian);
  if (size === undefined || count > MAX_VALUES) return undefined;
  const value = numberAt(block, at + 4 + pointerSize, pointerSize, form.littleEndian);
  const tag = numberAt(block, at, 2, form.littleEndian);
  return { tag, count, size, value, outside: count * size > pointerSize };
}

function valuesOf(block: Buffer, at: number, entry: Entry, littleEndian: boolean): readonly number[] {
  return Array.from({ length: entry.count }, (_, i) =>
    numberAt(block, at + i * entry.size, entry.size, littleEndian),
  );
}

/** Offsets above 2^53 cannot be; a double holds every real one. */
function numberAt(buffer: Buffer, at: number, size: number, littleEndian: boolean): number {
  if (size < 8) return littleEndian ? buffer.readUIntLE(at, size) : buffer.readUIntBE(at, size);
  return Number(littleEndian ? buffer.readBigUInt64LE(at) : buffer.readBigUInt64BE(at));
}
