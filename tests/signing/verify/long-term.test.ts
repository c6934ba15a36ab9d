import { createHash, createPrivateKey, sign } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import {
  type AppendRequest,
  appendSignature,
  type ProofRequest,
} from "../../../src/signing/append/append-signature.ts";
import { buildCms } from "../../../src/signing/cms/build-cms.ts";
import type { ValidationData } from "../../../src/signing/pki/parts.ts";
import type { RevocationPolicy } from "../../../src/signing/verify/certificate-trust.ts";
import { createVerifier, type VerifierOptions } from "../../../src/signing/verify/verify.ts";
import { CA, type Holder, openSmallCa, RESPONDER, SIGNER, STAMPS } from "../pki/small-ca.ts";
import { smallPdf } from "../small-pdf.ts";

const ca = openSmallCa();
afterAll(() => rmSync(ca.folder, { recursive: true }));

const DAY = 86_400_000;
const SOURCE = "crlDistributionPoints=URI:http://127.0.0.1:9/list.crl\n";
const root = ca.issue("root", { extensions: CA });
const issuing = ca.issue("issuing", { extensions: `${CA}${SOURCE}`, issuer: root });
const signer = ca.issue("Nguyễn Văn Thử", { extensions: `${SIGNER}${SOURCE}`, issuer: issuing, days: 2 });
const tsa = ca.issue("tsa", { extensions: STAMPS, issuer: issuing });
const responder = ca.issue("responder", { extensions: RESPONDER, issuer: issuing });
const test = ca.issue("test", {
  extensions: SIGNER,
  issuer: issuing,
  subject: "/C=VN/O=Xã Thí Điểm/CN=KÝ THỬ",
});
const stranger = ca.issue("stranger", { extensions: CA });
const strangeTsa = ca.issue("strange-tsa", { extensions: STAMPS, issuer: stranger });
const input = ca.path("in.pdf");
writeFileSync(input, smallPdf());

const good: ValidationData = {
  certificates: [issuing.der, root.der],
  ocsps: [ca.ocsp(signer, issuing, responder)],
  crls: [ca.crl(root), ca.crl(issuing)],
};
const revokedAt = (at: Date): ValidationData => ({
  ...good,
  ocsps: [ca.ocsp(signer, issuing, responder, { revoked: { at, reason: "keyCompromise" } })],
  crls: [ca.crl(root)],
});
const archive = async (digest: Buffer) => ca.stamp(ca.query(digest), tsa, { chain: [issuing], token: true });

/** Signs as `who`, with what is asked for; gives the path. */
async function signedBy(who: Holder, proof: Partial<ProofRequest> = {}, stampedBy?: Holder): Promise<string> {
  const key = createPrivateKey(readFileSync(who.key));
  const signingKey = {
    certificate: who.facts,
    chain: [issuing.der],
    sign: async (message: Buffer, { hash }: { hash: string }) => sign(hash, message, key),
    close: async () => undefined,
  };
  const stamp = async (signature: Buffer) => {
    const digest = createHash("sha256").update(signature).digest();
    return ca.stamp(ca.query(digest), stampedBy ?? tsa, { chain: [issuing], token: true });
  };
  const request: AppendRequest = {
    at: new Date(),
    capturedAt: new Date(),
    appearance: "none",
    keepClear: [],
    signer: who.facts,
    hash: "sha256",
    cms: (digest) =>
      buildCms({
        digest,
        key: signingKey,
        padding: "pkcs1",
        hash: "sha256",
        ...(stampedBy === undefined ? {} : { stamp }),
      }),
    ...proof,
  };
  const out = ca.path(`signed-${Math.random().toString(36).slice(2)}.pdf`);
  await appendSignature(input, out, request);
  return out;
}

async function judge(file: string, more: Partial<VerifierOptions> = {}) {
  const report = await createVerifier({ trust: [root.pem], now: () => new Date(), ...more }).verify(file);
  return { ...report, first: report.signatures[0] };
}

const later = (days: number) => ({ now: () => new Date(Date.now() + days * DAY) });

