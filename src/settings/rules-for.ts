import { OperationalError } from "../domain/errors.ts";
import type { Rules } from "../domain/rules.ts";
import { VN_2025_07 } from "./rules/vn-2025-07.ts";

/** Every version of the legal values, in any order. */
export const RULES: readonly Rules[] = [VN_2025_07];

/**
 * The legal values in force on a day (ISO date): the version with the latest `validFrom` not after it.
 * @throws `settings` before the first version, which today means a clock that is wrong.
 */
export function rulesFor(day: string, versions: readonly Rules[] = RULES): Rules {
  const inForce = versions.filter(({ validFrom }) => validFrom <= day);
  const latest = inForce.toSorted((a, b) => a.validFrom.localeCompare(b.validFrom)).at(-1);
  if (latest === undefined)
    throw new OperationalError(
      "settings",
      `đồng hồ máy có đúng không? / no rules in force on ${day}; is the clock right?`,
    );
  return latest;
}
