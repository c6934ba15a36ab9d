import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignRequest } from "../../../src/domain/ports.ts";
import { buildCms } from "../../../src/signing/cms/build-cms.ts";
import { readCms } from "../../../src/signing/cms/cms-reader.ts";
import { openPkcs12Key } from "../../../src/signing/keys/pkcs12-key.ts";
import type { SigningKey } from "../../../src/signing/keys/signing-key.ts";
import { opensslAccepts } from "../../support/judges.ts";
import {
  exportPkcs12,
  issue,
  makePki,
  openssl,
  type SignerFiles,
  type TestPki,
} from "../../support/test-pki.ts";
import { pdfsig, run, signatureParts } from "../judges.ts";
import { issueWith, RSA_PSS_ONLY, RSA_PSS_SHA384 } from "../keys/more-keys.ts";
import { smallPdf } from "../small-pdf.ts";
import { pkcs12Signer } from "../test-signer.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-cms-"));
const path = (name: string) => join(folder, name);
const pki: TestPki = makePki(folder);
const SUBJECT = "/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=Nguyễn Văn Ưỡn";
const signers: Readonly<Record<string, SignerFiles>> = {
  RSA: issue(pki, "rsa", SUBJECT, "RSA"),
  "RSA for PSS alone": issueWith(pki, "pss", RSA_PSS_ONLY),
  "P-256": issue(pki, "p256", SUBJECT, "P-256"),
  "P-384": issue(pki, "p384", SUBJECT, "P-384"),
};
const REQUEST: SignRequest = {
  at: new Date(Date.now() + 60_000),
  capturedAt: new Date("2026-11-21T01:02:03Z"),
  appearance: "none",
  keepClear: [],
};

beforeAll(() => writeFileSync(path("in.pdf"), smallPdf()));
afterAll(() => rmSync(folder, { recursive: true }));

function containerOf(kind: string, ...options: string[]): string {
  const files = signers[kind];
  if (files === undefined) throw new Error(kind);
  return exportPkcs12(pki, files, "x", ...options);
}

const OIDS = {
  pkcs1: { sha256: "sha256WithRSA", sha384: "sha384WithRSA", sha512: "sha512WithRSA" },
  pss: { sha256: "rsassaPss", sha384: "rsassaPss", sha512: "rsassaPss" },
  ecdsa: { sha256: "ecdsa-with-SHA256", sha384: "ecdsa-with-SHA384", sha512: "ecdsa-with-SHA512" },
} as const;

describe.each(["sha256", "sha384", "sha512"] as const)("with %s", (digest) => {
  it.each([
    { kind: "RSA", padding: "pkcs1", scheme: "pkcs1" },
    { kind: "RSA", padding: "pss", scheme: "pss" },
    { kind: "RSA for PSS alone", padding: "pkcs1", scheme: "pss" },
    { kind: "P-256", padding: "pkcs1", scheme: "ecdsa" },
    { kind: "P-384", padding: "pss", scheme: "ecdsa" },
  ] as const)(
    "$kind under padding $padding makes $scheme that OpenSSL, poppler and MuPDF judge",
    async (made) => {
      const out = path(`${made.kind}-${made.padding}-${digest}.pdf`);
      const given = { padding: made.padding, digest, trust: [pki.root] };
      const signer = await pkcs12Signer(containerOf(made.kind), "x", given);
      const [info] = await signer.sign(path("in.pdf"), out, REQUEST);
      expect(info).toMatchObject({ verdict: "valid", level: "B-B", coversWholeFile: true });
      expect(info?.digest).toBe(digest.replace("sha", "SHA-"));
      const [{ signed, cms } = { signed: Buffer.alloc(0), cms: Buffer.alloc(0) }] = signatureParts(out);
      expect(opensslAccepts(signed, cms, pki.root, folder)).toBe(true);
      // NSS 3.87 behind poppler takes PSS signatures of ordinary RSA keys only.
      const nss = made.kind === "RSA for PSS alone" ? "Signature is Invalid" : "Signature is Valid";
      expect(pdfsig(out, "-nocert")).toContain(nss);
      // MuPDF 1.21 goes by the key's certificate alone, and so takes PSS of the other kind of keys only. What all three accept
      // is PKCS#1 v1.5 and ECDSA: the default.
      const ordinaryPss = made.kind === "RSA" && made.scheme === "pss";
      const mupdf = ordinaryPss ? "Digest error" : "The document is unchanged since signing";
      expect(run("mutool", ["sign", "-v", out])).toContain(mupdf);
      writeFileSync(path("cms"), cms);
      const shown = openssl("cms", "-cmsout", "-print", "-inform", "DER", "-in", path("cms"));
      const algorithms = [...shown.matchAll(/lgorithms?: *\n? *algorithm: (\S+)/gu)].map(([, name]) => name);
      expect(algorithms).toEqual([digest, digest, expect.stringContaining(OIDS[made.scheme][digest])]);
      expect(shown).not.toContain("signingTime");
    },
  );
});

