import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { X509Certificate } from "node:crypto";
import { type CertificateFacts, readCertificate } from "../../../src/signing/asn1/certificate.ts";
import {
  createCertificateStanding,
  type StandingOptions,
} from "../../../src/signing/pki/certificate-standing.ts";
import { type FullPki, makeFullPki, type SignerName } from "../../support/pki/full-pki.ts";
import { type Faults, type Services, startServices } from "../../support/pki/services.ts";
import { openSmallCa, SIGNER } from "./small-ca.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-standing-"));
const GOOD: Faults = { ocsp: "good", crl: "good", issuers: "good" };
const HOUR = 3_600_000;
let services: Services;
let pki: FullPki;
let cache: string;
beforeAll(async () => {
  services = await startServices(folder);
  pki = makeFullPki(folder, services.address);
});
afterAll(() => services.stop());
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), "sohoa-answers-"));
  await services.behave(GOOD);
});

const read = (path: string): CertificateFacts => readCertificate(new X509Certificate(readFileSync(path)).raw);
const signer = (name: SignerName) => read(pki.signer(name).certificate);
const carried = () => [read(pki.issuing).der];

function standing(given: Partial<StandingOptions> = {}) {
  const trust = [pki.root];
  return createCertificateStanding({
    revocation: "require",
    timeout: 20,
    tlsRoots: [],
    trust,
    cache,
    ...given,
  });
}

const report = (name: SignerName, given: Partial<StandingOptions> = {}, now = new Date()) =>
  standing(given).report(signer(name), carried(), now);

const asked = () => services.counts();

describe("what a certificate says of itself", () => {
  it.each([
    ["expired", "certificate_dates"],
    ["future", "certificate_dates"],
    ["server", "certificate_usage"],
  ] as const)("refuses the %s one", async (name, code) => {
    await expect(report(name)).rejects.toMatchObject({ code });
  });
});

describe("the chain", () => {
  it("must lead to a root of the settings", async () => {
    await expect(report("outsider")).rejects.toMatchObject({ code: "certificate_chain" });
    await expect(report("p256", { trust: [pki.stranger] })).rejects.toMatchObject({
      code: "certificate_chain",
    });
    await expect(report("p256", { trust: [] })).resolves.toMatchObject({ revocation: "good" });
  });

  it("is completed by what the certificate says of its issuer, once for all runs", async () => {
    const before = await asked();
    const facts = signer("p256");
    expect(await standing().report(facts, [], new Date())).toMatchObject({ revocation: "good", why: "" });
    expect((await asked()).issuers).toBe(before.issuers + 1);
    await standing().report(facts, [], new Date());
    expect((await asked()).issuers).toBe(before.issuers + 1);
  });
});

describe("revocation", () => {
  it("is told with day and reason, by OCSP and by CRL, whatever the policy", async () => {
    const detail = `${new Date().toISOString().slice(0, 10)}, keyCompromise`;
    await expect(report("revoked")).rejects.toMatchObject({ code: "certificate_revoked", detail });
    await services.behave({ ocsp: "down" });
    const warn = { revocation: "warn", cache: join(cache, "b") } as const;
    await expect(report("revoked", warn)).rejects.toMatchObject({ code: "certificate_revoked", detail });
  });

  it("stops also who lives a minute behind the issuer's clock", async () => {
    signer("revoked");
    const behind = new Date(Date.now() - 60_000);
    await expect(report("revoked", {}, behind)).rejects.toMatchObject({ code: "certificate_revoked" });
  });

  it("is asked by OCSP first, by CRL when nobody answers that", async () => {
    const before = await asked();
    await report("p256");
    expect(await asked()).toMatchObject({ ocsp: before.ocsp + 1, crl: before.crl + 1 }); // the CA's own status is a CRL
    await services.behave({ ocsp: "html" });
    await report("rsa", { cache: join(cache, "other") });
    expect((await asked()).crl).toBe(before.crl + 3);
  });

  it.each(["down", "html", "cut", "try-later", "stale", "broken-signature", "wrong-responder"] as const)(
    "holds everything when the responder is %s and no CRL is to be had, or goes on and says so",
    async (ocsp) => {
      await services.behave({ ocsp, crl: "down" });
      await expect(report("p256")).rejects.toMatchObject({
        code: "revocation",
        detail: expect.stringContaining("127.0.0.1"),
      });
      const went = await report("p256", { revocation: "warn", cache: join(cache, "other") });
      expect(went).toMatchObject({ revocation: "unknown", why: expect.stringContaining("127.0.0.1") });
    },
  );

  it("does not believe a stale CRL", async () => {
    pki.publishCrls({ stale: true });
    await services.behave({ ocsp: "down" });
    await expect(report("p256")).rejects.toMatchObject({
      code: "revocation",
      detail: expect.stringContaining("stale"),
    });
    pki.publishCrls();
    await expect(report("p256")).resolves.toMatchObject({ revocation: "good" });
  });

  it("is not asked when the settings say so", async () => {
    const before = await asked();
    expect(await report("revoked", { revocation: "off" })).toMatchObject({ revocation: "not_asked" });
    expect(await asked()).toEqual(before);
  });

  it("is not asked of a certificate that says KÝ THỬ and names nobody, self-made or issued", async () => {
    const ca = openSmallCa();
    const test = ca.issue("test", { extensions: SIGNER, subject: "/C=VN/CN=KÝ THỬ - Nguyễn Văn Thử" });
    expect(await standing().report(test.facts, [], new Date())).toMatchObject({ revocation: "not_asked" });
    const real = ca.issue("real", { extensions: SIGNER, subject: "/C=VN/CN=Nguyễn Văn Thật" });
    const trust = [real.pem];
    expect(await standing({ trust }).report(real.facts, [], new Date())).toMatchObject({
      revocation: "good",
    });
    await expect(standing().report(real.facts, [], new Date())).rejects.toMatchObject({
      code: "certificate_chain",
    });
    const issued = ca.issue("issued", { extensions: SIGNER, issuer: real });
    await expect(standing({ trust: [] }).report(issued.facts, [], new Date())).rejects.toMatchObject({
      code: "revocation",
    });
  });
});

