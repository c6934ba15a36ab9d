import { OperationalError } from "../domain/errors.ts";
import { editDistance } from "./nearest-name.ts";
import { SECTIONS, SETTING_KINDS, wordsOf } from "./schema.ts";

export type Layer = Readonly<Record<string, unknown>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that are no settings of the file: where the workspace is, and the secret. */
const OTHER_VARIABLES = ["SOHOA_WORKSPACE", "SOHOA_KEY_PASSPHRASE", "SOHOA_KEY_PASSPHRASE_FILE"];

/** `ocr.pageTimeout` → `SOHOA_OCR_PAGE_TIMEOUT`. */
export function variableOf(setting: string): string {
  return `SOHOA_${setting.replaceAll(/[A-Z]/gu, "_$&").replaceAll(".", "_").toUpperCase()}`;
}

/**
 * Settings the environment gives, by dotted name. An empty variable counts as not set.
 * @throws `settings` for a SOHOA_ variable one or two letters away from a right one: surely a slip of the pen.
 */
export function environmentLayer(env: Environment): Layer {
  const settings = new Map(Object.keys(SETTING_KINDS).map((setting) => [variableOf(setting), setting]));
  const known = [...settings.keys(), ...OTHER_VARIABLES];
  const layer: Record<string, unknown> = {};
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith("SOHOA_") || value === undefined || value === "") continue;
    const setting = settings.get(variable);
    if (setting !== undefined) layer[setting] = value;
    else refuseSlip(variable, known);
  }
  return layer;
}

/** Lays flat layers (dotted names, later ones win) over the file's nested values; undefined means not given. */
export function overlay(file: Layer, ...layers: readonly Layer[]): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...file };
  // `ocr:` with every line under it commented out reads as null and means: all defaults.
  for (const section of SECTIONS) if (merged[section] === null) delete merged[section];
  for (const [setting, value] of layers.flatMap((layer) => Object.entries(layer))) {
    if (value !== undefined) place(merged, setting, typed(setting, value));
  }
  return merged;
}

function refuseSlip(variable: string, known: readonly string[]): void {
  if (known.includes(variable)) return;
  const meant = known.find((name) => editDistance(name, variable) <= 2);
  if (meant !== undefined) {
    throw new OperationalError(
      "settings",
      `không có biến ${variable}, có phải ${meant}? / unknown variable ${variable}; did you mean ${meant}?`,
    );
  }
}

function place(target: Record<string, unknown>, setting: string, value: unknown): void {
  const [section = "", leaf] = setting.split(".");
  if (leaf === undefined) {
    target[section] = value;
    return;
  }
  const inner = target[section];
  // A section that is no mapping stays as it is, for the schema to name.
  if (inner !== undefined && (typeof inner !== "object" || inner === null)) return;
  target[section] = { ...inner, [leaf]: value };
}

function typed(setting: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  const kind = SETTING_KINDS[setting];
  if (kind === "number") return value.trim() === "" ? value : Number(value);
  if (kind === "boolean") return booleanOf(value) ?? value;
  if (kind === "list") return parts(value, ",").map((part) => asSpelled(setting, part));
  return kind === "lines" ? parts(value, "\n") : asSpelled(setting, value);
}

/** A word of the schema however its letters are typed (`ALTO`); any other text as it is. */
function asSpelled(setting: string, text: string): string {
  const typedWord = text.trim().toLowerCase();
  return wordsOf(setting).find((word) => word.toLowerCase() === typedWord) ?? text;
}

/** An empty variable counts as not set, so an empty list needs a word: `none`. */
function parts(text: string, separator: string): string[] {
  if (/^none$/iu.test(text.trim())) return [];
  return text.split(separator).map((part) => part.trim());
}

function booleanOf(text: string): boolean | undefined {
  if (/^(?:1|true|yes|on)$/iu.test(text.trim())) return true;
  return /^(?:0|false|no|off)$/iu.test(text.trim()) ? false : undefined;
}
