import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { initWorkspace } from "../../src/settings/init-workspace.ts";
import { loadSettings } from "../../src/settings/load-settings.ts";
import { readPassphrase } from "../../src/settings/read-passphrase.ts";
import { readPasswords } from "../../src/settings/read-passwords.ts";
import { RULES, rulesFor } from "../../src/settings/rules-for.ts";
import { scratchFolder } from "../support/program.ts";

const scratch = scratchFolder("init");
const fresh = () => mkdtempSync(join(scratch, "w-"));

it("makes a workspace whose settings are valid and equal the defaults", async () => {
  const folder = await initWorkspace(join(fresh(), "số hóa", "kho mới"));
  const empty = fresh();
  writeFileSync(join(empty, "sohoa.yaml"), "");
  const made = await loadSettings({ flags: {}, env: {}, cwd: folder });
  const plain = await loadSettings({ flags: {}, env: {}, cwd: empty });
  expect(JSON.stringify(made).replaceAll(folder, "W")).toBe(JSON.stringify(plain).replaceAll(empty, "W"));
  expect(existsSync(join(folder, ".sohoa", "objects"))).toBe(true);
  expect(existsSync(join(folder, ".sohoa", "quarantine"))).toBe(true);
});

it.skipIf(process.platform === "win32")("keeps the work folders to the owner", async () => {
  const folder = await initWorkspace(fresh());
  expect(statSync(join(folder, ".sohoa")).mode & 0o077).toBe(0);
  expect(statSync(join(folder, "sohoa.yaml")).mode & 0o022).toBe(0);
});

it("never overwrites settings that exist", async () => {
  const folder = fresh();
  writeFileSync(join(folder, "sohoa.yaml"), "unit: H57\n");
  await expect(initWorkspace(folder)).rejects.toMatchObject({ code: "usage" });
  expect(readFileSync(join(folder, "sohoa.yaml"), "utf8")).toBe("unit: H57\n");
  expect(existsSync(join(folder, ".sohoa"))).toBe(false);
});

it("takes the passphrase from variable, variable's file, settings' file, prompt, in this order", async () => {
  const folder = fresh();
  writeFileSync(join(folder, "sohoa.yaml"), "signing: { passphraseFile: a.pass }\n");
  writeFileSync(join(folder, "a.pass"), " mật khẩu a \r\n");
  writeFileSync(join(folder, "b.pass"), "b\n\n");
  const settings = await loadSettings({ flags: {}, env: {}, cwd: folder });
  const bare = { ...settings, signing: { ...settings.signing, passphraseFile: null } };
  const prompt = async () => "typed";
  const both = { SOHOA_KEY_PASSPHRASE: "direct", SOHOA_KEY_PASSPHRASE_FILE: "b.pass" };
  expect(await readPassphrase(settings, both, prompt)).toBe("direct");
  expect(await readPassphrase(settings, { SOHOA_KEY_PASSPHRASE: "" }, prompt)).toBe("");
  expect(await readPassphrase(settings, { SOHOA_KEY_PASSPHRASE_FILE: "b.pass" }, prompt)).toBe("b\n");
  expect(await readPassphrase(settings, {}, prompt)).toBe(" mật khẩu a ");
  expect(await readPassphrase(bare, {}, prompt)).toBe("typed");
  expect(await readPassphrase(bare, {})).toBeUndefined();
  const missing = readPassphrase(bare, { SOHOA_KEY_PASSPHRASE_FILE: "none.pass" });
  await expect(missing).rejects.toMatchObject({ code: "settings" });
});

it("reads one PDF password a line, spaces and all, in the encodings of Notepad", async () => {
  const passwordFile = join(fresh(), "pdf.pass");
  expect(await readPasswords({ passwordFile: null })).toEqual([]);
  await expect(readPasswords({ passwordFile })).rejects.toMatchObject({ code: "settings" });
  for (const encoding of ["utf8", "utf16le"] as const) {
    writeFileSync(passwordFile, Buffer.from("\uFEFF mật khẩu \r\n\r\nb,c\nb,c", encoding));
    expect(await readPasswords({ passwordFile })).toEqual([" mật khẩu ", "b,c"]);
  }
});

it("picks the rules in force on a day", () => {
  const [current] = RULES;
  if (current === undefined) throw new Error("no rules");
  const next = { ...current, id: "next", validFrom: "2027-01-01" };
  expect(rulesFor("2025-07-01").id).toBe("vn-2025-07");
  expect(rulesFor("2026-12-31", [next, current]).id).toBe("vn-2025-07");
  expect(rulesFor("2027-01-01", [next, current]).id).toBe("next");
  expect(() => rulesFor("2025-06-30")).toThrow(expect.objectContaining({ code: "settings" }));
});
