import type { Appended } from "./appended-bytes.ts";
import type { LaterJudgement } from "./later-revisions.ts";
import type { LocatedSignature } from "./locate-signatures.ts";
import type { History } from "./revision-history.ts";

const REDEFINED =
  "Phần thêm sau chữ ký ghi đè đối tượng đã ký mà bảng tham chiếu không nêu (unlisted object redefined after signing)";
/** The doubt about bytes that programs may read in several ways. */
export const ODD =
  "Phần thêm sau chữ ký có cấu trúc lạ, phần mềm khác có thể hiển thị khác (odd structure changed after signing)";

/** Adds what the bytes behind a signature are beside what they list: other programs repair silently and show it. */
export function withUnlisted(
  later: LaterJudgement,
  { revision }: LocatedSignature,
  { revisions, tail }: History,
): LaterJudgement {
  if (revision === undefined) return later;
  const behind = revisions.slice(revision + 1).map(({ appended }) => appended);
  const found: readonly (Appended | undefined)[] = [...behind, tail];
  if (found.includes("redefines")) return { ...later, broken: later.broken ?? REDEFINED };
  return found.includes("odd") ? { ...later, doubts: [...later.doubts, ODD] } : later;
}
