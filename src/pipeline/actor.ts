import type { Settings } from "../domain/settings.ts";

/** Who answers for what this command does: the officer of the settings, else the unit. */
export function actorOf({ officer, unit }: Pick<Settings, "officer" | "unit">): string {
  return officer ?? unit ?? "";
}
