import { isOperational } from "../domain/errors.ts";
import type { ErrorCode } from "../domain/errors.ts";
import type { Refused } from "./found.ts";

const REASONS: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "source_missing",
  ENOTDIR: "source_missing",
  EACCES: "permission",
  EPERM: "permission",
  // A scanner or a copy still holds the file; the next run finds it.
  EBUSY: "source_changed",
};

/** Scanning again helps nobody whose rights are what is missing. */
const NO_RIGHT = "không có quyền đọc tệp / no permission to read the file";
const DETAILS: Readonly<Record<string, string>> = {
  EACCES: `EACCES: ${NO_RIGHT}`,
  EPERM: `EPERM: ${NO_RIGHT}`,
};

/** What a failing disk call means for one name; errors that are ours keep their code, bugs (ERR_… too) are thrown on. */
export function refusedByDisk(error: unknown, name: string): Refused {
  if (isOperational(error)) {
    return { kind: "refused", name, reason: error.code, detail: DETAILS[error.detail] ?? error.detail };
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = REASONS[code] ?? (/^E[A-Z0-9]+$/u.test(code) ? "unreadable" : undefined);
  if (reason === undefined) throw error;
  return { kind: "refused", name, reason, detail: code };
}
