import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ErrorCode } from "../../src/domain/errors.ts";
import type { SignerPort, SignRequest } from "../../src/domain/ports.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { makeTestKey } from "../../src/signing/test-key.ts";
import { createVerifier } from "../../src/signing/verify/verify.ts";
import { exportPkcs12, issue, type KeyKind, makePki, openssl, type TestPki } from "../support/test-pki.ts";
import { preflightCodes } from "../support/judges.ts";
import { pdfsig, run, signatureParts } from "./judges.ts";
import { pkcs12Signer } from "./test-signer.ts";
import { smallPdf } from "./small-pdf.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-sign-"));
const path = (name: string) => join(folder, name);
const at = new Date(Date.now() + 60_000);
const REQUEST: SignRequest = {
  at,
  capturedAt: new Date("2026-11-21T01:02:03Z"),
  appearance: "tt01-scan",
  keepClear: [],
};
const PDFA_2U = ["7.11.1", "7.11.2"];
let pki: TestPki;

beforeAll(() => {
  pki = makePki(folder);
  writeFileSync(path("in.pdf"), smallPdf());
});
afterAll(() => rmSync(folder, { recursive: true }));

async function signer(kind: KeyKind, use = "signer"): Promise<SignerPort> {
  const subject = "/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=Nguyễn Văn Ưỡn";
  const files = issue(pki, `${kind}-${use}`, subject, kind, use);
  return pkcs12Signer(exportPkcs12(pki, files, "x"), "x", { trust: [pki.root] });
}

it.each(["RSA", "P-256", "P-384"] as const)(
  "signs with %s so that OpenSSL and poppler accept it",
  async (kind) => {
    const out = path(`${kind}.pdf`);
    const [info] = await (await signer(kind)).sign(path("in.pdf"), out, REQUEST);
    expect(info).toMatchObject({ verdict: "valid", level: "B-B", digest: "SHA-256", coversWholeFile: true });
    expect(info).toMatchObject({ signer: "Nguyễn Văn Ưỡn", subFilter: "ETSI.CAdES.detached", test: false });
    expect(pdfsig(out, "-nocert")).toMatch(
      /Total document signed\s+- Signature Validation: Signature is Valid/u,
    );
    const [parts] = signatureParts(out);
    writeFileSync(path("ranges"), parts?.signed ?? "");
    writeFileSync(path("cms"), parts?.cms ?? "");
    const input = ["-inform", "DER", "-in", path("cms"), "-content", path("ranges"), "-out", path("content")];
    const trust = [
      "-CAfile",
      pki.root,
      "-purpose",
      "any",
      "-attime",
      String(Math.trunc(at.getTime() / 1000)),
    ];
    expect(run("openssl", ["cms", "-verify", "-cades", "-binary", ...input, ...trust])).toContain(
      "successful",
    );
    const shown = openssl("cms", "-cmsout", "-print", "-inform", "DER", "-in", path("cms"));
    expect(shown).toContain("id-smime-aa-signingCertificateV2");
    expect(shown).not.toContain("signingTime");
  },
);

it("leaves the original bytes as they were and a file that stays PDF/A-2u", async () => {
  const out = path("pdfa.pdf");
  await (await signer("P-256")).sign(path("in.pdf"), out, REQUEST);
  const before = readFileSync(path("in.pdf"));
  expect(readFileSync(out).subarray(0, before.length).equals(before)).toBe(true);
  expect(run("qpdf", ["--check", out])).toContain("No syntax or stream encoding errors");
  expect(preflightCodes(out)).toEqual(PDFA_2U);
});

it("shows who copied, when, and who signed, in the top left corner", async () => {
  const out = path("box.pdf");
  await (await signer("P-256")).sign(path("in.pdf"), out, REQUEST);
  const corner = ["-f", "1", "-l", "1", "-x", "0", "-y", "0", "-W", "263", "-H", "34", "-r", "72"];
  const text = run("pdftotext", [...corner, out, "-"]).normalize("NFC");
  expect(text).toContain("Người ký: Nguyễn Văn Ưỡn");
  expect(text).toContain("Cơ quan: Ủy ban nhân dân xã Thí Điểm");
  expect(text).toContain("Thời gian sao chụp: 21.11.2026 08:02:03 +07:00");
  expect(text).toMatch(/Thời gian ký: \d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d \+07:00/u);
  expect(text).not.toContain("KÝ");
  expect(run("pdffonts", [out])).toMatch(/Tinos-Regular\s+CID TrueType\s+Identity-H\s+yes yes yes/u);
});

