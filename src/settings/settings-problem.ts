import type { z } from "zod";
import { OperationalError } from "../domain/errors.ts";
import { nearestName } from "./nearest-name.ts";
import { SECTIONS, SETTING_KINDS } from "./schema.ts";

/** Turns what the schema found into one error that says which setting, why, and the nearest right name. */
export function settingsProblem(error: z.ZodError): OperationalError {
  const sentences = error.issues.slice(0, 5).flatMap((issue) => {
    const path = issue.path.join(".");
    if (issue.code !== "unrecognized_keys") return [`${path === "" ? "sohoa.yaml" : path}: ${issue.message}`];
    return issue.keys.map((key) => unknownKey(path === "" ? key : `${path}.${key}`));
  });
  return new OperationalError("settings", sentences.join("; "));
}

function unknownKey(dotted: string): string {
  const names = Object.keys(SETTING_KINDS);
  const key = dotted.split(".").at(-1) ?? dotted;
  const sameEnding = names.find((name) => name.split(".").at(-1)?.toLowerCase() === key.toLowerCase());
  const meant = sameEnding ?? nearestName(dotted, [...names, ...SECTIONS]) ?? "";
  return `không có cấu hình ${dotted}, gần nhất là ${meant} / unknown setting ${dotted}; the nearest right name is ${meant}`;
}
