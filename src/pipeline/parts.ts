import type { Candidate, LinkHint, PageRange, PageSource, Scan } from "../domain/document.ts";
import { documentId } from "../domain/document-id.ts";
import { pageRange } from "../domain/page-range.ts";
import type { Division, PagePart } from "../domain/page-parts.ts";
import type { Context } from "../domain/ports.ts";
import type { Sha256 } from "../domain/ids.ts";

const VERSION = 1;

/** What the division of a stack depends on; known without opening it, so that a second run reads nothing. */
export function divisionKey(stack: Candidate, { barcodes, hash, imaging, settings }: Context): Sha256 {
  const { codes, keep } = settings.separators;
  return hash(JSON.stringify(["split", VERSION, stack.id, imaging.version, barcodes.identity, codes, keep]));
}

/** The papers an earlier run found in this stack; undefined when it was not divided under these settings. */
export async function knownParts(
  stack: Candidate,
  context: Context,
): Promise<readonly Candidate[] | undefined> {
  if (stack.files.length === 0 || stack.stack !== undefined) return undefined;
  const text = await context.ledger.kept(divisionKey(stack, context));
  if (text === undefined) return undefined;
  const parts = JSON.parse(text) as readonly Part[];
  return parts.map((part) => candidateOf(stack, part, context));
}

/** What is kept of a part: the rest is the stack's, which may lie elsewhere tomorrow. */
export interface Part {
  /** Positions in the stack's list of files. */
  readonly files: readonly [first: number, last: number];
  readonly range?: PageRange;
  readonly sheet?: PagePart["sheet"];
  readonly doubt?: string;
}

export function partsOf(scan: Scan, { parts }: Division): Part[] {
  return parts.map((part) => ({
    ...place(scan, part),
    ...(part.sheet && { sheet: part.sheet }),
    ...(part.doubt !== undefined && { doubt: part.doubt }),
  }));
}

/** Loose page images: a part names its own files only. Everything else is a page range of the whole stack. */
function place(scan: Scan, { first, last }: PagePart): Pick<Part, "files" | "range"> {
  const whole = pageRange(scan.pages, first, last);
  const shift = (scan.range?.first ?? 1) - 1;
  if (scan.files.length === 1 || scan.duplex !== undefined || scan.range !== undefined)
    return { files: [0, scan.files.length - 1], range: shifted(whole, shift) };
  const fileOf = (number: number): number =>
    scan.files.findIndex((file) => isOf(scan.pages[number - 1], file));
  const files = [fileOf(first), fileOf(last)] as const;
  const pagesIn = (begin: number, end: number): number => {
    const own = scan.files.slice(begin, end);
    return scan.pages.filter((page) => own.some((file) => isOf(page, file))).length;
  };
  // A part of all files is told from its stack by its range alone.
  const all = files[0] === 0 && files[1] === scan.files.length - 1;
  if (!all && pagesIn(files[0], files[1] + 1) === last - first + 1) return { files };
  const before = pageRange(scan.pages, 1, pagesIn(0, files[0])).last;
  return { files, range: shifted(whole, -before) };
}

function shifted(range: PageRange, by: number): PageRange {
  return { ...range, first: range.first + by, last: range.last + by };
}

const isOf = (page: PageSource | undefined, file: Scan["files"][number]): boolean => page?.file === file;

export function candidateOf(stack: Candidate, part: Part, { hash }: Pick<Context, "hash">): Candidate {
  const { id, files, hints, range: _whole, expected: _counted, ...common } = stack;
  const own = files.slice(part.files[0], part.files[1] + 1);
  const { sheet } = part;
  const candidate = {
    ...common,
    name: stack.duplex === undefined && part.files[0] > 0 ? nameOf(stack, part) : stack.name,
    files: own,
    ...(part.range && { range: part.range }),
    hints: sheet === undefined ? hints : [sheetHint(sheet), ...hints],
    role: sheet?.role ?? stack.role,
    fields: sheet?.type === undefined ? stack.fields : { ...stack.fields, type: sheet.type },
    stack: { id, name: stack.name, ...(part.doubt !== undefined && { doubt: part.doubt }) },
  };
  return { ...candidate, id: documentId(candidate, hash) };
}

function sheetHint({ dossier, number, of }: NonNullable<Part["sheet"]>): LinkHint {
  return { code: dossier, from: "sheet", text: `${number}/${of}` };
}

/** Loose images are shown by the name of their first file, like any other series of pages. */
function nameOf({ name, files }: Candidate, part: Part): string {
  const path = files[part.files[0]]?.path.replaceAll("\\", "/").normalize("NFC") ?? name;
  return [...name.split("/").slice(0, -1), path.split("/").at(-1) ?? name].join("/");
}
