import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scratchFolder } from "../program.ts";
import { openssl } from "../test-pki.ts";
import { type FullPki, makeFullPki } from "./full-pki.ts";
import { type OcspFault, type Services, startServices, type TsaFault } from "./services.ts";

const folder = scratchFolder("pki");
const path = (name: string) => join(folder, name);
let services: Services;
let pki: FullPki;

beforeAll(async () => {
  services = await startServices(folder);
  pki = makeFullPki(folder, services.address);
  writeFileSync(path("data"), "dữ liệu");
  openssl("ts", "-query", "-data", path("data"), "-sha256", "-cert", "-out", path("query.tsq"));
});
afterAll(() => services.stop());

/** Everything openssl printed; it says what it thinks by words, not always by its exit code. */
function said(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  return stdout + stderr;
}

function askOcsp(certificate: string): string {
  const about = ["-issuer", pki.issuing, "-cert", certificate, "-url", `${services.address}/ocsp`];
  return said("ocsp", ...about, "-CAfile", pki.root, "-verify_other", pki.issuing);
}

async function post(address: string, body: Buffer): Promise<Buffer> {
  const answer = await fetch(address, { method: "POST", body: new Uint8Array(body) });
  return Buffer.from(await answer.arrayBuffer());
}

async function stamp(fault?: TsaFault): Promise<string> {
  writeFileSync(path("reply.tsr"), await post(services.tsa(fault), readFileSync(path("query.tsq"))));
  const files = ["-queryfile", path("query.tsq"), "-in", path("reply.tsr")];
  return said("ts", "-verify", ...files, "-CAfile", pki.root, "-untrusted", pki.issuing);
}

describe("certificates", () => {
  it.each(["rsa", "rsa3072", "p256", "p384", "organization"] as const)(
    "of %s are valid for openssl",
    (name) => {
      const { certificate } = pki.signer(name);
      const lists = ["-crl_check_all", "-CRLfile", path("issuing.crl.pem"), "-CRLfile", path("root.crl.pem")];
      expect(said("verify", "-CAfile", pki.root, "-untrusted", pki.issuing, ...lists, certificate)).toMatch(
        /: OK\n/u,
      );
      expect(openssl("x509", "-in", certificate, "-noout", "-subject", "-nameopt", "utf8")).toContain(
        "xã Thí Điểm",
      );
    },
  );

  it.each([
    ["revoked", "certificate revoked"],
    ["expired", "certificate has expired"],
    ["future", "certificate is not yet valid"],
    ["outsider", "unable to get local issuer certificate"],
  ] as const)("of %s are refused: %s", (name, reason) => {
    const { certificate } = pki.signer(name);
    const list = ["-crl_check", "-CRLfile", path("issuing.crl.pem")];
    expect(said("verify", "-CAfile", pki.root, "-untrusted", pki.issuing, ...list, certificate)).toContain(
      reason,
    );
  });

  it("come in PKCS#12 files of both kinds", () => {
    const { pkcs12, legacy } = pki.signer("rsa");
    const open = (file: string, ...more: string[]) =>
      said("pkcs12", "-in", file, "-noout", "-info", "-passin", `pass:${pki.passphrase}`, ...more);
    expect(open(pkcs12)).toContain("AES-256-CBC");
    expect(open(legacy, "-legacy")).toContain("RC2");
  });

  it("of a CRL that is out of date are told", () => {
    pki.publishCrls({ stale: true });
    const list = ["-crl_check", "-CRLfile", path("issuing.crl.pem")];
    const { certificate } = pki.signer("p256");
    const answer = said("verify", "-CAfile", pki.root, "-untrusted", pki.issuing, ...list, certificate);
    pki.publishCrls();
    expect(answer).toContain("CRL has expired");
  });
});

describe("the OCSP responder", () => {
  it("says good, and revoked as soon as a certificate is", () => {
    const { certificate } = pki.signer("p256");
    expect(askOcsp(certificate)).toMatch(/: good[^]*Response verify OK/u);
    expect(askOcsp(pki.signer("revoked").certificate)).toMatch(/: revoked[^]*Response verify OK/u);
    pki.revoke("organization");
    expect(askOcsp(pki.signer("organization").certificate)).toContain(": revoked");
  });

  it.each<[OcspFault, RegExp]>([
    ["stale", /Status times invalid[^]*Response verify OK/u],
    ["broken-signature", /Response Verify Failure/u],
    ["wrong-responder", /Response Verify Failure/u],
    ["try-later", /Responder Error: trylater/u],
    ["html", /Error querying OCSP responder/u],
    ["down", /Error querying OCSP responder/u],
    ["cut", /Error querying OCSP responder/u],
  ])("when %s is refused by openssl", async (fault, reason) => {
    const { certificate } = pki.signer("p256");
    await services.behave({ ocsp: fault });
    const answer = askOcsp(certificate);
    await services.behave({ ocsp: "good" });
    expect(answer).toMatch(reason);
  });
});

describe("the time-stamp authority", () => {
  it("stamps what openssl verifies, and counts", async () => {
    const before = await services.counts();
    expect(await stamp()).toContain("Verification: OK");
    expect((await services.counts()).tsa).toBe(before.tsa + 1);
  });

  it.each<[TsaFault, RegExp]>([
    ["wrong-nonce", /nonce mismatch/u],
    ["wrong-imprint", /message imprint mismatch/u],
    ["rejection", /status code: rejection/u],
    ["expired-certificate", /certificate has expired/u],
    ["loose-certificate", /certificate verify error|purpose/u],
    ["broken-signature", /signature failure/u],
    ["html", /Verification: FAILED|asn1/iu],
  ])("that is %s is refused by openssl", async (fault, reason) => {
    expect(await stamp(fault)).toMatch(reason);
  });

  it("of wrong time is a year behind, and else sound", async () => {
    expect(await stamp("wrong-time")).toContain("Verification: OK");
    const year = new Date().getUTCFullYear() - 1;
    expect(openssl("ts", "-reply", "-in", path("reply.tsr"), "-text")).toMatch(
      new RegExp(`Time stamp: .* ${year} GMT`, "u"),
    );
  });

  it.each<TsaFault>(["down", "cut"])("that is %s gives nothing whole", async (fault) => {
    await expect(stamp(fault)).rejects.toThrow(/fetch failed|terminated/u);
  });
});