describe("what a signature proves", () => {
  it.each<[string, () => Promise<string>]>([
    ["B-B", () => signedBy(signer)],
    ["B-T", () => signedBy(signer, {}, tsa)],
    ["B-T", () => signedBy(signer, { archive })],
    ["B-LT", () => signedBy(signer, { validation: async () => good }, tsa)],
    ["B-LTA", () => signedBy(signer, { validation: async () => good, archive }, tsa)],
    // Revocation data of somebody else is none.
    [
      "B-T",
      () => signedBy(signer, { validation: async () => ({ ...good, ocsps: [], crls: [] }), archive }, tsa),
    ],
    // A time stamp of an authority nobody trusts is none.
    ["B-B", () => signedBy(signer, {}, strangeTsa)],
  ])("is level %s", async (level, make) => {
    const { first, verdict } = await judge(await make());
    expect({ level: first?.level, verdict }).toEqual({ level, verdict: "valid" });
    expect(first?.provenAt === undefined).toBe(level === "B-B");
  });

  it("tells of a time stamp that was not counted", async () => {
    const { first } = await judge(await signedBy(signer, {}, strangeTsa));
    expect(first).toMatchObject({
      verdict: "valid",
      notes: [
        expect.stringContaining("revocation not checked"),
        expect.stringContaining("time stamp not counted"),
      ],
    });
  });

  it("outlives the certificate once its time is proven, and not without", async () => {
    const bare = await judge(await signedBy(signer), later(10));
    expect(bare.first?.reasons).toEqual([expect.stringContaining("expired certificate")]);
    const stamped = await judge(
      await signedBy(signer, { validation: async () => good, archive }, tsa),
      later(10),
    );
    expect(stamped).toMatchObject({ verdict: "valid", first: { level: "B-LTA", revocation: "good" } });
    expect(Math.abs(Date.parse(stamped.first?.provenAt ?? "") - Date.now())).toBeLessThan(120_000);
  });
});

describe("a revoked certificate", () => {
  it.each<[string, Date, boolean, string]>([
    ["before the proven time", new Date(Date.now() - 3_600_000), true, "invalid"],
    ["after the proven time", new Date(Date.now() + 300_000), true, "valid"],
    ["at all, without a proven time", new Date(Date.now() - 3_600_000), false, "invalid"],
  ])("revoked %s", async (_when, at, stamped, verdict) => {
    const data = revokedAt(at);
    const file = await signedBy(signer, { validation: async () => data }, stamped ? tsa : undefined);
    const report = await judge(file, later(0.5));
    expect(report.verdict).toBe(verdict);
    const reason = report.first?.reasons.join("; ") ?? "";
    expect(reason.includes("certificate revoked: keyCompromise")).toBe(verdict === "invalid");
    expect(report.first?.revocation).toBe(verdict === "invalid" ? "revoked" : "good");
  });
});

describe("when nobody could say whether it was revoked", () => {
  it.each<[RevocationPolicy, object]>([
    ["off", { verdict: "valid" }],
    [
      "warn",
      { verdict: "valid", revocation: "unknown", notes: [expect.stringContaining("revocation unknown")] },
    ],
    [
      "require",
      { verdict: "undetermined", revocation: "unknown", reasons: [expect.stringContaining("--online")] },
    ],
  ])("the policy %s decides", async (revocation, wanted) => {
    const { first } = await judge(await signedBy(signer), { revocation });
    expect(first).toMatchObject(wanted);
    if (revocation === "off") expect(first).not.toHaveProperty("revocation");
  });

  it("asks only when it may, and believes the answer", async () => {
    const asked: string[] = [];
    const file = await signedBy(signer);
    const { first } = await judge(file, {
      revocation: "require",
      ask: async (certificate) => {
        asked.push(certificate.commonName);
        return { ocsps: good.ocsps, crls: good.crls };
      },
    });
    expect(first).toMatchObject({ verdict: "valid", revocation: "good", level: "B-B" });
    expect(asked).toEqual(["Nguyễn Văn Thử", "issuing"]);
  });

  it("asks nobody about a KÝ THỬ certificate that names nobody", async () => {
    const { first } = await judge(await signedBy(test), {
      revocation: "require",
      ask: async (certificate) => (expect(certificate.test).toBe(false), good),
    });
    expect(first).toMatchObject({ verdict: "valid", test: true });
  });
});
