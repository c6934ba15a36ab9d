import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { env as own } from "node:process";
import { OperationalError } from "../domain/errors.ts";
import type { Settings } from "../domain/settings.ts";
import type { Environment } from "./layers.ts";

const VARIABLE = "SOHOA_KEY_PASSPHRASE";

/**
 * Secret of the signing key (passphrase, PIN, access token): SOHOA_KEY_PASSPHRASE, SOHOA_KEY_PASSPHRASE_FILE,
 * signing.passphraseFile, else whatever `prompt` (a terminal) answers. An empty variable is an empty passphrase: such keys exist.
 * The variable is taken out of the process's own environment, so that no program started later inherits it; it can
 * therefore be read once.
 * @returns undefined when nothing gives one.
 * @throws `settings` when a named file cannot be read or is no UTF-8.
 */
export async function readPassphrase(
  settings: Settings,
  env: Environment,
  prompt?: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const direct = env[VARIABLE];
  if (env === own) delete own[VARIABLE];
  if (direct !== undefined) return direct;
  const variable = env["SOHOA_KEY_PASSPHRASE_FILE"];
  const file = variable ? resolve(settings.workspace, variable) : settings.signing.passphraseFile;
  return file === null ? prompt?.() : secretOf(file);
}

async function secretOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new OperationalError(
      "settings",
      `không đọc được tệp mật khẩu / the passphrase file cannot be read: ${file}`,
      { cause: error },
    );
  });
  return textOf(bytes, file).replace(/\r?\n$/u, "");
}

/** Notepad writes a byte-order mark, or UTF-16: read as a PIN either would cost the token one of its three tries. */
function textOf(bytes: Buffer, file: string): string {
  try {
    if (bytes.includes(0)) throw new Error("UTF-16");
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new OperationalError(
      "settings",
      `tệp mật khẩu phải là UTF-8 / the passphrase file must be UTF-8: ${file}`,
    );
  }
}
