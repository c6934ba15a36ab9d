import type { CoverSheet } from "./cover-sheet.ts";
import type { DossierCode } from "./ids.ts";
import type { PageMark } from "./page-mark.ts";

export interface MarkedPage {
  /** 1-based, in the order of the stack. */
  readonly number: number;
  readonly marks: readonly PageMark[];
}

/** One paper of a stack: pages that follow each other, and the sheet that announced it. */
export interface PagePart {
  readonly first: number;
  readonly last: number;
  readonly sheet?: CoverSheet;
  /** Why papers of another dossier may be among its pages; words for people. */
  readonly doubt?: string;
}

export interface Division {
  readonly parts: readonly PagePart[];
  /** Numbers of the sheets that belong to no paper. */
  readonly sheets: readonly number[];
  /** Cover sheets read, how many their sets have, and which of those were not met. */
  readonly found: number;
  readonly expected: number;
  readonly missing: readonly string[];
}

export interface DivisionRules {
  /** Sheets stay as first pages of what they announce. */
  readonly keepSheets: boolean;
  /** Names or a manifest give the whole stack its code: one printed on a page then is evidence and divides nothing. */
  readonly coded: boolean;
}

/** Divides a stack at its sheets, labels and changing codes. Undefined: it is one paper, as it lies. */
export function divide(pages: readonly MarkedPage[], rules: DivisionRules): Division | undefined {
  if (!pages.some(({ marks }) => marks.some(({ kind }) => kind !== "code")) && !changesCode(pages, rules))
    return undefined;
  const runs: Run[] = [];
  const sheets: number[] = [];
  let open: Run = { pages: [], bare: true };
  for (const page of pages) {
    const sheet = sheetOf(page);
    if (sheet !== undefined || page.marks.some(({ kind }) => kind === "separator")) {
      if (!open.bare) runs.push(open);
      // Sheets on each other's heels announce one paper: both sides of one sheet, or a Patch-T laid on a cover sheet.
      const before: Run = open.bare ? open : { pages: [], bare: true };
      const announced = sheet ?? before.sheet;
      const kept = rules.keepSheets ? [page] : [];
      if (!rules.keepSheets) sheets.push(page.number);
      open = { pages: [...before.pages, ...kept], bare: true, ...(announced && { sheet: announced }) };
    } else if (!open.bare && beginsPaper(page, open, rules)) {
      runs.push(open);
      open = { pages: [page], bare: false };
    } else open = { ...open, pages: [...open.pages, page], bare: false };
  }
  if (open.bare) sheets.push(...open.pages.map(({ number }) => number));
  else runs.push(open);
  return { ...withDoubts(runs, pages), sheets };
}

/** Codes of a page that were printed on the paper itself. */
export function codesOf({ marks }: Pick<MarkedPage, "marks">): readonly DossierCode[] {
  return marks.flatMap((mark) => (mark.kind === "code" ? [mark.code] : []));
}

interface Run {
  readonly pages: readonly MarkedPage[];
  readonly sheet?: CoverSheet;
  /** Nothing but sheets so far. */
  readonly bare: boolean;
}

function sheetOf({ marks }: MarkedPage): CoverSheet | undefined {
  return marks.find((mark) => mark.kind === "sheet")?.sheet;
}

/** A stack that names one dossier only is left whole: the code may stand on any page of its paper. */
function changesCode(pages: readonly MarkedPage[], { coded }: DivisionRules): boolean {
  return !coded && new Set(pages.flatMap(codesOf)).size > 1;
}

/** A code's reach ends where another begins; behind a cover sheet a second code is a contradiction, not a border. */
function beginsPaper(page: MarkedPage, open: Run, { coded }: DivisionRules): boolean {
  if (page.marks.some(({ kind }) => kind === "label")) return true;
  const codes = codesOf(page);
  if (coded || codes.length === 0 || open.sheet !== undefined) return false;
  const known = new Set(open.pages.flatMap(codesOf));
  return known.size === 0 || codes.some((code) => !known.has(code));
}

/** A number left out between two sheets of a set: its pages lie behind the sheet before it, under the wrong dossier. */
function withDoubts(runs: readonly Run[], pages: readonly MarkedPage[]): Omit<Division, "sheets"> {
  const seen = new Set(pages.flatMap((page) => nameOf(sheetOf(page)) ?? []));
  const used = new Set(runs.flatMap(({ sheet }) => nameOf(sheet) ?? []));
  const sizes = new Map(
    pages.map(sheetOf).flatMap((sheet) => (sheet ? [[sheet.set, sheet.of] as const] : [])),
  );
  const all = [...sizes].flatMap(([set, of]) => range(1, of).map((number) => ({ set, number, of })));
  const missing = all.filter((sheet) => !used.has(nameOf(sheet) ?? ""));
  const parts = runs.map((run, index) => {
    const doubt = lostBetween(run.sheet, runs[index + 1]?.sheet, seen);
    return {
      first: run.pages[0]?.number ?? 0,
      last: run.pages.at(-1)?.number ?? 0,
      ...(run.sheet && { sheet: run.sheet }),
      ...(doubt !== "" && { doubt }),
    };
  });
  return { parts, found: used.size, expected: all.length, missing: missing.map(placeOf) };
}

type Place = Pick<CoverSheet, "set" | "number" | "of">;

const nameOf = (sheet: Place | undefined): string | undefined => sheet && `${sheet.set} ${sheet.number}`;
const placeOf = ({ number, of }: Place): string => `${number}/${of}`;

function lostBetween(here: Place | undefined, next: Place | undefined, seen: ReadonlySet<string>): string {
  if (here === undefined || next?.set !== here.set) return "";
  return range(here.number + 1, next.number - 1)
    .map((number) => ({ ...here, number }))
    .filter((sheet) => !seen.has(nameOf(sheet) ?? ""))
    .map(placeOf)
    .join(", ");
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
