import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readPassphrase } from "../../src/settings/read-passphrase.ts";
import { testSettings } from "../support/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-secret-"));
const file = join(folder, "unit.pass");
const base = testSettings(folder);
const settings = { ...base, signing: { ...base.signing, passphraseFile: file } };
afterAll(() => rmSync(folder, { recursive: true }));

it("takes the secret out of the process's own environment, for what is started later", async () => {
  process.env["SOHOA_KEY_PASSPHRASE"] = "2468";
  expect(await readPassphrase(base, process.env)).toBe("2468");
  expect(process.env["SOHOA_KEY_PASSPHRASE"]).toBeUndefined();
});

it("reads a file as Notepad writes it", async () => {
  writeFileSync(file, "\uFEFFmật khẩu\r\n");
  expect(await readPassphrase(settings, {})).toBe("mật khẩu");
});

it.each([
  { name: "UTF-16", bytes: Buffer.from("\uFEFF2468\r\n", "utf16le") },
  { name: "an old code page", bytes: Buffer.from([0x6d, 0xe2, 0x74]) },
])("refuses $name instead of trying it as a PIN", async ({ bytes }) => {
  writeFileSync(file, bytes);
  const error = expect.objectContaining({ code: "settings", detail: expect.stringContaining("UTF-8") });
  await expect(readPassphrase(settings, {})).rejects.toThrow(error);
});
