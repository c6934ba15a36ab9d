import type { z } from "zod";
import { OperationalError } from "../domain/errors.ts";
import { variableOf, type Layer } from "./layers.ts";
import { nearestName } from "./nearest-name.ts";
import { SECTIONS, SETTING_KINDS } from "./schema.ts";

/** What was laid over the file, by dotted name. */
export interface Overlaid {
  readonly flags: Layer;
  readonly environment: Layer;
}

/** Flags that are not called like the last part of their setting. */
const FLAGS: Readonly<Record<string, string>> = {
  "ocr.engine": "--ocr",
  "separators.codes": "--separator",
  "separators.keep": "--keep-sheets",
};

/**
 * Turns what the schema found into one error that says which setting, why, and the nearest right name: by the name of the
 * flag or the variable where the value came from one. It is `usage` when nothing but flags is wrong: the file needs no change.
 */
export function settingsProblem(error: z.ZodError, overlaid: Overlaid): OperationalError {
  const issues = error.issues.slice(0, 5);
  const flagsOnly = issues.every(({ path }) => overlaid.flags[settingOf(path)] !== undefined);
  const sentences = issues.flatMap((issue) => {
    const path = issue.path.join(".");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => unknownKey(path === "" ? key : `${path}.${key}`));
    return [`${path === "" ? "sohoa.yaml" : givenBy(issue.path, overlaid)}: ${why(issue)}`];
  });
  return new OperationalError(flagsOnly ? "usage" : "settings", sentences.join("; "));
}

/** `["clean", 0]` → `clean`; `["ocr", "languages", 1]` → `ocr.languages`. */
function settingOf(path: readonly PropertyKey[]): string {
  const [section = "", leaf = ""] = path.map(String);
  const dotted = `${section}.${leaf}`;
  return Object.hasOwn(SETTING_KINDS, dotted) ? dotted : section;
}

function givenBy(path: readonly PropertyKey[], { flags, environment }: Overlaid): string {
  const setting = settingOf(path);
  if (flags[setting] !== undefined) return FLAGS[setting] ?? flagOf(setting);
  return environment[setting] === undefined ? path.join(".") : variableOf(setting);
}

/** `dropBlank` → `--drop-blank`. */
function flagOf(setting: string): string {
  const last = setting.split(".").at(-1) ?? setting;
  return `--${last.replaceAll(/[A-Z]/gu, "-$&").toLowerCase()}`;
}

function why(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_value") return issue.message;
  const words = issue.values.map(String).join(", ");
  return `chỉ nhận ${words} / must be one of ${words}`;
}

function unknownKey(dotted: string): string {
  const names = Object.keys(SETTING_KINDS);
  const key = dotted.split(".").at(-1) ?? dotted;
  const sameEnding = names.find((name) => name.split(".").at(-1)?.toLowerCase() === key.toLowerCase());
  const meant = sameEnding ?? nearestName(dotted, [...names, ...SECTIONS]) ?? "";
  return `không có cấu hình ${dotted}, gần nhất là ${meant} / unknown setting ${dotted}; the nearest right name is ${meant}`;
}
