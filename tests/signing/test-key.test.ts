import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { pkcs12Signer } from "./test-signer.ts";
import { makeTestKey } from "../../src/signing/test-key.ts";
import { openssl } from "../support/test-pki.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-key-"));
const now = new Date();
const passphrase = "mật khẩu thử";
afterAll(() => rmSync(folder, { recursive: true }));

it.each(["rsa", "ec"] as const)("makes an %s test key that OpenSSL opens and trusts", async (kind) => {
  const { key, root } = await makeTestKey({ folder: join(folder, kind), passphrase, now, kind });
  const all = join(folder, `${kind}.pem`);
  openssl("pkcs12", "-in", key, "-passin", `pass:${passphrase}`, "-nodes", "-out", all);
  expect(openssl("verify", "-x509_strict", "-check_ss_sig", "-CAfile", root, all)).toContain(": OK");
  const said = openssl("x509", "-in", all, "-noout", "-subject", "-nameopt", "utf8", "-ext", "keyUsage");
  expect(said).toContain("CN=KÝ THỬ – Nguyễn Văn Thử");
  expect(said).toMatch(/Key Usage: critical\s+Digital Signature, Non Repudiation/u);
  if (process.platform !== "win32") expect(statSync(key).mode & 0o077).toBe(0);
});

it("knows its test key as one, for a year and no longer", async () => {
  const { key, root } = await makeTestKey({ folder, passphrase, now, kind: "ec" });
  const signer = await pkcs12Signer(key, passphrase, { trust: [root] });
  expect(signer.test).toBe(true);
  await expect(signer.check(now)).resolves.toBeUndefined();
  const later = new Date(now.getTime() + 366 * 86_400_000);
  const earlier = new Date(now.getTime() - 2 * 86_400_000);
  for (const day of [later, earlier])
    await expect(signer.check(day)).rejects.toThrow(expect.objectContaining({ code: "certificate_dates" }));
});
