import type { LaterChange } from "../../domain/document.ts";
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
}

const APPENDED = "Tệp có nội dung thêm sau chữ ký cuối (changed after signing)";
const UNREADABLE = "Không so sánh được phần thêm sau chữ ký (later revision cannot be judged)";

/** Judges all revisions behind a signature by what it permits. `lastSigned`: index of the last revision a good signature ends. */
export function judgeLater(
  { end, revision, permissions }: LocatedSignature,
  history: History,
  file: FileWindow,
  { lastSigned, junk }: { readonly lastSigned: number; readonly junk: boolean },
): LaterJudgement {
  if (end === file.size) return { changes: [], broken: undefined, doubts: [] };
  if (revision === undefined)
    return { changes: [], broken: undefined, doubts: [history.damage === undefined ? APPENDED : UNREADABLE] };
  const doubts = new Set<string>();
  const told: LaterChange[] = [];
  for (const [index, { differences }] of history.revisions.entries()) {
    if (index <= revision) continue;
    if (differences === undefined || differences === "unknown") {
      doubts.add(UNREADABLE);
      continue;
    }
    const changes = laterChanges(permissions, differences.changes);
    told.push(...changes);
    const unsigned = index > lastSigned && permissions.level === undefined;
    const silent = changes.every(({ kind }) => COVERED.has(kind));
    if (differences.unreferenced || (unsigned && !silent)) doubts.add(APPENDED);
  }
  if (history.damage !== undefined) doubts.add(UNREADABLE);
  if (junk && revision >= lastSigned) doubts.add(APPENDED);
  return { changes: told, broken: brokenText(told), doubts: [...doubts] };
}

/** What may stand behind the last signature without anybody having signed for it. */
const COVERED = new Set<LaterChange["kind"]>(["signature", "time_stamp", "validation_data"]);

function brokenText(changes: readonly LaterChange[]): string | undefined {
  const shown = changes.filter(({ kind, allowed }) => kind === "content" && !allowed);
  if (shown.length > 0)
    return `Nội dung hiển thị bị đổi sau khi ký: ${shown.map(({ detail }) => detail).join("; ")} (content changed after signing)`;
  const forbidden = changes.filter(({ allowed }) => !allowed);
  if (forbidden.length === 0) return undefined;
  return `Chữ ký không cho phép thay đổi này: ${forbidden.map(({ detail }) => detail).join("; ")} (not permitted by DocMDP or field lock)`;
}

/** Whether something other than white space stands behind the last revision. */
export async function hasJunk(file: FileWindow, { revisions }: History): Promise<boolean> {
  const end = revisions.at(-1)?.ends[0] ?? file.size;
  for await (const piece of file.stream(end, file.size))
    if (piece.some((byte) => ![0, 9, 10, 12, 13, 32].includes(byte))) return true;
  return false;
}