it.each([{ rotate: 90 }, { rotate: 180 }, { rotate: 270 }, { width: 120, height: 90 }])(
  "keeps the box at the top left of the page as shown: %o",
  async (page) => {
    writeFileSync(path("turned.pdf"), smallPdf(page));
    await (await signer("P-256")).sign(path("turned.pdf"), path("turned-out.pdf"), REQUEST);
    const corner = ["-f", "1", "-l", "1", "-x", "0", "-y", "0", "-W", "263", "-H", "34", "-r", "72"];
    expect(run("pdftotext", [...corner, path("turned-out.pdf"), "-"])).toContain("Người ký");
  },
);

it("marks what a test key signs with KÝ THỬ", async () => {
  const { key, root } = await makeTestKey({ folder, passphrase: "y", now: at, kind: "ec" });
  const test = await pkcs12Signer(key, "y", { trust: [root] });
  const [info] = await test.sign(path("in.pdf"), path("test.pdf"), REQUEST);
  expect(info).toMatchObject({
    test: true,
    verdict: "valid",
  });
  const mark = ["-x", "0", "-y", "0", "-W", "38", "-H", "34", "-r", "72", "-l", "1"];
  expect(
    run("pdftotext", [...mark, path("test.pdf"), "-"])
      .normalize("NFC")
      .replaceAll(/\s+/gu, " "),
  ).toContain("KÝ THỬ");
  expect(preflightCodes(path("test.pdf"))).toEqual(PDFA_2U);
});

it("signs without a picture when none is wanted", async () => {
  const out = path("none.pdf");
  await (await signer("P-256")).sign(path("in.pdf"), out, { ...REQUEST, appearance: "none" });
  expect(pdfsig(out, "-nocert")).toContain("Signature is Valid");
  expect(run("pdftotext", [out, "-"])).not.toContain("Người ký");
  expect(preflightCodes(out)).toEqual(PDFA_2U);
});

it("keeps the annotations of the page and an earlier signature valid", async () => {
  const link = "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /F 4 /Border [0 0 0] >>";
  writeFileSync(path("two.pdf"), smallPdf({ extra: ["[11 0 R]", link], pageEntries: "/Annots 10 0 R" }));
  const first = await signer("P-256");
  await first.sign(path("two.pdf"), path("once.pdf"), REQUEST);
  await first.sign(path("once.pdf"), path("twice.pdf"), REQUEST);
  expect(readFileSync(path("twice.pdf"), "latin1")).toMatch(/\/Annots \[11 0 R \d+ 0 R \d+ 0 R\]/u);
  expect(pdfsig(path("twice.pdf"), "-nocert").match(/Signature is Valid/gu)).toHaveLength(2);
  const report = await createVerifier({ trust: [pki.root], now: () => at }).verify(path("twice.pdf"));
  expect(report.verdict).toBe("valid");
  expect(report.signatures.map(({ coversWholeFile }) => coversWholeFile)).toEqual([false, true]);
  expect(run("qpdf", ["--check", path("twice.pdf")])).toContain("No syntax or stream encoding errors");
});

it("is trusted by an NSS store that knows the root", async () => {
  await (await signer("P-256")).sign(path("in.pdf"), path("nss.pdf"), REQUEST);
  const store = `sql:${folder}`;
  run("certutil", ["-N", "-d", store, "--empty-password"]);
  run("certutil", ["-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-a", "-i", pki.root]);
  expect(pdfsig(path("nss.pdf"), "-nssdir", store)).toContain("Certificate is Trusted");
});

it("refuses a certificate that is out of date or not meant for signing, and writes nothing", async () => {
  const expired = { ...REQUEST, at: new Date(at.getTime() + 1000 * 86_400_000) };
  const good = await signer("P-256");
  const dates = expect.objectContaining({ code: "certificate_dates" }) as Error;
  await expect(good.sign(path("in.pdf"), path("no.pdf"), expired)).rejects.toThrow(dates);
  const server = await signer("P-256", "server");
  const usage = expect.objectContaining({ code: "certificate_usage" }) as Error;
  await expect(server.sign(path("in.pdf"), path("no.pdf"), REQUEST)).rejects.toThrow(usage);
  expect(existsSync(path("no.pdf"))).toBe(false);
  await expect(server.check(at)).rejects.toThrow(usage);
});

