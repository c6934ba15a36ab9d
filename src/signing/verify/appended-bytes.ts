import { isOperational } from "../../domain/errors.ts";
import type { ByteSource } from "../../pdf-syntax/byte-source.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import { isKind, type PdfObject } from "../../pdf-syntax/objects.ts";
import { parseIndirect } from "../../pdf-syntax/parser.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { parseAt } from "../../pdf-syntax/read-object.ts";
import { READABLE_NUMBERS, readSection, type XrefSection } from "../../pdf-syntax/xref.ts";
import { explainedBy, type Span } from "./appended-objects.ts";
import { type PlacedEntry, placedDictionary, placedObject } from "./placed-dictionary.ts";

/**
 * Whether a part of a file behind a signature is told whole by its own cross-reference sections: `odd` when something is
 * left that other programs, which repair silently, may read otherwise; `redefines` when that is an object of the signed
 * file (an incremental saving attack).
 */
export type Appended = "sound" | "odd" | "redefines";

/** Judges the bytes that made `after` out of `before`, which ended at `from`. */
export function judgeAppended(before: PdfFile, from: number, after: PdfFile): Appended {
  after.budget.renew();
  const sections = tryRead(before, from, after) ?? [];
  const spans = explainedBy(after, from, sections);
  const odd = sections.length === 0 || spans === undefined || !isPlain(after.source);
  const left = leftover(after, { from, to: after.source.size }, spans ?? []);
  if (redefines(before, left, sections)) return "redefines";
  return odd || left.length > 0 ? "odd" : "sound";
}

/** Judges what stands behind the last revision: nothing may, but white space, comments and a repeated `startxref`. */
export function judgeTail(last: PdfFile, from: number, source: ByteSource): Appended {
  const left = leftover({ source, sections: last.sections }, { from, to: source.size }, []);
  if (redefines(last, left, [])) return "redefines";
  return left.length === 0 && isPlain(source) ? "sound" : "odd";
}

function isPlain(source: ByteSource): boolean {
  return tailFits(source) && !isLinearizedAgain(source);
}

/**
 * A linearized file that has been updated is none any more, its /L shows it. One that fits the updated file leads readers
 * back to the sections at its head, which need not say what the last ones say.
 */
