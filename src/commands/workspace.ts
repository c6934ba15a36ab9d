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

/** Flags that are settings too, by the name they have in `sohoa.yaml` where that is another one. */
const RENAMED_FLAGS: Readonly<Record<string, string>> = {
  keepSheets: "separators.keep",
  ocr: "ocr.engine",
  separator: "separators.codes",
};
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
  "clean",
  "dropBlank",
  "export",
  ...Object.keys(RENAMED_FLAGS),
];

/** The workspace's settings with this command's flags laid over them. */
export function commandSettings(io: Io, flags: Flags): Promise<Settings> {
  const given = Object.fromEntries(SETTING_FLAGS.map((name) => [RENAMED_FLAGS[name] ?? name, flags[name]]));
  // Paths on the command line are meant from where it is typed; those of the file from the workspace.
  const named = word(flags, "passwordFile");
  const passwordFile = named === undefined ? undefined : resolve(io.cwd, named);
  // commander gives `--no-nice` a value also when it was not typed.
  const nice = flags["nice"] === false ? false : undefined;
  return loadSettings({ flags: { ...given, nice, passwordFile }, env: io.env, cwd: io.cwd });
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