it("accepts a certificate without a keyUsage extension", async () => {
  const [signed] = await (await signer("P-256", "unlimited")).sign(path("in.pdf"), path("u.pdf"), REQUEST);
  expect(signed?.verdict).toBe("valid");
});

it.each<[string, ErrorCode, (pdf: Buffer) => Buffer]>([
  ["is no PDF", "unreadable", () => Buffer.from("hello")],
  ["is cut short", "truncated", (pdf) => pdf.subarray(0, pdf.length - 40)],
  [
    "has a wrong offset",
    "unreadable",
    (pdf) => Buffer.from(pdf.toString("latin1").replace(/0000000015 /u, "0000000016 "), "latin1"),
  ],
])("refuses a file that %s, and leaves no output", async (_title, code, damage) => {
  writeFileSync(path("bad.pdf"), damage(smallPdf()));
  const good = await signer("P-256");
  const refusal = expect.objectContaining({ code }) as Error;
  await expect(good.sign(path("bad.pdf"), path("bad-out.pdf"), REQUEST)).rejects.toThrow(refusal);
  expect(existsSync(path("bad-out.pdf"))).toBe(false);
});

it("lets nothing leave that its own check does not accept", async () => {
  const pretender = "<< /Type /Sig /ByteRange [0 10 20 99999999] /Contents <00> >>";
  writeFileSync(path("bad.pdf"), smallPdf({ extra: [pretender] }));
  const code = expect.objectContaining({ code: "signature_broken" }) as Error;
  const good = await signer("P-256");
  await expect(good.sign(path("bad.pdf"), path("bad-out.pdf"), REQUEST)).rejects.toThrow(code);
  expect(existsSync(path("bad-out.pdf"))).toBe(false);
});

it("names a missing key file", async () => {
  const code = expect.objectContaining({ code: "key_unreadable" }) as Error;
  await expect(pkcs12Signer(path("absent.p12"), "")).rejects.toThrow(code);
});

const CERTS = "../shared/corpus/certs";
if (!existsSync(CERTS)) console.log(`SKIP: ${CERTS} not found`);
it.skipIf(!existsSync(CERTS)).each([
  ["certificate.p12", "", "2026-11-22"],
  ["signer1.pfx", "", "2021-06-01"],
  ["withpass.p12", "node-signpdf", "2018-10-01"],
])("signs with the public sample %s while it is in date", async (name, passphrase, day) => {
  const sample = await pkcs12Signer(join(CERTS, name), passphrase);
  const [info] = await sample.sign(path("in.pdf"), path(name), {
    ...REQUEST,
    at: new Date(`${day}T00:00:00Z`),
  });
  expect(info?.verdict).toBe("undetermined");
  expect(pdfsig(path(name), "-nocert")).toContain("Signature is Valid");
  const gone = new Date("2300-01-01");
  await expect(sample.check(gone)).rejects.toThrow(expect.objectContaining({ code: "certificate_dates" }));
});

it("signs what our own PDF writer makes, and it stays PDF/A-2u", async () => {
  const pixels = { width: 1240, height: 1754, bits: 8, colour: "gray", turn: 0, mirrored: false } as const;
  const bytes = deflateSync(Buffer.alloc(pixels.width * pixels.height, 0xee));
  const image = { ...pixels, filter: "FlateDecode", bytes, passedThrough: false } as const;
  async function* pages() {
    yield { image, dpi: 150, width: 1240, height: 1754, lines: [] };
    yield { image, dpi: 150, width: 1240, height: 1754, lines: [] };
  }
  const document = {
    title: "Hồ sơ H57.132-260804-0583",
    keywords: [],
    created: REQUEST.capturedAt,
    pages: pages(),
  };
  await createPdfTools().write(path("ours.pdf"), document);
  const [info] = await (await signer("RSA")).sign(path("ours.pdf"), path("ours-signed.pdf"), REQUEST);
  expect(info?.verdict).toBe("valid");
  expect(pdfsig(path("ours-signed.pdf"), "-nocert")).toContain("Signature is Valid");
  expect(preflightCodes(path("ours-signed.pdf"))).toEqual(PDFA_2U);
});
