import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCms } from "../../src/signing/cms/cms-reader.ts";
import { opensslAccepts } from "../support/judges.ts";
import { type FullPki, makeFullPki } from "../support/pki/full-pki.ts";
import { type Services, startServices } from "../support/pki/services.ts";
import { scratchFolder } from "../support/program.ts";
import { openssl } from "../support/test-pki.ts";
import { signatureParts } from "./judges.ts";
import { smallPdf } from "./small-pdf.ts";
import { pkcs12Signer } from "./test-signer.ts";

const folder = scratchFolder("issuers");
const path = (name: string) => join(folder, name);
let services: Services;
let pki: FullPki;

beforeAll(async () => {
  services = await startServices(folder);
  pki = makeFullPki(folder, services.address);
  writeFileSync(path("in.pdf"), smallPdf());
  const { key, certificate } = pki.signer("p256");
  openssl(
    "pkcs12",
    "-export",
    "-inkey",
    key,
    "-in",
    certificate,
    "-out",
    path("bare.p12"),
    "-passout",
    "pass:x",
  );
});
afterAll(() => services.stop());

/** Signs with a container that holds the signer's certificate alone, as many tokens do; gives the CMS. */
async function signed(name: string, trust: readonly string[]) {
  const signer = await pkcs12Signer(path("bare.p12"), "x", { trust });
  const at = new Date();
  await signer.sign(path("in.pdf"), path(name), { at, capturedAt: at, appearance: "none", keepClear: [] });
  const [parts] = signatureParts(path(name));
  if (parts === undefined) throw new Error("no signature");
  return parts;
}

it.each([
  ["the list of trusted ones", () => [pki.root, pki.issuing]],
  ["the address in the certificate", () => [pki.root]],
])("carries an issuer that the key came without, from %s", async (_where, trust) => {
  const { signed: bytes, cms } = await signed("whole.pdf", trust());
  expect(readCms(cms).certificates.map(({ commonName }) => commonName)).toContain("CA cấp phát");
  expect(opensslAccepts(bytes, cms, pki.root, folder)).toBe(true);
});

it("never carries a root along", async () => {
  const { cms } = await signed("rootless.pdf", [pki.root, pki.issuing]);
  const root = readFileSync(pki.root, "utf8").replaceAll(/-----[^-]+-----|\s/gu, "");
  const carried = readCms(cms).certificates.map(({ der }) => der.toString("base64"));
  expect(carried).toHaveLength(2);
  expect(carried).not.toContain(root);
});
