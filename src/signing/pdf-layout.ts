import { OperationalError } from "../domain/errors.ts";
import type { FileWindow } from "./file-window.ts";
import { type Dictionary, numbersOf, parseDictionary, referenceOf } from "./pdf-dictionary.ts";

/** What an appended signature must know of a file of ours. */
export interface PdfLayout {
  readonly startXref: number;
  /** Number of the next free object. */
  readonly nextObject: number;
  readonly trailer: Dictionary;
  readonly catalog: PdfObject;
  readonly page: PdfObject;
  readonly box: PageBox;
  readonly form: PdfObject | undefined;
  /** References of the form's fields. */
  readonly fields: readonly string[];
  /** What stands between the brackets of the page's /Annots. */
  readonly annotations: string;
}

interface PdfObject {
  readonly number: number;
  readonly entries: Dictionary;
}

/** Media box in points and the angle the page is shown at. */
export interface PageBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rotate: 0 | 90 | 180 | 270;
}

type ReadObject = (number: number) => Promise<PdfObject>;

const TAIL = 2048;
const MAX_DEPTH = 32;
const MAX_REVISIONS = 64;

/**
 * Reads trailer, cross-reference tables, catalog and first page of a file with classic xref tables.
 * Throws `pdfa` for any other layout: only files of our own writer are signed by appending.
 */
export async function readLayout(file: FileWindow): Promise<PdfLayout> {
  const tail = (await file.read(file.size - TAIL, file.size)).toString("latin1");
  const startXref = Number(/startxref\s+(\d+)\s+%%EOF\s*$/u.exec(tail)?.[1] ?? Number.NaN);
  const { trailer, offsets } = await readTables(file, startXref);
  const object: ReadObject = (number) => readObject(file, offsets, number);
  const catalog = await object(reference(trailer, "Root"));
  const { page, box } = await firstPage(object, reference(catalog.entries, "Pages"));
  const form = await optional(object, catalog.entries.get("AcroForm"));
  return {
    startXref,
    nextObject: Number(trailer.get("Size")),
    trailer,
    catalog,
    page,
    box,
    form,
    fields: (await arrayText(file, offsets, form?.entries.get("Fields"))).match(/\d+\s+\d+\s+R/gu) ?? [],
    annotations: await arrayText(file, offsets, page.entries.get("Annots")),
  };
}

async function readTables(file: FileWindow, start: number) {
  const offsets = new Map<number, number>();
  let newest: Dictionary | undefined;
  let at: number | undefined = start;
  for (let revision = 0; at !== undefined; revision += 1) {
    if (!Number.isSafeInteger(at) || revision > MAX_REVISIONS) throw layoutError("cross-reference table");
    const text = await file.readUntil(at, "startxref", 256 << 20);
    const trailer = parseDictionary(text?.slice(text.lastIndexOf("trailer")) ?? "");
    if (text === undefined || !text.startsWith("xref") || trailer === undefined)
      throw layoutError("cross-reference table");
    readSections(text, offsets);
    newest ??= trailer;
    at = trailer.has("Prev") ? Number(trailer.get("Prev")) : undefined;
  }
  if (newest === undefined || newest.has("Encrypt")) throw layoutError("trailer");
  return { trailer: newest, offsets };
}

/** Newer tables are read first, so the first offset seen of an object is the one that counts. */
function readSections(text: string, offsets: Map<number, number>): void {
  let next = 0;
  for (const line of text
    .slice(4, text.lastIndexOf("trailer"))
    .trim()
    .split(/\r\n|[\r\n]/u)) {
    const [first = "", second = "", kind] = line.trim().split(/\s+/u);
    if (kind === undefined) next = Number(first);
    else {
      if (kind === "n" && !offsets.has(next)) offsets.set(next, Number(first));
      next += 1;
    }
    if (second === "") throw layoutError("cross-reference table");
  }
}

async function readObject(file: FileWindow, offsets: ReadonlyMap<number, number>, number: number) {
  const text = await objectText(file, offsets, number);
  const entries = parseDictionary(text);
  if (entries === undefined) throw layoutError(`object ${number}`);
  return { number, entries };
}

async function objectText(file: FileWindow, offsets: ReadonlyMap<number, number>, number: number) {
  const offset = offsets.get(number);
  const text = offset === undefined ? undefined : await file.readUntil(offset, "endobj");
  if (text === undefined || !new RegExp(`^${number}\\s+\\d+\\s+obj`, "u").test(text))
    throw layoutError(`object ${number}`);
  return text.slice(text.indexOf("obj") + 3, -"endobj".length);
}

/** Follows the first kid down to a leaf; MediaBox and Rotate are inherited (ISO 32000-1 §7.7.3.4). */
async function firstPage(object: ReadObject, root: number): Promise<{ page: PdfObject; box: PageBox }> {
  const inherited = new Map<string, string>();
  let node = await object(root);
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    for (const key of ["MediaBox", "Rotate"]) {
      const value = node.entries.get(key);
      if (value !== undefined) inherited.set(key, value);
    }
    const kids = node.entries.get("Kids");
    if (kids === undefined) return { page: node, box: pageBox(inherited) };
    const kid = /\d+/u.exec(kids)?.[0];
    if (kid === undefined) break;
    node = await object(Number(kid));
  }
  throw layoutError("page tree");
}

function pageBox(inherited: ReadonlyMap<string, string>): PageBox {
  const [x0, y0, x1, y1] = numbersOf(inherited.get("MediaBox"));
  if (x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined)
    throw layoutError("MediaBox");
  const turned = (((Number(inherited.get("Rotate") ?? 0) % 360) + 360) % 360) as PageBox["rotate"];
  return {
    x: Math.min(x0, x1),
    y: Math.min(y0, y1),
    width: Math.abs(x1 - x0),
    height: Math.abs(y1 - y0),
    rotate: [0, 90, 180, 270].includes(turned) ? turned : 0,
  };
}

async function optional(object: ReadObject, value: string | undefined): Promise<PdfObject | undefined> {
  if (value === undefined) return undefined;
  const number = referenceOf(value);
  if (number === undefined) throw layoutError("AcroForm is not an object of its own");
  return object(number);
}

/** What stands between the brackets of an array, or of the array a reference points to. */
async function arrayText(
  file: FileWindow,
  offsets: ReadonlyMap<number, number>,
  value: string | undefined,
): Promise<string> {
  const number = referenceOf(value);
  const text = number === undefined ? (value ?? "[]") : await objectText(file, offsets, number);
  return text.slice(text.indexOf("[") + 1, text.lastIndexOf("]")).trim();
}

function reference(entries: Dictionary, key: string): number {
  const number = referenceOf(entries.get(key));
  if (number === undefined) throw layoutError(key);
  return number;
}

function layoutError(what: string): OperationalError {
  return new OperationalError("pdfa", `cannot sign by appending: ${what}`);
}
