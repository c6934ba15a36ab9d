import { isOperational } from "../../domain/errors.ts";
import { type ByteSource, cutSource } from "../../pdf-syntax/byte-source.ts";
import { PdfDamage, PdfEncrypted } from "../../pdf-syntax/damage.ts";
import { openPdf, type PdfFile } from "../../pdf-syntax/pdf-file.ts";
import { type Appended, judgeAppended, judgeTail } from "./appended-bytes.ts";
import { compareRevisions, type Differences } from "./changes/compare-revisions.ts";
import { type PlacedSignature, signatureFields } from "./signature-fields.ts";

/** The file as it was after one of its updates. */
export interface Revision {
  /** File offsets at which this is the newest revision: its own end, and ends of what was put behind it. */
  readonly ends: readonly number[];
  readonly signatures: readonly PlacedSignature[];
  /** It has a DSS: certificates and answers for later verifiers. */
  readonly hasEvidence: boolean;
  /** What it did to the revision before it; absent for the first, `unknown` when that could not be read. */
  readonly differences?: Differences | "unknown";
  /** Whether its own cross-reference sections tell all that it put behind the revision before; absent like `differences`. */
  readonly appended?: Appended;
}

export interface History {
  readonly revisions: readonly Revision[];
  /** Why the file as it is now cannot be read by its own structure. */
  readonly damage?: "encrypted" | "damaged";
  /** Whether a file offset lies within a stream of the newest revision. */
  readonly newest?: PdfFile;
  /** What stands behind the last revision; absent when nothing does. */
  readonly tail?: Appended;
  /** An object of some revision has its place behind that revision's end: an update could put anything there. */
  readonly hollow?: boolean;
}

/** Real files have a dozen; each is opened and compared. */
const MAX_REVISIONS = 150;
/** All revisions of a file together: a file made to keep us busy must not hold up the batch. */
const MAX_MS = 30_000;

/**
 * Opens the file as it was at each of some offsets, and compares neighbours from `first` on. Offsets at which the file is
 * no PDF are passed over, but for the last.
 */
export function readHistory(source: ByteSource, offsets: readonly number[], first: number): History {
  const deadline = performance.now() + MAX_MS;
  const revisions: Revision[] = [];
  let last: PdfFile | undefined;
  let hollow = false;
  const ends = [...new Set([...offsets.filter((end) => end > 0 && end < source.size), source.size])];
  for (const end of ends.toSorted((a, b) => a - b)) {
    const late = performance.now() > deadline || revisions.length >= MAX_REVISIONS;
    const opened = late ? "damaged" : openAt(source, end);
    if (typeof opened === "string") {
      if (end !== source.size) continue;
      // Of what was not looked at, nothing more can be said.
      const known = late || opened === "encrypted" ? { revisions } : endOf(revisions, last, source);
      return { ...known, damage: opened, hollow };
    }
    const { file, hasEvidence, signatures } = opened;
    const before = revisions.at(-1);
    hollow ||= isHollow(file);
    if (before !== undefined && last?.newest.offset === file.newest.offset)
      revisions[revisions.length - 1] = { ...before, ends: [...before.ends, end] };
    else {
      revisions.push({ ends: [end], hasEvidence, signatures, ...laterFacts({ last, before, file, first }) });
      last = file;
    }
  }
  return { ...endOf(revisions, last, source), hollow, ...(last === undefined ? {} : { newest: last }) };
}

/** The revisions with what stands behind the last of them. */
function endOf(revisions: readonly Revision[], last: PdfFile | undefined, source: ByteSource) {
  const end = revisions.at(-1)?.ends[0] ?? source.size;
  return last === undefined || end === source.size
    ? { revisions }
    : { revisions, tail: judgeTail(last, end, source) };
}

/** Only revisions that can be opened by their own structure count: of others nobody knows where their objects lie. */
function isHollow({ places, source }: PdfFile): boolean {
  for (const place of places.values()) if (place.at === "file" && place.offset >= source.size) return true;
  return false;
}

interface Neighbours {
  readonly last: PdfFile | undefined;
  readonly before: Revision | undefined;
  readonly file: PdfFile;
  readonly first: number;
}

function laterFacts({ last, before, file, first }: Neighbours): Pick<Revision, "appended" | "differences"> {
  if (last === undefined || before === undefined || (before.ends.at(-1) ?? 0) < first) return {};
  return { differences: tryCompare(last, file), appended: judgeAppended(last, before.ends[0] ?? 0, file) };
}

function openAt(source: ByteSource, end: number) {
  try {
    const file = openPdf(cutSource(source, end));
    const catalog = file.dict(file.trailer.entries.get("Root"));
    const hasEvidence = file.dict(catalog.entries.get("DSS")).entries.size > 0;
    return { file, hasEvidence, signatures: signatureFields(file) };
  } catch (error) {
    if (error instanceof PdfEncrypted) return "encrypted";
    if (error instanceof PdfDamage || isOperational(error)) return "damaged";
    throw error;
  }
}

function tryCompare(before: PdfFile | undefined, after: PdfFile): Differences | "unknown" {
  if (before === undefined) return "unknown";
  try {
    before.budget.renew();
    after.budget.renew();
    return compareRevisions(before, after);
  } catch (error) {
    if (error instanceof PdfDamage || isOperational(error)) return "unknown";
    throw error;
  }
}
