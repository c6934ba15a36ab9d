import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openPkcs12Key } from "../../../src/signing/keys/pkcs12-key.ts";
import { exportPkcs12, makePki } from "../../support/test-pki.ts";
import { ED25519, issueWith, RSA_1024, SECP256K1 } from "./more-keys.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-kind-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  { name: "a short RSA key", genpkey: RSA_1024, detail: "RSA 1024 bit < 2048" },
  { name: "another curve", genpkey: SECP256K1, detail: "secp256k1: P-256, P-384" },
  { name: "another algorithm", genpkey: ED25519, detail: "ed25519: RSA, P-256, P-384" },
])("refuses $name at once and says which are allowed", async ({ genpkey, detail }) => {
  const pki = makePki(folder);
  const container = exportPkcs12(pki, issueWith(pki, "weak", genpkey), "x");
  const opened = openPkcs12Key(container, "x");
  await expect(opened).rejects.toThrow(expect.objectContaining({ code: "certificate_usage", detail }));
});
