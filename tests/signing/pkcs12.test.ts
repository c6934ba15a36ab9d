import { createPublicKey, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCertificate } from "../../src/signing/asn1/certificate.ts";
import { openPkcs12 } from "../../src/signing/keys/pkcs12.ts";
import { exportPkcs12, issue, type KeyKind, makePki, openssl, type TestPki } from "../support/test-pki.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-pkcs12-"));
const SUBJECT = "/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=Nguyễn Văn Thử";
let pki: TestPki;
const signers = new Map<KeyKind, ReturnType<typeof issue>>();

beforeAll(() => {
  pki = makePki(folder);
  for (const kind of ["P-256", "P-384", "RSA"] as const) signers.set(kind, issue(pki, kind, SUBJECT, kind));
});
afterAll(() => rmSync(folder, { recursive: true }));

function container(kind: KeyKind, passphrase: string, ...options: string[]): Buffer {
  const signer = signers.get(kind);
  if (signer === undefined) throw new Error(kind);
  return readFileSync(exportPkcs12(pki, signer, passphrase, ...options));
}

const PLAIN = ["-keypbe", "NONE", "-certpbe", "NONE"];
describe.each<[string, KeyKind, string, string[]]>([
  ["AES-256 and a SHA-256 MAC (today's OpenSSL)", "P-256", "mat-khau", []],
  ["an RSA key", "RSA", "mat-khau", []],
  ["a P-384 key", "P-384", "mat-khau", []],
  ["RC2-40 and 3DES (old tools)", "RSA", "mat-khau", ["-legacy"]],
  ["3DES alone", "P-256", "mat-khau", ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"]],
  ["a Vietnamese passphrase", "P-256", "mật khẩu của tôi", []],
  ["a Vietnamese passphrase and 3DES", "P-256", "mật khẩu", ["-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"]],
  ["an empty passphrase", "P-256", "", []],
  ["a SHA-512 MAC", "P-256", "mat-khau", ["-macalg", "sha512"]],
  ["no MAC", "P-256", "mat-khau", ["-nomac"]],
  ["nothing encrypted", "RSA", "mat-khau", PLAIN],
])("a container with %s", (_title, kind, passphrase, options) => {
  it("gives the key, its own certificate byte for byte and the chain", () => {
    const opened = openPkcs12(container(kind, passphrase, ...options), passphrase);
    const own = new X509Certificate(readFileSync(signers.get(kind)?.certificate ?? ""));
    expect(opened.certificate.equals(own.raw)).toBe(true);
    const key = createPublicKey(opened.privateKey).export({ type: "spki", format: "der" });
    expect(key.equals(own.publicKey.export({ type: "spki", format: "der" }))).toBe(true);
    const issuing = new X509Certificate(readFileSync(join(folder, "issuing.pem")));
    expect(opened.chain.some((der) => der.equals(issuing.raw))).toBe(true);
  });
});

it("takes the certificate that fits the key although another stands first", () => {
  const mixed = join(folder, "mixed.pem");
  const own = signers.get("P-256");
  const parts = [join(folder, "issuing.pem"), own?.certificate ?? "", own?.key ?? ""];
  writeFileSync(mixed, parts.map((path) => readFileSync(path, "utf8")).join(""));
  const out = join(folder, "mixed.p12");
  openssl("pkcs12", "-export", "-in", mixed, "-out", out, "-passout", "pass:x");
  expect(readCertificate(openPkcs12(readFileSync(out), "x").certificate).commonName).toBe("Nguyễn Văn Thử");
});

it("reads Vietnamese names as they are written", () => {
  const facts = readCertificate(openPkcs12(container("RSA", "x", "-legacy"), "x").certificate);
  expect(facts.organization).toBe("Ủy ban nhân dân xã Thí Điểm");
  expect(facts.maySign).toBe(true);
  expect(facts.test).toBe(false);
});

it.each([
  ["with a MAC", []],
  ["without a MAC", ["-nomac"]],
  ["with old ciphers", ["-legacy"]],
])("names a wrong passphrase %s", (_title, options) => {
  const bytes = container("P-256", "dung", ...options);
  expect(() => openPkcs12(bytes, "sai")).toThrow(expect.objectContaining({ code: "wrong_passphrase" }));
  expect(() => openPkcs12(bytes, "")).toThrow(expect.objectContaining({ code: "wrong_passphrase" }));
});

it("names a wrong passphrase even when it leaves a valid padding, as one in 256 does", () => {
  const bytes = container("P-256", "dung", "-iter", "1", "-nomac");
  const named = expect.objectContaining({ code: "wrong_passphrase" });
  for (let guess = 0; guess < 3000; guess++) expect(() => openPkcs12(bytes, `sai ${guess}`)).toThrow(named);
});

it.each<[string, () => Buffer]>([
  ["no container", () => Buffer.from("-----BEGIN CERTIFICATE-----")],
  ["cut short", () => container("P-256", "x").subarray(0, 400)],
  ["empty", () => Buffer.alloc(0)],
  ["without a key", () => withoutKey()],
])("calls a file that is %s unreadable", (_title, bytes) => {
  expect(() => openPkcs12(bytes(), "x")).toThrow(expect.objectContaining({ code: "key_unreadable" }));
});

it("says clearly that a PBMAC1 container is not supported", () => {
  const bytes = container("P-256", "x");
  const sha256 = Buffer.from("0609608648016503040201", "hex");
  const pbmac1 = Buffer.from("06092a864886f70d01050e", "hex");
  pbmac1.copy(bytes, bytes.lastIndexOf(sha256));
  expect(() => openPkcs12(bytes, "x")).toThrow(/PBMAC1/u);
});

const CERTS = "../shared/corpus/certs";
if (!existsSync(CERTS)) console.log(`SKIP: ${CERTS} not found`);
it.skipIf(!existsSync(CERTS)).each([
  ["certificate.p12", "", "signpdf"],
  ["signer1.pfx", "", "Alice"],
  ["withpass.p12", "node-signpdf", "SignPdf"],
])("opens the public sample %s", (name, passphrase, signer) => {
  const opened = openPkcs12(readFileSync(join(CERTS, name)), passphrase);
  expect(readCertificate(opened.certificate).commonName).toBe(signer);
  expect(() => openPkcs12(readFileSync(join(CERTS, name)), "sai")).toThrow(
    expect.objectContaining({ code: "wrong_passphrase" }),
  );
});

function withoutKey(): Buffer {
  const out = join(folder, "no-key.p12");
  const files = ["-in", join(folder, "issuing.pem"), "-out", out];
  openssl("pkcs12", "-export", "-nokeys", ...files, "-passout", "pass:x");
  return readFileSync(out);
}
