import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { exportPkcs12, issue, makePki, type SignerFiles, type TestPki } from "../../support/test-pki.ts";
import { foreignPdf } from "../foreign-signature.ts";
import { smallPdf } from "../small-pdf.ts";
import { pkcs12Signer } from "../test-signer.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-verify-"));
const path = (name: string) => join(folder, name);
const at = new Date(Date.now() + 60_000);
let pki: TestPki;
let rsa: SignerFiles;
let ec: SignerFiles;
let signed: Buffer;

beforeAll(async () => {
  pki = makePki(folder);
  rsa = issue(pki, "rsa", "/C=VN/O=Sở Thí Điểm/CN=Trần Thị Thử", "RSA");
  ec = issue(pki, "ec", "/C=VN/O=Sở Thí Điểm/CN=Lê Văn Ký");
  writeFileSync(path("in.pdf"), smallPdf());
  const signer = await pkcs12Signer(exportPkcs12(pki, ec, "x"), "x", { trust: [] });
  const request = { at, capturedAt: at, appearance: "tt01-scan", keepClear: [] } as const;
  await signer.sign(path("in.pdf"), path("signed.pdf"), request);
  signed = readFileSync(path("signed.pdf"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function judge(bytes: Buffer | string, trust: readonly string[] = [pki.root], now = at) {
  const file = typeof bytes === "string" ? bytes : path("judged.pdf");
  if (typeof bytes !== "string") writeFileSync(file, bytes);
  return createVerifier({ trust, now: () => now }).verify(file);
}

/** Changes one byte at the place of some text. */
function changed(text: string, shift = 0): Buffer {
  const copy = Buffer.from(signed);
  const place = copy.indexOf(text) + shift;
  copy[place] = (copy[place] ?? 0) ^ 1;
  return copy;
}

it("says valid when the chain ends at a trusted root", async () => {
  const report = await judge(signed);
  expect(report.verdict).toBe("valid");
  expect(report.signatures).toMatchObject([{ signer: "Lê Văn Ký", reasons: [], coversWholeFile: true }]);
  expect(Date.parse(report.signatures[0]?.signedAt ?? "")).toBe(Math.trunc(at.getTime() / 1000) * 1000);
});

it("notes that nobody was asked about revocation", async () => {
  const { signatures } = await judge(signed);
  expect(signatures[0]?.notes).toEqual([expect.stringContaining("revocation not checked")]);
  expect(signatures[0]).not.toHaveProperty("revocation");
});

it("does not take 12.0 in /ByteRange for a whole number", async () => {
  const foreign = foreignPdf(pki, { subFilter: "adbe.pkcs7.detached", signer: ec, real: true });
  expect(await judge(foreign)).toMatchObject({ verdict: "invalid" });
});

it("says unsigned of a file without signatures", async () => {
  expect(await judge(smallPdf())).toEqual({ verdict: "unsigned", signatures: [] });
});

it.each([
  ["another root", () => [pki.stranger]],
  ["no root", () => []],
])("leaves a good signature undetermined with %s", async (_title, trust) => {
  const report = await judge(signed, trust());
  expect(report.verdict).toBe("undetermined");
  expect(report.signatures[0]?.reasons).toEqual([expect.stringContaining("unknown root")]);
});

it("leaves a signature undetermined once its certificate has run out", async () => {
  const report = await judge(signed, [pki.root], new Date(at.getTime() + 1000 * 86_400_000));
  expect(report.signatures[0]?.reasons).toEqual([expect.stringContaining("expired")]);
  expect(report.verdict).toBe("undetermined");
});

it.each([
  ["in the page", "0.9 g", 2],
  ["in the appended form", "/SigFlags 3", 10],
  ["behind the signature", "startxref\n", -4],
])("says invalid after a changed byte %s", async (_title, text, shift) => {
  const report = await judge(changed(text, shift));
  expect(report.verdict).toBe("invalid");
  expect(report.signatures[0]?.reasons).toEqual([expect.stringContaining("digest mismatch")]);
});

it("says invalid after a changed byte in the signature value", async () => {
  const copy = Buffer.from(signed);
  const start = copy.indexOf("/Contents <") + 11;
  const end = copy.indexOf("0000000000000000", start + 1000);
  const place = end - 6;
  copy.write(copy.toString("latin1", place, place + 1) === "a" ? "b" : "a", place, "latin1");
  expect(await judge(copy)).toMatchObject({ verdict: "invalid", signatures: [{ signer: "Lê Văn Ký" }] });
});

it("says invalid when the gap holds more than the signature", async () => {
  const copy = Buffer.from(signed);
  const start = copy.indexOf("/Contents <");
  copy.write("> /X <", start + 20_000, "latin1");
  const report = await judge(copy);
  expect(report.signatures[0]?.reasons).toEqual([expect.stringContaining("ByteRange gap")]);
  expect(report.verdict).toBe("invalid");
});

it.each([
  ["starts later", "[1 ", "[0 "],
  ["ends behind the file", "", ""],
])("says invalid when the byte range %s", async (_title, wrong, right) => {
  const bytes = wrong === "" ? signed.subarray(0, -1) : Buffer.from(signed);
  if (wrong !== "") bytes.write(wrong, bytes.indexOf(`/ByteRange ${right}`) + "/ByteRange ".length, "latin1");
  expect(await judge(bytes)).toMatchObject({ verdict: "invalid", signatures: [{ coversWholeFile: false }] });
});

it.each(["[0 -5 9 9]", "[0 /*** /*** /***]", "12 0 R"])(
  "does not overlook a signature with /ByteRange %s",
  async (value) => {
    const pdf = smallPdf({
      extra: [`<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange ${value} /Contents <00> >>`],
    });
    expect(await judge(pdf)).toMatchObject({ verdict: "invalid", signatures: [{ verdict: "invalid" }] });
  },
);

it("reports content appended after the last signature", async () => {
  const report = await judge(Buffer.concat([signed, Buffer.from("\n900 0 obj\n<< >>\nendobj\n")]));
  expect(report.signatures).toMatchObject([{ verdict: "undetermined", coversWholeFile: false }]);
  expect(report.signatures[0]?.reasons).toContainEqual(expect.stringContaining("changed after signing"));
});

describe.each<[string, string, "rsa" | "ec", string[], object]>([
  ["PKCS#7 with signing time", "adbe.pkcs7.detached", "rsa", [], { level: "PKCS#7" }],
  ["PKCS#7 by ECDSA", "adbe.pkcs7.detached", "ec", [], {}],
  ["RSASSA-PSS", "adbe.pkcs7.detached", "rsa", ["-keyopt", "rsa_padding_mode:pss"], {}],
  ["SHA-512", "adbe.pkcs7.detached", "rsa", ["-md", "sha512"], { digest: "SHA-512" }],
  ["no signed attributes", "adbe.pkcs7.detached", "rsa", ["-noattr"], {}],
  ["a key identifier for the signer", "adbe.pkcs7.detached", "ec", ["-keyid"], {}],
  ["the SHA-1 of the bytes inside the CMS", "adbe.pkcs7.sha1", "rsa", [], {}],
  ["CAdES", "ETSI.CAdES.detached", "rsa", ["-cades"], { level: "B-B" }],
])("a foreign signature with %s", (_title, subFilter, name, options, wanted) => {
  it("is judged by its algorithms, and invalid after one changed byte", async () => {
    const file = foreignPdf(pki, { subFilter, signer: name === "rsa" ? rsa : ec, options });
    // The SHA-1 that alone ties such a signature to the file is weak, whatever the CMS uses.
    const verdict = subFilter === "adbe.pkcs7.sha1" ? "undetermined" : "valid";
    expect(await judge(file)).toMatchObject({ verdict, signatures: [{ subFilter, ...wanted }] });
    const bytes = readFileSync(file);
    bytes.write("0.8 g", bytes.indexOf("0.9 g"), "latin1");
    expect((await judge(bytes)).verdict).toBe("invalid");
  });
});

it("reads a CMS of unsaid length (BER)", async () => {
  const rewrite = (cms: Buffer) =>
    Buffer.concat([Buffer.from([0x30, 0x80]), cms.subarray(4), Buffer.from([0, 0])]);
  const options = ["-cades"];
  const file = foreignPdf(pki, { subFilter: "ETSI.CAdES.detached", signer: rsa, options, rewrite });
  expect(await judge(file)).toMatchObject({ verdict: "valid", signatures: [{ level: "B-B" }] });
});

it("reads /Contents written as a literal string", async () => {
  const file = foreignPdf(pki, { subFilter: "adbe.pkcs7.detached", signer: ec, literal: true });
  expect((await judge(file)).verdict).toBe("valid");
});

it("names SHA-1 as weak and does not call such a signature broken", async () => {
  const file = foreignPdf(pki, { subFilter: "adbe.pkcs7.detached", signer: rsa, options: ["-md", "sha1"] });
  const report = await judge(file);
  expect(report.signatures).toMatchObject([{ verdict: "undetermined", digest: "SHA-1" }]);
  expect(report.signatures[0]?.reasons).toEqual([expect.stringContaining("weak digest")]);
});

it("says invalid when the named certificate is another one with the same key", async () => {
  const twin = { key: rsa.key, certificate: reissued() };
  const file = foreignPdf(pki, { subFilter: "ETSI.CAdES.detached", signer: rsa, options: ["-cades"] });
  const bytes = readFileSync(file);
  const [own, other] = [rsa.certificate, twin.certificate].map((pem) => derHex(pem));
  expect(other?.length).toBe(own?.length);
  const swapped = bytes.toString("latin1").replace(own ?? "", other ?? "");
  const report = await judge(Buffer.from(swapped, "latin1"));
  expect(report.signatures[0]?.reasons).toEqual([expect.stringContaining("signing-certificate mismatch")]);
  expect(report.verdict).toBe("invalid");
});

it("judges a document time stamp by its imprint", async () => {
  const signer = issue(pki, "tsa", "/C=VN/O=Thử nghiệm/CN=Dấu thời gian", "RSA", "stamps");
  writeFileSync(path("tsa.cnf"), tsaSettings());
  const file = foreignPdf(pki, { subFilter: "ETSI.RFC3161", signer });
  const wanted = { subFilter: "ETSI.RFC3161", level: "document time stamp", signer: "Dấu thời gian" };
  expect(await judge(file)).toMatchObject({ verdict: "valid", signatures: [wanted] });
  expect((await judge(file, [])).verdict).toBe("undetermined");
  const bytes = readFileSync(file);
  bytes.write("0.8 g", bytes.indexOf("0.9 g"), "latin1");
  expect((await judge(bytes)).verdict).toBe("invalid");
});

it("cannot judge a kind of signature it does not know", async () => {
  const file = foreignPdf(pki, { subFilter: "adbe.x509.rsa_sha1", signer: rsa });
  expect(await judge(file)).toMatchObject({ verdict: "undetermined", signatures: [{ level: "PKCS#7" }] });
});

it("refuses what is no PDF and a trust file that is no certificate", async () => {
  await expect(judge(Buffer.from("hello"))).rejects.toThrow(
    expect.objectContaining({ code: "unreadable" }) as Error,
  );
  await expect(judge(path("absent"))).rejects.toThrow(
    expect.objectContaining({ code: "unreadable" }) as Error,
  );
  const settings = expect.objectContaining({ code: "settings" }) as Error;
  await expect(judge(signed, [path("in.pdf")])).rejects.toThrow(settings);
});

function tsaSettings(): string {
  const lines = ["[tsa]", "default_tsa=t", "[t]", `serial=${path("tsa.srl")}`, "default_policy=1.2.3.4.1"];
  return [...lines, "digests=sha256", "signer_digest=sha256", "ess_cert_id_alg=sha256"].join("\n");
}

function derHex(pemFile: string): string {
  const base64 = readFileSync(pemFile, "utf8").replaceAll(/-----[^-]+-----|\s/gu, "");
  return Buffer.from(base64, "base64").toString("hex");
}

/** The RSA certificate with one bit of its signature turned: same key, issuer, serial number and length. */
function reissued(): string {
  const der = Buffer.from(derHex(rsa.certificate), "hex");
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  writeFileSync(path("twin.pem"), der.toString("base64"));
  return path("twin.pem");
}
