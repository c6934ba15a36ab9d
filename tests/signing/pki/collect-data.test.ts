import { createHash, createPrivateKey, sign, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCertificate } from "../../../src/signing/asn1/certificate.ts";
import { buildCms } from "../../../src/signing/cms/build-cms.ts";
import { createCertificateStanding } from "../../../src/signing/pki/certificate-standing.ts";
import { createRevocationAsker } from "../../../src/signing/pki/evidence-source.ts";
import { judgeRevocation } from "../../../src/signing/pki/revocation.ts";
import { createTimeStamper } from "../../../src/signing/pki/tsa-client.ts";
import { type FullPki, makeFullPki, type SignerName } from "../../support/pki/full-pki.ts";
import { run } from "../judges.ts";
import { type Services, startServices } from "../../support/pki/services.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-collect-"));
const cache = mkdtempSync(join(tmpdir(), "sohoa-answers-"));
let services: Services;
let pki: FullPki;
beforeAll(async () => {
  services = await startServices(folder);
  pki = makeFullPki(folder, services.address);
});
afterAll(() => services.stop());

const read = (path: string) => readCertificate(new X509Certificate(readFileSync(path)).raw);

/** A CMS at level B-T that carries its signer only. */
async function stamped(name: SignerName): Promise<Buffer> {
  const files = pki.signer(name);
  const privateKey = createPrivateKey(readFileSync(files.key));
  const tsa = createTimeStamper({ tsa: [services.tsa()], trust: [pki.root], tlsRoots: [], timeout: 20 });
  const key = {
    certificate: read(files.certificate),
    chain: [],
    sign: async (message: Buffer) => sign("sha256", message, privateKey),
    close: async () => undefined,
  };
  const stamp = (value: Buffer) => tsa.stamp(createHash("sha256").update(value).digest(), "sha256");
  return buildCms({ digest: Buffer.alloc(32), key, hash: "sha256", padding: "pkcs1", stamp });
}

function standing(trust: readonly string[], kept = cache) {
  return createCertificateStanding({ revocation: "require", timeout: 20, tlsRoots: [], trust, cache: kept });
}

it("gathers all that proves the signer and the time stamp in it, each once", async () => {
  const data = await standing([pki.root]).collect([await stamped("p256")], new Date());
  const names = data.certificates.map((der) => readCertificate(der).commonName).toSorted();
  expect(names).toEqual([
    "CA cấp phát",
    "Dấu thời gian thử",
    "Gốc root",
    "Trả lời OCSP thử",
    "Trần Thị Đường Cong",
  ]);
  // Two answers of the responder, and the root's list for the issuing CA, which names no responder.
  expect([data.ocsps.length, data.crls.length]).toEqual([2, 1]);
  const issuer = read(pki.issuing);
  const at = new Date();
  for (const certificate of [read(pki.signer("p256").certificate), read(pki.tsa)])
    expect(judgeRevocation({ certificate, issuer, at, ...data }).state).toBe("good");
  // OpenSSL agrees with every answer of the responder.
  for (const [n, answer] of data.ocsps.entries()) {
    const file = join(folder, `answer-${n}.der`);
    writeFileSync(file, answer);
    const trust = ["-issuer", pki.issuing, "-CAfile", pki.root, "-no_nonce"];
    const who = [pki.signer("p256").certificate, join(folder, "tsa.pem")].flatMap((pem) => ["-cert", pem]);
    expect(run("openssl", ["ocsp", "-respin", file, ...trust, ...who])).toMatch(
      /: good\n[^]*Response verify OK/u,
    );
  }
  const top = { certificate: issuer, issuer: read(pki.root), at };
  expect(judgeRevocation({ ...top, ...data }).state).toBe("good");
});

it("gives no half: a revoked signer, a silent issuer and an unknown root end it", async () => {
  await expect(standing([pki.root]).collect([await stamped("revoked")], new Date())).rejects.toMatchObject({
    code: "certificate_revoked",
  });
  const cms = await stamped("rsa");
  await expect(standing([pki.stranger]).collect([cms], new Date())).rejects.toMatchObject({
    code: "certificate_chain",
  });
  await services.behave({ ocsp: "down", crl: "down" });
  const empty = mkdtempSync(join(tmpdir(), "sohoa-answers-"));
  await expect(standing([pki.root], empty).collect([cms], new Date())).rejects.toMatchObject({
    code: "revocation",
  });
  await services.behave({ ocsp: "good", crl: "good" });
  expect(
    (await standing([pki.root], empty).collect([cms], new Date(Date.now() + 61_000))).ocsps,
  ).toHaveLength(2);
});

it("lets a verifier ask by itself, and only the kept answers when offline", async () => {
  const asker = (offline: boolean, kept = cache) =>
    createRevocationAsker({ cache: kept, timeout: 20, tlsRoots: [], offline, now: () => new Date() });
  const [leaf, issuer, root] = [read(pki.signer("p384").certificate), read(pki.issuing), read(pki.root)];
  expect(await asker(true)(leaf, issuer)).toEqual({ ocsps: [], crls: [] });
  const { ocsps } = await asker(false)(leaf, issuer);
  expect(ocsps).toHaveLength(1);
  expect(await asker(true)(leaf, issuer)).toEqual({ ocsps, crls: [] });
  expect((await asker(false)(issuer, root)).crls).toHaveLength(1);
});