function isLinearizedAgain(source: ByteSource): boolean {
  const head = source.read(0, 2048).toString("latin1");
  if (!/\/Lin|\/[^\s/<>[\]()]*#/u.test(head)) return false;
  const at = /\d+[\s\0]+\d+[\s\0]+obj/u.exec(head)?.index;
  const first = at === undefined ? undefined : tryParse(source, at);
  if (!isKind(first, "dict") || !first.entries.has("Linearized")) return false;
  const length = first.entries.get("L");
  return typeof length !== "number" || length === source.size;
}

function tryParse(source: ByteSource, at: number): PdfObject | undefined {
  try {
    return parseAt(source, at, parseIndirect).object;
  } catch (error) {
    if (error instanceof PdfDamage) return undefined;
    throw error;
  }
}

/** Readers look for `startxref` in the last 1024 bytes; where it stands farther away some rebuild the file their own way. */
function tailFits(source: ByteSource): boolean {
  return source.read(Math.max(0, source.size - 1024), 1024).includes("startxref");
}

/** The sections that lie in the part, checked for themselves; undefined when one is not as the format has it. */
function tryRead(before: PdfFile, from: number, after: PdfFile): readonly (XrefSection & Span)[] | undefined {
  try {
    const own = after.sections.filter((offset) => offset >= from);
    const sections = own.map((start) => {
      const section = readSection(after.source, start, after.budget);
      return { ...section, start, end: section.trailerAt?.end ?? start };
    });
    if (!own.includes(after.newest.offset)) return undefined;
    const hidden = new Set(sections.map(({ trailer }) => trailer.entries.get("XRefStm")));
    const sound = sections.every(
      (section) =>
        section.tidy &&
        listsOnce(section, after) &&
        (hidden.has(section.start) || trailerFits(section, before, after)),
    );
    return sound && !freesHidden(sections, before) ? sections : undefined;
  } catch (error) {
    if (error instanceof PdfDamage || isOperational(error)) return undefined;
    throw error;
  }
}

/** Every number once, and every object within the file. */
function listsOnce({ entries }: XrefSection, { source }: PdfFile): boolean {
  const numbers = new Set(entries.map(([num]) => num));
  const inside = entries.every(([, place]) => place.at !== "file" || place.offset < source.size);
  return inside && numbers.size === entries.length;
}

/** An object of the file before that a table calls free while its hidden stream has it: some show it, some do not. */
function freesHidden(sections: readonly XrefSection[], before: PdfFile): boolean {
  const freed = new Set<number>();
  for (const { entries } of sections)
    for (const [num, { at }] of entries)
      if (at === "free" && (before.places.get(num)?.at ?? "free") !== "free") freed.add(num);
  return sections.some(({ entries }) => entries.some(([num, { at }]) => at !== "free" && freed.has(num)));
}

/** The same /Root as before, /Size above every number, whole numbers, and no key twice: what repairing programs trip over. */
function trailerFits(section: XrefSection & Span, before: PdfFile, after: PdfFile): boolean {
  const { trailerAt, start } = section;
  const placed =
    trailerAt === undefined
      ? placedObject(after.source, start)
      : placedDictionary(after.source, trailerAt.start);
  const once = new Map(placed.map((one) => [one.key, one]));
  const text = (one: PlacedEntry | undefined) =>
    one === undefined ? "" : after.source.read(one.start, one.end - one.start).toString("latin1");
  const root = before.trailer.entries.get("Root");
  const own = once.get("Root")?.value;
  const sameRoot = isKind(root, "ref") && isKind(own, "ref") && root.num === own.num && root.gen === own.gen;
  const whole = ["Size", "Prev"].every((key) => /^\d+$/u.test(text(once.get(key))));
  const size = Number(text(once.get("Size")));
  const fits = largest(after) < size && size <= READABLE_NUMBERS;
  return once.size === placed.length && sameRoot && whole && fits;
}

function largest({ places }: PdfFile): number {
  let found = 0;
  for (const [num, { at }] of places) if (at !== "free") found = Math.max(found, num);
  return found;
}

/** A part that nothing explains. */
interface Leftover {
  readonly at: number;
  /** Without its comments. */
  readonly text: string;
}

/** More than that is not searched: it is a doubt in any case. */
const MAX_TEXT = 8 << 20;

/** Where text is looked for, and which sections its file has. */
type Searched = Pick<PdfFile, "sections" | "source">;

function leftover(
  file: Searched,
  { from, to }: { from: number; to: number },
  spans: readonly Span[],
): Leftover[] {
  const left: Leftover[] = [];
  let at = from;
  for (const { start, end } of [...spans, { start: to, end: to }]) {
    const text = start > at ? bare(file, at, start) : "";
    if (text !== "") left.push({ at, text });
    at = Math.max(at, end);
  }
  return left;
}

/** The text between two offsets without comments, white space and a `startxref` that names a section of the file. */
function bare({ source, sections }: Searched, start: number, end: number): string {
  const length = Math.min(end - start, MAX_TEXT);
  const text = source.read(start, length).toString("latin1");
  const plain = text
    .replaceAll(/%[^\r\n]*/gu, " ")
    .replaceAll(/(?<![^\s\0])startxref[\s\0]+(\d+)(?![^\s\0])/gu, (all, offset: string) =>
      sections.includes(Number(offset)) ? " " : all,
    );
  const rest = /^[\s\0]*$/u.test(plain) ? "" : plain;
  return end - start > MAX_TEXT && rest === "" ? "?" : rest;
}

/** An object that `before` has and the part's own sections do not name at a later place, as programs that repair would. */
function redefines(before: PdfFile, left: readonly Leftover[], sections: readonly XrefSection[]): boolean {
  const named = new Map<number, number>();
  for (const { entries } of sections)
    for (const [num, place] of entries) if (place.at === "file") named.set(num, place.offset);
  return left.some(({ at, text }) =>
    [...text.matchAll(/(?<!\d)(\d{1,8})[\s\0]+\d{1,5}[\s\0]+obj/gu)].some(([, digits]) => {
      const num = Number(digits);
      const known = (before.places.get(num)?.at ?? "free") !== "free";
      return known && (named.get(num) ?? -1) < at;
    }),
  );
}
