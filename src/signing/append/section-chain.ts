import { OperationalError } from "../../domain/errors.ts";
import type { FileWindow } from "../file-window.ts";
import { type Dictionary, numbersOf, parseDictionary } from "../pdf-dictionary.ts";

/** The cross-reference sections of a file, newest first, each read only when an object was not found before it. */
export interface SectionChain {
  readonly newest: Section;
  /** File offset of an object; undefined when no section names it. Throws `pdfa` at a section it cannot read. */
  offsetOf(number: number): Promise<number | undefined>;
}

interface Section {
  readonly kind: "table" | "stream";
  readonly trailer: Dictionary;
  readonly offsets: ReadonlyMap<number, number>;
}

const MAX_SECTIONS = 64;
/** A table of ten million objects; streams are ours and name a few dozen. */
const MAX_TABLE = 256 << 20;
const MAX_STREAM = 1 << 20;

/**
 * Tables are read whoever wrote them. Streams are read as our own writers leave them, unfiltered: what is needed for
 * signing always stands in a section of ours, so that packed foreign ones need not be opened.
 */
export async function openSections(file: FileWindow, start: number): Promise<SectionChain> {
  const sections = [await readSection(file, start)];
  const [newest] = sections;
  if (newest === undefined || newest.trailer.has("Encrypt")) throw layoutError("trailer");
  async function nextSection(): Promise<Section | undefined> {
    const previous = sections.at(-1)?.trailer.get("Prev");
    if (previous === undefined) return undefined;
    if (sections.length >= MAX_SECTIONS) throw layoutError("too many updates");
    const section = await readSection(file, Number(previous));
    sections.push(section);
    return section;
  }
  return {
    newest,
    async offsetOf(number) {
      const known = sections.find(({ offsets }) => offsets.has(number));
      if (known !== undefined) return known.offsets.get(number);
      for (let section = await nextSection(); section !== undefined; section = await nextSection()) {
        const offset = section.offsets.get(number);
        if (offset !== undefined) return offset;
      }
      return undefined;
    },
  };
}

export function layoutError(what: string): OperationalError {
  return new OperationalError("pdfa", `cannot sign by appending: ${what}`);
}

async function readSection(file: FileWindow, at: number): Promise<Section> {
  if (!Number.isSafeInteger(at)) throw layoutError("cross-reference table");
  const head = (await file.read(at, at + 4)).toString("latin1");
  return head === "xref" ? readTable(file, at) : readStream(file, at);
}

async function readTable(file: FileWindow, at: number): Promise<Section> {
  const text = await file.readUntil(at, "startxref", MAX_TABLE);
  const trailer = parseDictionary(text?.slice(text.lastIndexOf("trailer")) ?? "");
  if (text === undefined || trailer === undefined) throw layoutError("cross-reference table");
  return { kind: "table", trailer, offsets: tableOffsets(text) };
}

function tableOffsets(text: string): Map<number, number> {
  const offsets = new Map<number, number>();
  let next = 0;
  for (const line of text
    .slice(4, text.lastIndexOf("trailer"))
    .trim()
    .split(/\r\n|[\r\n]/u)) {
    const [first = "", second = "", kind] = line.trim().split(/\s+/u);
    if (kind === undefined) next = Number(first);
    else {
      if (kind === "n") offsets.set(next, Number(first));
      next += 1;
    }
    if (second === "") throw layoutError("cross-reference table");
  }
  return offsets;
}

async function readStream(file: FileWindow, at: number): Promise<Section> {
  const head = await file.readUntil(at, "stream", MAX_STREAM);
  const trailer = /^\d+\s+\d+\s+obj\b/u.test(head ?? "") ? parseDictionary(head ?? "") : undefined;
  if (head === undefined || trailer?.get("Type") !== "/XRef" || trailer.has("Filter"))
    throw layoutError("cross-reference stream");
  const start = at + head.length + 1;
  const rows = await file.read(start, start + Math.min(MAX_STREAM, Number(trailer.get("Length"))));
  return { kind: "stream", trailer, offsets: streamOffsets(trailer, rows) };
}

/** Rows of type, offset and generation; type 1 lies in the file (ISO 32000-1, 7.5.8.3). */
function streamOffsets(trailer: Dictionary, rows: Buffer): Map<number, number> {
  const [type = 0, offset = 0, generation = 0] = numbersOf(trailer.get("W"));
  const row = type + offset + generation;
  if (type !== 1 || offset < 1 || offset > 6) throw layoutError("cross-reference stream");
  const offsets = new Map<number, number>();
  const index = numbersOf(trailer.get("Index"));
  let at = 0;
  for (let pair = 0; pair + 1 < index.length; pair += 2) {
    const [first = 0, count = 0] = index.slice(pair, pair + 2);
    for (let n = 0; n < count && at + row <= rows.length; n += 1, at += row) {
      if (rows[at] === 1) offsets.set(first + n, rows.readUIntBE(at + type, offset));
    }
  }
  return offsets;
}
