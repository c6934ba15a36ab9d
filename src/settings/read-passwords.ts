import { readFile } from "node:fs/promises";
import { OperationalError } from "../domain/errors.ts";
import type { Settings } from "../domain/settings.ts";

/**
 * Passwords to try on PDFs that need one: the lines of `passwordFile` as they stand, for a password may begin or end
 * with a space; blank lines are none. Notepad's UTF-16 and byte order marks are understood.
 * @throws `settings` when the file is named and cannot be read.
 */
export async function readPasswords({ passwordFile }: Pick<Settings, "passwordFile">): Promise<string[]> {
  if (passwordFile === null) return [];
  const bytes = await readFile(passwordFile).catch((cause: unknown) => {
    throw new OperationalError(
      "settings",
      `không đọc được tệp mật khẩu PDF / the file of PDF passwords cannot be read: ${passwordFile}`,
      { cause },
    );
  });
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = new TextDecoder(wide ? "utf-16le" : "utf-8").decode(bytes);
  return [...new Set(text.split(/\r?\n/u).filter((line) => line !== ""))];
}
