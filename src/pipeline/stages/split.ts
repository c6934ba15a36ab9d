import type { Candidate, Scan } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import { codesOf, divide, type Division, type MarkedPage } from "../../domain/page-parts.ts";
import type { PageMark } from "../../domain/page-mark.ts";
import { shownName } from "../../domain/shown-name.ts";
import type { Job } from "../job.ts";
import { candidateOf, divisionKey, partsOf } from "../parts.ts";

export interface Stack {
  readonly scan: Scan;
  readonly parts: readonly Candidate[];
  readonly sheets: readonly number[];
  readonly detail: string;
}

/**
 * Divides a stack of papers by the marks on its pages; undefined when it is one paper. Signed files are never cut. The
 * division is kept, and each part takes over the readings of its pages.
 */
export async function split(
  scan: Scan,
  marks: ReadonlyMap<number, readonly PageMark[]>,
  job: Job,
): Promise<Stack | undefined> {
  if (scan.lane === "preserved" || scan.stack !== undefined || marks.size < scan.pages.length)
    return undefined;
  const pages = scan.pages.map(({ number }) => ({ number, marks: marks.get(number) ?? [] }));
  const coded = scan.hints.length > 0;
  const division = divide(pages, { keepSheets: job.context.settings.separators.keep, coded });
  const detail = counted(scan, division, dossiersIn(division, pages, coded));
  if (detail !== "") tell("missing_sheet", detail, job);
  if (division === undefined || isWhole(division)) return undefined;
  const stated = scan.expected?.pages;
  if (stated !== undefined && stated !== scan.pages.length)
    tell("page_count", `${scan.pages.length} ≠ ${stated}`, job);
  const parts = await divided(scan, division, job);
  return { scan, parts, sheets: division.sheets, detail };
}

/** Keeps the division, after each part has taken over its pages. */
async function divided(
  scan: Scan,
  division: Division,
  { context, candidate }: Job,
): Promise<readonly Candidate[]> {
  const { parts, sheets } = division;
  const covered = parts.reduce((sum, { first, last }) => sum + last - first + 1, sheets.length);
  if (covered !== scan.pages.length) throw new Error(`${covered} of ${scan.pages.length} pages are in parts`);
  const kept = partsOf(scan, division);
  const candidates = kept.map((part) => candidateOf(candidate, part, context));
  for (const [index, { first, last }] of parts.entries()) {
    const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const part = candidates[index];
    if (part !== undefined) await context.ledger.handOver(candidate.id, part.id, numbers);
  }
  await context.ledger.keep({
    key: divisionKey(candidate, context),
    document: candidate.id,
    stage: "split",
    page: 0,
    result: JSON.stringify(kept),
    objects: [],
  });
  return candidates;
}

/** One paper behind a sheet that is kept is a part all the same: the sheet says its dossier, role and type. */
function isWhole({ parts, sheets }: Division): boolean {
  return parts.length === 1 && sheets.length === 0 && parts[0]?.sheet === undefined;
}

/** "Expected k, found n", by the sheets' own numbers and by what people counted; empty when all is as it should be. */
function counted({ expected }: Scan, division: Division | undefined, found: number): string {
  const facts: string[] = [];
  if (division !== undefined && division.missing.length > 0) {
    const missing = division.missing.slice(0, 20).join(", ");
    facts.push(
      `cần ${division.expected} tờ, thấy ${division.found}, thiếu ${missing} / expected ${division.expected} sheets, found ${division.found}; missing ${missing}`,
    );
  }
  const dossiers = expected?.dossiers;
  if (dossiers !== undefined && dossiers !== found)
    facts.push(`cần ${dossiers} hồ sơ, thấy ${found} / expected ${dossiers} dossiers, found ${found}`);
  return facts.join("; ");
}

/** Papers without a code of their own count as one dossier each: nobody has said that they belong together. */
function dossiersIn(division: Division | undefined, pages: readonly MarkedPage[], coded: boolean): number {
  if (division === undefined) return 1;
  const names = division.parts.map(({ sheet, first, last }) => {
    const [printed] = pages.slice(first - 1, last).flatMap(codesOf);
    return sheet?.dossier ?? printed ?? (coded ? "as named" : `page ${first}`);
  });
  return new Set(names).size;
}

function tell(
  reason: "missing_sheet" | "page_count",
  detail: string,
  { candidate, context, observe }: Job,
): void {
  if (context.settings.strict) throw new OperationalError(reason, detail);
  const file = shownName(candidate);
  observe({ type: "warning", document: candidate.id, file, reason, pages: [], detail });
}
