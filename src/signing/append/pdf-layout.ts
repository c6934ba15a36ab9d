import { isOperational } from "../../domain/errors.ts";
import type { FileWindow } from "../file-window.ts";
import { type Dictionary, numbersOf, parseDictionary, referenceOf } from "../pdf-dictionary.ts";
import { layoutError, openSections, type SectionChain } from "./section-chain.ts";

/** What an appended signature must know of a file. */
export interface PdfLayout {
  readonly startXref: number;
  /** The update's cross-reference section is of the same kind: strict readers take a mixture for damage. */
  readonly kind: "table" | "stream";
  /** Number of the next free object. */
  readonly nextObject: number;
  readonly trailer: Dictionary;
  readonly catalog: PdfObject;
  readonly page: PdfObject;
  readonly box: PageBox;
  readonly form: PdfObject | undefined;
  /** References of the form's fields. */
  readonly fields: readonly string[];
  /** Signatures among the fields, each with a box of its own on page 1. */
  readonly signed: number;
  /** What stands between the brackets of the page's /Annots. */
  readonly annotations: string;
}

export interface PdfObject {
  readonly number: number;
  readonly generation: number;
  readonly entries: Dictionary;
}

/** Visible area in user space units, and how the page is shown. */
export interface PageBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rotate: 0 | 90 | 180 | 270;
  /** Points a unit. */
  readonly unit: number;
}

const TAIL = 2048;
const MAX_NODES = 20_000;
/** Every signed paper we know has fewer; the rest of a long form are not looked at. */
const MAX_FIELDS = 200;
const INHERITED = ["MediaBox", "CropBox", "Rotate"];

/**
 * Reads trailer, catalog, form and first page of a file that one of our writers finished. Throws `pdfa` for any other
 * layout: foreign files are given a section of ours first (the augmented lane).
 */
export async function readLayout(file: FileWindow): Promise<PdfLayout> {
  const tail = (await file.read(file.size - TAIL, file.size)).toString("latin1");
  const startXref = Number(/startxref\s+(\d+)\s+%%EOF\s*$/u.exec(tail)?.[1] ?? Number.NaN);
  const chain = await openSections(file, startXref);
  const { trailer, kind } = chain.newest;
  const catalog = await objectOf(file, chain, trailer.get("Root"));
  const { page, inherited } = await firstPage(file, chain, catalog.entries.get("Pages"));
  const form = catalog.entries.has("AcroForm")
    ? await objectOf(file, chain, catalog.entries.get("AcroForm"))
    : undefined;
  const fields = references(await arrayText(file, chain, form?.entries.get("Fields")));
  return {
    startXref,
    kind,
    nextObject: Number(trailer.get("Size")),
    trailer,
    catalog,
    page,
    box: pageBox(inherited, page.entries),
    form,
    fields,
    signed: await countSigned(file, chain, fields),
    annotations: await arrayText(file, chain, page.entries.get("Annots")),
  };
}

async function objectOf(file: FileWindow, chain: SectionChain, reference = ""): Promise<PdfObject> {
  const entries = parseDictionary(await objectText(file, chain, reference));
  if (entries === undefined) throw layoutError(reference);
  return { number: referenceOf(reference) ?? 0, generation: Number(reference.split(/\s+/u)[1]), entries };
}

async function objectText(file: FileWindow, chain: SectionChain, reference: string): Promise<string> {
  const number = referenceOf(reference);
  const offset = number === undefined ? undefined : await chain.offsetOf(number);
  const text = offset === undefined ? undefined : await file.readUntil(offset, "endobj");
  if (text === undefined || !new RegExp(`^${number}\\s+\\d+\\s+obj`, "u").test(text))
    throw layoutError(`object ${reference}`);
  return text.slice(text.indexOf("obj") + 3, -"endobj".length);
}

/** The first leaf of the page tree, and what it inherits (ISO 32000-1 §7.7.3.4). */
async function firstPage(
  file: FileWindow,
  chain: SectionChain,
  root = "",
): Promise<{ page: PdfObject; inherited: Dictionary }> {
  const waiting = [{ reference: root, above: new Map<string, string>() }];
  for (let count = 0; count < MAX_NODES; count += 1) {
    const visit = waiting.pop();
    if (visit === undefined) break;
    const node = await objectOf(file, chain, visit.reference);
    const inherited = new Map(visit.above);
    for (const key of INHERITED) inherited.set(key, node.entries.get(key) ?? inherited.get(key) ?? "");
    const kids = node.entries.get("Kids");
    if (kids === undefined) return { page: node, inherited };
    const below = references(kids).map((reference) => ({ reference, above: inherited }));
    waiting.push(...below.toReversed());
  }
  throw layoutError("page tree");
}

/** The crop box within the media box is what people see. */
function pageBox(inherited: Dictionary, page: Dictionary): PageBox {
  const media = rectangle(inherited.get("MediaBox"));
  if (media === undefined) throw layoutError("MediaBox");
  const crop = rectangle(inherited.get("CropBox")) ?? media;
  const [x, y] = [Math.max(media[0], crop[0]), Math.max(media[1], crop[1])];
  const [right, top] = [Math.min(media[2], crop[2]), Math.min(media[3], crop[3])];
  const seen = right > x && top > y ? ([x, y, right, top] as const) : media;
  const turned = (((Number(inherited.get("Rotate") ?? 0) % 360) + 360) % 360) as PageBox["rotate"];
  const unit = Number(page.get("UserUnit") ?? 1);
  return {
    x: seen[0],
    y: seen[1],
    width: seen[2] - seen[0],
    height: seen[3] - seen[1],
    rotate: [0, 90, 180, 270].includes(turned) ? turned : 0,
    unit: unit >= 1 && unit <= 75_000 ? unit : 1,
  };
}

function rectangle(text: string | undefined): readonly [number, number, number, number] | undefined {
  const [a, b, c, d] = numbersOf(text);
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  const box = [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)] as const;
  return box[2] > box[0] && box[3] > box[1] ? box : undefined;
}

/** Fields in packed sections are no signatures of ours: those would have kept the file from being changed. */
async function countSigned(
  file: FileWindow,
  chain: SectionChain,
  fields: readonly string[],
): Promise<number> {
  let count = 0;
  for (const field of fields.slice(0, MAX_FIELDS)) {
    const object = await objectOf(file, chain, field).catch((error: unknown) => {
      if (isOperational(error)) return undefined;
      throw error;
    });
    if (object?.entries.get("FT") === "/Sig" && object.entries.has("V")) count += 1;
  }
  return count;
}

/** What stands between the brackets of an array, or of the array a reference points to. */
async function arrayText(file: FileWindow, chain: SectionChain, value = "[]"): Promise<string> {
  const text = referenceOf(value) === undefined ? value : await objectText(file, chain, value);
  return text.slice(text.indexOf("[") + 1, text.lastIndexOf("]")).trim();
}

function references(text: string): readonly string[] {
  return text.match(/\d+\s+\d+\s+R/gu) ?? [];
}
