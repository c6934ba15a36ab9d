import type { FileWindow } from "../file-window.ts";
import type { Permissions } from "./permissions.ts";
import type { History, Revision } from "./revision-history.ts";
import { streamFinder } from "./inside-stream.ts";
import type { PlacedSignature } from "./signature-fields.ts";
import { decodeString, type Scan, type ScannedSignature } from "./signature-scan.ts";

/** A signature of the file, with what its place in the document says of it; its bytes are not yet judged. */
export interface LocatedSignature {
  /** Pairs of offset and length as written; may lie. */
  readonly ranges: readonly number[];
  /** File offset behind the last byte it covers. */
  readonly end: number;
  /** What stands in the gap between the ranges; empty when that is not exactly one string. */
  readonly contents: Buffer;
  readonly subFilter: string;
  /** Text of /M. */
  readonly date: string;
  readonly permissions: Permissions;
  /** Index of the revision it ends; undefined when none does. */
  readonly revision: number | undefined;
  /** Why it cannot be a good signature whatever its bytes say. */
  readonly fault: string | undefined;
  /** Why a good signature cannot be called valid. */
  readonly doubt: string | undefined;
}

const BAD_RANGE = "ByteRange sai (bad byte range)";
const NO_CONTENTS = "Khoảng chừa không chứa đúng chữ ký (ByteRange gap)";
const ORPHAN = "Không trường chữ ký nào trỏ tới chữ ký này (signature without a field)";
const ELSEWHERE =
  "Bản của tệp mà chữ ký bảo vệ không chứa chữ ký này (signature not in the revision it covers)";
const OVERLAP = "Khoảng chừa của các chữ ký chồng lên nhau (overlapping gaps)";
const DAMAGED = "Không đọc được cấu trúc tệp để đối chiếu (file structure damaged)";
const HOLLOW = "Tệp có đối tượng nằm ngoài tệp (object outside the file)";
const ENCRYPTED = "Tệp có mật khẩu, chưa đối chiếu được cấu trúc (encrypted file)";
const NO_PERMISSIONS: Permissions = { level: undefined, locks: [] };
const MAX_CONTENTS = 8 << 20;

/**
 * All signatures, in the order of what they cover: those that fields name, in the newest or an earlier revision, checked
 * against the bytes; and those only the bytes know. Signatures of documents attached to this one are left out.
 */
export async function locateSignatures(
  file: FileWindow,
  scan: Scan,
  history: History,
): Promise<readonly LocatedSignature[]> {
  const placed = placedSignatures(history);
  const located: LocatedSignature[] = [];
  for (const one of placed.values()) located.push(await fromField(file, one, history));
  const attached = streamFinder(history.newest);
  for (const one of scan.found) {
    if (!placed.has(String(one.at)) && !attached(one.at)) located.push(fromBytes(file, one, history));
  }
  return located
    .map((one) => (one.fault === undefined && overlaps(one, located) ? { ...one, fault: OVERLAP } : one))
    .toSorted((a, b) => a.end - b.end);
}

/** As the oldest revision has each: what it permits cannot be changed later. A fault of any revision counts. */
function placedSignatures({ revisions }: History): ReadonlyMap<string, PlacedSignature> {
  const placed = new Map<string, PlacedSignature>();
  for (const one of revisions.flatMap(({ signatures }) => signatures)) {
    const key = one.at < 0 ? `field ${one.field.name}` : String(one.at);
    const known = placed.get(key) ?? one;
    placed.set(key, { ...known, fault: known.fault ?? one.fault });
  }
  return placed;
}

async function fromField(file: FileWindow, placed: PlacedSignature, history: History) {
  const { ranges, contents, subFilter, date, permissions } = placed;
  const [, gapStart = 0, gapEnd = 0] = ranges;
  const exact = contents?.start === gapStart && contents.end === gapEnd && gapEnd - gapStart <= MAX_CONTENTS;
  const decoded = exact ? decodeString(await file.read(gapStart, gapEnd)) : undefined;
  const revision = revisionAt(history, endOf(ranges));
  const named = revision?.signatures.some(({ at }) => at === placed.at) === true;
  const misplaced = named || history.damage !== undefined ? undefined : ELSEWHERE;
  return {
    ranges,
    end: endOf(ranges),
    contents: decoded ?? Buffer.alloc(0),
    subFilter,
    date,
    permissions,
    revision: revision === undefined ? undefined : history.revisions.indexOf(revision),
    fault: placed.fault ?? rangeFault(file, ranges, decoded !== undefined) ?? misplaced,
    doubt: doubtOf(history),
  };
}

function fromBytes(file: FileWindow, found: ScannedSignature, history: History): LocatedSignature {
  const { ranges, contents, gapIsContents, entries } = found;
  const revision = revisionAt(history, endOf(ranges));
  return {
    ranges,
    end: endOf(ranges),
    contents,
    subFilter: (entries.get("SubFilter") ?? "").replace("/", ""),
    date: entries.get("M") ?? "",
    permissions: NO_PERMISSIONS,
    revision: revision === undefined ? undefined : history.revisions.indexOf(revision),
    fault: rangeFault(file, ranges, gapIsContents) ?? (history.damage === undefined ? ORPHAN : undefined),
    doubt: doubtOf(history),
  };
}

function rangeFault(file: FileWindow, ranges: readonly number[], gapFits: boolean): string | undefined {
  const [start, firstLength = 0, second = 0, secondLength = -1] = ranges;
  const sane = ranges.length === 4 && start === 0 && firstLength > 0 && second > firstLength;
  if (!sane || secondLength < 0 || second + secondLength > file.size) return BAD_RANGE;
  return gapFits ? undefined : NO_CONTENTS;
}

function doubtOf({ damage, hollow }: History): string | undefined {
  if (hollow === true && damage === undefined) return HOLLOW;
  return damage === undefined ? undefined : damage === "encrypted" ? ENCRYPTED : DAMAGED;
}

function revisionAt({ revisions }: History, end: number): Revision | undefined {
  return revisions.find(({ ends }) => ends.includes(end));
}

function endOf(ranges: readonly number[]): number {
  return (ranges.at(-2) ?? 0) + (ranges.at(-1) ?? 0);
}

/** Two gaps that share bytes leave something unsigned by either; a copy that has no place of its own harms nobody. */
function overlaps(one: LocatedSignature, all: readonly LocatedSignature[]): boolean {
  const [, start = 0, end = 0] = one.ranges;
  return all.some((other) => {
    const [, from = 0, to = 0] = other.ranges;
    return other !== one && other.fault === undefined && from < end && start < to;
  });
}
