import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { OperationalError } from "../domain/errors.ts";
import type { Settings } from "../domain/settings.ts";
import type { Environment } from "./layers.ts";

/**
 * Passphrase of the signing key: SOHOA_KEY_PASSPHRASE, SOHOA_KEY_PASSPHRASE_FILE, signing.passphraseFile, else
 * whatever `prompt` (a terminal) answers. An empty variable is an empty passphrase: such keys exist.
 * @returns undefined when nothing gives one.
 * @throws `settings` when a named file cannot be read.
 */
export async function readPassphrase(
  settings: Settings,
  env: Environment,
  prompt?: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const direct = env["SOHOA_KEY_PASSPHRASE"];
  if (direct !== undefined) return direct;
  const variable = env["SOHOA_KEY_PASSPHRASE_FILE"];
  const file = variable ? resolve(settings.workspace, variable) : settings.signing.passphraseFile;
  return file === null ? prompt?.() : secretOf(file);
}

async function secretOf(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new OperationalError(
      "settings",
      `không đọc được tệp mật khẩu / the passphrase file cannot be read: ${file}`,
      { cause: error },
    );
  });
  return text.replace(/\r?\n$/u, "");
}
