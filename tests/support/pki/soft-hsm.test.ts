import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scratchFolder } from "../program.ts";
import { openssl } from "../test-pki.ts";
import { makeFullPki } from "./full-pki.ts";
import { makeSoftHsm } from "./soft-hsm.ts";

const folder = scratchFolder("token");
const path = (name: string) => join(folder, name);
const pki = makeFullPki(path("pki"));
const token = makeSoftHsm(folder);
const names = ["rsa", "p256"] as const;
for (const name of names) token.add(name, pki.signer(name));

const login = ["--module", token.module, "--token-label", token.token, "--login", "--pin", token.pin];
/** pkcs11-tool finds keys by their id; it passes over the label. */
const tool = (...args: string[]) =>
  spawnSync("pkcs11-tool", [...login, ...args], { encoding: "utf8", env: { ...process.env, ...token.env } });

it.each([
  ["rsa", "01", "SHA256-RSA-PKCS"],
  ["p256", "02", "ECDSA"],
])("signs with the key %s what openssl verifies by its certificate", (_name, id, mechanism) => {
  const text = Buffer.from("dữ liệu");
  writeFileSync(path("data"), text);
  // SoftHSM2 knows ECDSA over a hash only.
  writeFileSync(path("input"), mechanism === "ECDSA" ? createHash("sha256").update(text).digest() : text);
  const files = ["--input-file", path("input"), "--output-file", path("signature")];
  const form = mechanism === "ECDSA" ? ["--signature-format", "openssl"] : [];
  const { status, stderr } = tool("--sign", "--id", id, "--mechanism", mechanism, ...files, ...form);
  expect(status, stderr).toBe(0);
  const certificate = tool("--read-object", "--type", "cert", "--id", id, "--output-file", path("cert.der"));
  expect(certificate.status).toBe(0);
  const key = openssl("x509", "-inform", "DER", "-in", path("cert.der"), "-noout", "-pubkey");
  writeFileSync(path("key.pem"), key);
  const verify = [
    "dgst",
    "-sha256",
    "-verify",
    path("key.pem"),
    "-signature",
    path("signature"),
    path("data"),
  ];
  expect(execFileSync("openssl", verify, { encoding: "utf8" })).toContain("Verified OK");
});

it("is gone when pulled out, and there again when put back", () => {
  expect(tool("--list-objects").stdout).toContain("rsa");
  token.pullOut();
  expect(tool("--list-objects").status).not.toBe(0);
  token.putBack();
  expect(tool("--list-objects").stdout).toContain("p256");
});