async function cmsOf(key: SigningKey, more: Partial<Parameters<typeof buildCms>[0]> = {}): Promise<Buffer> {
  const hash = more.hash ?? "sha256";
  const digest = createHash(hash).update("nội dung").digest();
  return buildCms({ digest, key, padding: "pkcs1", ...more, hash });
}

function printed(cms: Buffer): string {
  return openssl("cms", "-cmsout", "-print", "-inform", "DER", "-in", written(cms));
}

it("says hash, mask and a salt as long as the hash in a PSS signature", async () => {
  const key = await openPkcs12Key(containerOf("RSA"), "x");
  const file = written(await cmsOf(key, { padding: "pss", hash: "sha384" }));
  const shown = openssl("asn1parse", "-inform", "DER", "-in", file);
  const pss = shown.slice(shown.indexOf("rsassaPss"));
  expect([...pss.matchAll(/OBJECT\s+:(\S+)/gu)].map(([, name]) => name)).toEqual([
    "sha384",
    "mgf1",
    "sha384",
  ]);
  expect(pss).toMatch(/INTEGER\s+:30/u);
});

it("carries the signer and its issuer once each, without the root or strangers", async () => {
  const files = signers["P-256"];
  const others = ["issuing", "root", "stranger", "issuing", "rsa"].map((name) => join(folder, `${name}.pem`));
  const all = path("others.pem");
  writeFileSync(all, others.map((one) => readFileSync(one, "utf8")).join(""));
  const container = path("many.p12");
  const own = ["-inkey", files?.key ?? "", "-in", files?.certificate ?? "", "-certfile", all];
  openssl("pkcs12", "-export", ...own, "-out", container, "-passout", "pass:x");
  const cms = readCms(await cmsOf(await openPkcs12Key(container, "x")));
  const wanted = [files?.certificate ?? "", join(folder, "issuing.pem")];
  const der = (file: string) => new X509Certificate(readFileSync(file)).raw.toString("hex");
  expect(cms.certificates.map((one) => one.der.toString("hex")).toSorted()).toEqual(
    wanted.map(der).toSorted(),
  );
});

it("leaves SHA-256 out of signing-certificate-v2 and names any other", async () => {
  const key = await openPkcs12Key(containerOf("P-256"), "x");
  const attribute = (cms: Buffer) => printed(cms).split("signingCertificateV2")[1]?.split("serial")[0] ?? "";
  expect(attribute(await cmsOf(key))).not.toContain("sha256");
  expect(attribute(await cmsOf(key, { hash: "sha512" }))).toContain("sha512");
});

it("puts a time stamp over the signature value beside the signature, which stays good", async () => {
  const key = await openPkcs12Key(containerOf("P-256"), "x");
  let stamped: Buffer | undefined;
  const token = await cmsOf(key);
  const stamp = (signature: Buffer) => Promise.resolve(((stamped = signature), token));
  const cms = await cmsOf(key, { stamp });
  const read = readCms(cms);
  expect(read.hasTimeStamp).toBe(true);
  expect(stamped?.equals(read.signature)).toBe(true);
  expect(opensslAccepts(Buffer.from("nội dung"), cms, pki.root, folder)).toBe(true);
  expect(printed(cms)).toMatch(/unsignedAttrs:\s+object: id-smime-aa-timeStampToken/u);
  const failing = { stamp: () => Promise.reject(new Error("TSA")) };
  await expect(cmsOf(key, failing)).rejects.toThrow("TSA");
});

it("refuses a digest that a certificate for PSS alone does not allow", async () => {
  const files = issueWith(pki, "pss384", RSA_PSS_SHA384);
  const key = await openPkcs12Key(exportPkcs12(pki, files, "x"), "x");
  await expect(cmsOf(key)).rejects.toThrow(expect.objectContaining({ code: "certificate_usage" }));
  const cms = await cmsOf(key, { hash: "sha384" });
  expect(opensslAccepts(Buffer.from("nội dung"), cms, pki.root, folder)).toBe(true);
});

function written(cms: Buffer): string {
  writeFileSync(path("one.der"), cms);
  return path("one.der");
}
