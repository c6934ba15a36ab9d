import type { DuplexOrder } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";

/**
 * The pages of all files in reading order. Scanned one side after the other, front and back alternate; a stack turned
 * over as a whole gives its last sheet's back first.
 * @throws `duplex_mismatch` when the sides are not equally many: which sheet lacks one, nobody can tell
 */
export function layTogether<T>(
  files: readonly (readonly T[])[],
  duplex: DuplexOrder | undefined,
): readonly T[] {
  if (duplex === undefined) return files.flat();
  const fronts = files.slice(0, duplex.fronts).flat();
  const scanned = files.slice(duplex.fronts).flat();
  if (fronts.length !== scanned.length) {
    const counts = [fronts.length, scanned.length] as const;
    throw new OperationalError(
      "duplex_mismatch",
      `mặt trước ${counts[0]} trang, mặt sau ${counts[1]} trang / ${counts[0]} fronts, ${counts[1]} backs`,
    );
  }
  const backs = duplex.backs === "reverse" ? scanned.toReversed() : scanned;
  return fronts.flatMap((front, at) => [front, ...backs.slice(at, at + 1)]);
}