describe("kept answers", () => {
  it("spare a batch all questions, at next to no cost a document", async () => {
    const one = standing();
    const [facts, chain] = [signer("p256"), carried()];
    await one.check(facts, chain, new Date());
    const before = await asked();
    const { user, system } = process.cpuUsage();
    for (let n = 0; n < 1000; n += 1) await one.check(facts, chain, new Date());
    const after = process.cpuUsage();
    expect(after.user + after.system - user - system).toBeLessThan(100_000); // microseconds for 1,000 documents
    expect(await asked()).toEqual(before);
  });

  it("serve the next run, until they are no longer fresh", async () => {
    const facts = signer("p256");
    await standing().check(facts, carried(), new Date());
    const before = await asked();
    await services.behave({ ocsp: "down", crl: "down" });
    expect(await standing().report(facts, carried(), new Date())).toMatchObject({ revocation: "good" });
    expect(await asked()).toEqual(before);
    const later = new Date(Date.now() + 8 * 24 * HOUR);
    await expect(standing().report(facts, carried(), later)).rejects.toMatchObject({ code: "revocation" });
  });

  it("are judged again when read: what somebody put there is not believed", async () => {
    await report("p256");
    const [name = ""] = readdirSync(cache).filter((one) => one.endsWith(".ocsp"));
    await report("p384", { cache: join(cache, "p384") });
    const [other = ""] = readdirSync(join(cache, "p384")).filter((one) => one.endsWith(".ocsp"));
    writeFileSync(join(cache, name), readFileSync(join(cache, "p384", other)));
    await services.behave({ ocsp: "down", crl: "down" });
    await expect(report("p256")).rejects.toMatchObject({ code: "revocation" });
  });

  it("do not outlive a running batch: a revocation is seen when the answer has gone stale", async () => {
    const one = standing();
    const facts = signer("p384");
    await one.check(facts, carried(), new Date());
    pki.revoke("p384");
    await one.check(facts, carried(), new Date());
    const later = new Date(Date.now() + 8 * 24 * HOUR);
    await expect(one.check(facts, carried(), later)).rejects.toMatchObject({ code: "certificate_revoked" });
  });

  it("do not matter when they cannot be written", async () => {
    writeFileSync(join(cache, "file"), "no folder");
    expect(await report("p256", { cache: join(cache, "file") })).toMatchObject({ revocation: "good" });
  });
});

it("does not repeat a failed question for a minute", async () => {
  await services.behave({ ocsp: "down", crl: "down" });
  const one = standing();
  const facts = signer("p256");
  const at = new Date();
  await expect(one.check(facts, carried(), at)).rejects.toMatchObject({ code: "revocation" });
  const before = await asked();
  await expect(one.check(facts, carried(), new Date(at.getTime() + 59_000))).rejects.toMatchObject({
    code: "revocation",
  });
  expect(await asked()).toEqual(before);
  await services.behave(GOOD);
  await one.check(facts, carried(), new Date(at.getTime() + 61_000));
});
