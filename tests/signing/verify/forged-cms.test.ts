import { rmSync, writeFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import {
  children,
  context,
  octets,
  OID,
  oid,
  raw,
  readDer,
  sequence,
  tlv,
} from "../../../src/signing/asn1/der.ts";
import { createVerifier } from "../../../src/signing/verify/verify.ts";
import { foreignPdf, type Foreign } from "../foreign-signature.ts";
import { CA, openSmallCa, SIGNER, STAMPS } from "../pki/small-ca.ts";

const ca = openSmallCa();
afterAll(() => rmSync(ca.folder, { recursive: true }));
const root = ca.issue("root", { extensions: CA });
const issuing = ca.issue("issuing", { extensions: CA, issuer: root });
const pki = { folder: ca.folder, root: root.pem, stranger: root.pem };
const verifier = createVerifier({ trust: [root.pem], now: () => new Date() });
const CADES = "ETSI.CAdES.detached";
const PKCS7 = "adbe.pkcs7.detached";

function signer(name: string, extensions: string = SIGNER) {
  const { key, pem } = ca.issue(name, { extensions, issuer: issuing });
  return { key, certificate: pem };
}

async function judged(foreign: Foreign) {
  const { verdict, signatures } = await verifier.verify(foreignPdf(pki, foreign));
  return { verdict, reasons: signatures.flatMap(({ reasons }) => reasons).join("; ") };
}

/** The parts of a CMS as OpenSSL writes it, put together anew. */
function rebuilt(
  cms: Buffer,
  change: (content: Buffer, signer: readonly Buffer[]) => [Buffer, Buffer[]],
): Buffer {
  const signedData = children(children(children(readDer(cms))[1])[0]).map(raw);
  const infos = children(readDer(signedData.at(-1) ?? Buffer.alloc(0)));
  const [content, fields] = change(signedData[2] ?? Buffer.alloc(0), children(infos[0]).map(raw));
  const data = [
    ...signedData.slice(0, 2),
    content,
    ...signedData.slice(3, -1),
    tlv(0x31, sequence(...fields)),
  ];
  return sequence(oid(OID.signedData), context(0, sequence(...data)));
}

const attached = (content: Buffer) => sequence(oid(OID.data), context(0, octets(content)));

/** The signed attributes of a genuine signature become its content: the value fits, and no byte of the file is signed. */
const universal = (cms: Buffer) =>
  rebuilt(cms, (_content, fields) => {
    const attributes = Buffer.from(fields[3] ?? Buffer.alloc(0));
    attributes[0] = 0x31;
    return [attached(attributes), fields.filter((_, index) => index !== 3)];
  });

it.each([CADES, PKCS7])("signed attributes put in as content sign nothing under %s", async (subFilter) => {
  const options = subFilter === CADES ? ["-cades"] : [];
  const { verdict, reasons } = await judged({ subFilter, signer: signer("rà"), options, rewrite: universal });
  expect(verdict).toBe("invalid");
  expect(reasons).toContain("content inside a detached signature");
});

it.each([[["-nodetach"]], [["-nodetach", "-noattr"]]])(
  "a detached signature with content of its own is none (%s)",
  async (options) => {
    expect(await judged({ subFilter: PKCS7, signer: signer("kèm"), options })).toMatchObject({
      verdict: "invalid",
      reasons: expect.stringContaining("content inside a detached signature") as string,
    });
  },
);

it("CAdES wants signed attributes, PKCS#7 may do without", async () => {
  const own = signer("trần");
  expect(await judged({ subFilter: PKCS7, signer: own, options: ["-noattr"] })).toMatchObject({
    verdict: "valid",
  });
  expect(await judged({ subFilter: CADES, signer: own, options: ["-noattr"] })).toMatchObject({
    verdict: "invalid",
    reasons: expect.stringContaining("no signed attributes") as string,
  });
});

it("CAdES that does not name its certificate leaves open whose it is", async () => {
  expect(await judged({ subFilter: CADES, signer: signer("vô danh") })).toMatchObject({
    verdict: "undetermined",
    reasons: expect.stringContaining("no signing-certificate attribute") as string,
  });
});

it("a time stamp is no signature, and a signature no time stamp", async () => {
  const lines = [`serial=${ca.path("tsa.srl")}`, "default_policy=1.2.3.4.1", "digests=sha256"];
  const more = ["signer_digest=sha256", "ess_cert_id_alg=sha256"];
  writeFileSync(ca.path("tsa.cnf"), ["[tsa]", "default_tsa=t", "[t]", ...lines, ...more].join("\n"));
  const stamp = await judged({ subFilter: "ETSI.RFC3161", shown: CADES, signer: signer("giờ", STAMPS) });
  expect(stamp).toMatchObject({ verdict: "invalid" });
  expect(stamp.reasons).toContain("time stamp in place of a signature");
  const signature = await judged({ subFilter: PKCS7, shown: "ETSI.RFC3161", signer: signer("ký") });
  expect(signature).toMatchObject({ verdict: "invalid" });
  expect(signature.reasons).toContain("no time stamp");
});

it.each([
  ["timeStamping", "critical,timeStamping", "undetermined"],
  ["serverAuth", "serverAuth", "undetermined"],
  ["OCSPSigning and codeSigning", "OCSPSigning,codeSigning", "undetermined"],
  ["emailProtection beside serverAuth", "serverAuth,emailProtection", "valid"],
  ["documentSigning", "1.3.6.1.5.5.7.3.36", "valid"],
  ["a purpose of the CA's own", "1.2.840.113583.1.1.5", "valid"],
  ["any purpose", "anyExtendedKeyUsage", "valid"],
])("a certificate for %s signs documents or not", async (what, usage, verdict) => {
  const own = signer(what.slice(0, 12), `${SIGNER}extendedKeyUsage=${usage}\n`);
  const found = await judged({ subFilter: CADES, signer: own, options: ["-cades"] });
  expect(found.verdict).toBe(verdict);
  if (verdict !== "valid") expect(found.reasons).toContain("extended key usage");
});
