import { resolve } from "node:path";
import { vietnamDay } from "../domain/period.ts";
import type { Rules } from "../domain/rules.ts";
import type { Settings } from "../domain/settings.ts";
import { loadSettings } from "../settings/load-settings.ts";
import { rulesFor } from "../settings/rules-for.ts";
import type { Io, Lang } from "../ui/io.ts";

export type Flags = Readonly<Record<string, unknown>>;

/** A flag that takes a word; undefined when it was not given. */
export function word(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

/** Language of a command that may run without a workspace: flag, environment, settings where there are any, Vietnamese. */
export async function commandLang(io: Io, flags: Flags): Promise<Lang> {
  const given = flags["lang"] ?? io.env["SOHOA_LANG"];
  if (given === "vi" || given === "en") return given;
  return commandSettings(io, { workspace: flags["workspace"] }).then(
    ({ lang }) => lang,
    () => "vi",
  );
}

/** Flags that are settings too; the names are those of `sohoa.yaml`. */
const SETTING_FLAGS = [
  "workspace",
  "unit",
  "officer",
  "lang",
  "profile",
  "jobs",
  "allowTestSignature",
  "requireRegister",
  "strict",
] as const;

/** The workspace's settings with this command's flags laid over them. */
export function commandSettings(io: Io, flags: Flags): Promise<Settings> {
  const given = Object.fromEntries(SETTING_FLAGS.map((name) => [name, flags[name]]));
  return loadSettings({ flags: given, env: io.env, cwd: io.cwd });
}

/** Calendar day in Việt Nam, ISO. */
export function today(): string {
  return vietnamDay(new Date());
}

export function currentRules(): Rules {
  return rulesFor(today());
}

export function lockPath(settings: Settings): string {
  return resolve(settings.ledger, "..", "run.lock");
}
