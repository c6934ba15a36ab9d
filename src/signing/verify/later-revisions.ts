import type { LaterChange } from "../../domain/document.ts";
import type { Differences } from "./changes/compare-revisions.ts";
import type { FileWindow } from "../file-window.ts";
import type { LocatedSignature } from "./locate-signatures.ts";
import { laterChanges } from "./permissions.ts";
import type { History } from "./revision-history.ts";

/** What came after a signature, and what that means for it. */
export interface LaterJudgement {
  readonly changes: readonly LaterChange[];
  /** Set when something was changed that no later revision may change. */
  readonly broken: string | undefined;
  readonly doubts: readonly string[];
  readonly notes: readonly string[];
}

const APPENDED = "Tệp có nội dung thêm sau chữ ký cuối (changed after signing)";
const UNSEEN =
  "Chú thích hoặc hình thêm sau chữ ký này có thể che nội dung; người ký trước không thấy (added over what was signed)";
const COVERS =
  "Người ký cho phép chú thích: có chú thích hoặc hình thêm sau, có thể che nội dung đã ký (look at what was added)";
const UNREADABLE = "Không so sánh được phần thêm sau chữ ký (later revision cannot be judged)";

/** Doubts about changes that nobody has signed for: a proof of time must not be put behind them. */
export const NOT_SIGNED_FOR: readonly string[] = [APPENDED, UNREADABLE];

interface Judged {
  /** Index of the last revision a good signature ends. */
  readonly lastSigned: number;
  readonly junk: boolean;
}

/** Judges all revisions behind a signature by what it permits. */
export function judgeLater(
  located: LocatedSignature,
  history: History,
  file: FileWindow,
  judged: Judged,
): LaterJudgement {
  const nothing = { changes: [], broken: undefined, doubts: [], notes: [] };
  if (located.end === file.size) return nothing;
  if (located.revision !== undefined) return judgeFrom(located.revision, located, history, judged);
  return { ...nothing, doubts: [history.damage === undefined ? APPENDED : UNREADABLE] };
}

function judgeFrom(
  revision: number,
  { permissions }: LocatedSignature,
  { revisions, damage }: History,
  { lastSigned, junk }: Judged,
): LaterJudgement {
  const doubts = new Set<string>();
  const notes = new Set<string>();
  const told: LaterChange[] = [];
  const free = permissions.level === undefined;
  for (const [index, { differences }] of revisions.entries()) {
    if (index <= revision) continue;
    if (differences === undefined || differences === "unknown") {
      doubts.add(UNREADABLE);
      continue;
    }
    const changes = laterChanges(permissions, differences.changes);
    told.push(...changes);
    if (nobodySigned(differences, changes, { free, covered: index <= lastSigned })) doubts.add(APPENDED);
    const covers = differences.changes.some((change) => change.covers === true);
    const sneaky = differences.changes.some(
      ({ kind, covers: over }) => kind === "signature" && over === true,
    );
    if (covers && (free || sneaky)) doubts.add(UNSEEN);
    if (covers && permissions.level === 3) notes.add(COVERS);
  }
  if (damage !== undefined) doubts.add(UNREADABLE);
  if (junk && revision >= lastSigned) doubts.add(APPENDED);
  return { changes: told, broken: brokenText(told), doubts: [...doubts], notes: [...notes] };
}

/** What may stand behind the last signature without anybody having signed for it. */
const COVERED = new Set<LaterChange["kind"]>(["signature", "time_stamp", "validation_data"]);

/** `free`: the document was not certified. `covered`: a later signer signed for it. */
function nobodySigned(
  { unreachable }: Differences,
  changes: readonly LaterChange[],
  { free, covered }: { readonly free: boolean; readonly covered: boolean },
): boolean {
  if (unreachable === "redefined" || (unreachable === "brought" && !covered)) return true;
  return free && !covered && !isSilent(changes);
}

function isSilent(changes: readonly LaterChange[]): boolean {
  const stamped = changes.some(({ kind }) => kind === "time_stamp");
  // Programs write the time of a time stamp into the metadata too.
  return changes.every(({ kind }) => COVERED.has(kind) || (stamped && kind === "metadata"));
}

function brokenText(changes: readonly LaterChange[]): string | undefined {
  const shown = changes.filter(({ kind, allowed }) => kind === "content" && !allowed);
  if (shown.length > 0)
    return `Nội dung hiển thị bị đổi sau khi ký: ${shown.map(({ detail }) => detail).join("; ")} (content changed after signing)`;
  const forbidden = changes.filter(({ allowed }) => !allowed);
  if (forbidden.length === 0) return undefined;
  return `Chữ ký không cho phép thay đổi này: ${forbidden.map(({ detail }) => detail).join("; ")} (not permitted by DocMDP or field lock)`;
}
