import { describe, expect, it } from "vitest";
import { readCrl } from "../../../src/signing/pki/crl.ts";
import { readOcsp } from "../../../src/signing/pki/ocsp.ts";
import { judgeRevocation, type RevocationQuestion } from "../../../src/signing/pki/revocation.ts";
import { bigCrl } from "./big-crl.ts";
import { CA, openSmallCa, RESPONDER, SIGNER } from "./small-ca.ts";

const ca = openSmallCa();
const HOUR = 3_600_000;
const now = new Date(Date.now() + 60_000);
const hence = (ms: number) => new Date(now.getTime() + ms);
const root = ca.issue("root", { extensions: CA });
const issuing = ca.issue("issuing", { extensions: CA, issuer: root });
const stranger = ca.issue("stranger", { extensions: CA });
const leaf = ca.issue("leaf", {
  extensions: `${SIGNER}crlDistributionPoints=URI:http://127.0.0.1/a.crl\n`,
  issuer: issuing,
});
const other = ca.issue("other", { extensions: SIGNER, issuer: issuing });
const responder = ca.issue("responder", { extensions: RESPONDER, issuer: issuing });

function judge(given: Partial<RevocationQuestion>) {
  const question = { certificate: leaf.facts, issuer: issuing.facts, at: now, ocsps: [], crls: [], ...given };
  return judgeRevocation(question);
}

describe("OCSP", () => {
  it("believes the issuer itself and a responder it authorised, whatever hash names the certificate", () => {
    const own = ca.ocsp(leaf, issuing, issuing);
    const delegated = ca.ocsp(leaf, issuing, responder);
    const byKey = ca.ocsp(leaf, issuing, responder, {
      certId: "sha256",
      more: ["-ndays", "2", "-resp_key_id"],
    });
    expect([own, delegated, byKey].map((ocsp) => judge({ ocsps: [ocsp] }).state)).toEqual([
      "good",
      "good",
      "good",
    ]);
    expect(judge({ ocsps: [delegated] }).evidence?.responder?.commonName).toBe("responder");
    expect(judge({ ocsps: [own] }).evidence?.responder).toBeUndefined();
  });

  it("tells when and why a certificate was revoked", () => {
    const at = new Date("2026-03-01T08:00:00Z");
    const ocsp = ca.ocsp(leaf, issuing, responder, { revoked: { at, reason: "keyCompromise" } });
    expect(judge({ ocsps: [ocsp] })).toMatchObject({ state: "revoked", at, reason: "keyCompromise" });
    const silent = ca.ocsp(leaf, issuing, responder, { revoked: { at } });
    expect(judge({ ocsps: [silent] })).toMatchObject({ state: "revoked", reason: "notStated" });
  });

  it("lets a later revocation stand beside a signature made before it", () => {
    const ocsp = ca.ocsp(leaf, issuing, responder, { revoked: { at: hence(-HOUR), reason: "superseded" } });
    const before = judge({ ocsps: [ocsp], at: hence(-2 * HOUR), now });
    expect(before).toMatchObject({
      state: "good",
      reason: "superseded",
      at: hence(-HOUR - (now.getTime() % 1000)),
    });
  });

  it("does not take a good answer for the truth when another says revoked", () => {
    const good = ca.ocsp(leaf, issuing, responder);
    const revoked = ca.ocsp(leaf, issuing, responder, { revoked: { at: hence(-HOUR) } });
    expect(judge({ ocsps: [good, revoked] }).state).toBe("revoked");
    expect(judge({ ocsps: [revoked, good] }).state).toBe("revoked");
  });

  it.each([
    ["a stranger's signature", () => ca.ocsp(leaf, issuing, stranger), "stranger"],
    ["a signer without the purpose", () => ca.ocsp(leaf, issuing, other), "stranger"],
    ["an answer about another certificate", () => ca.ocsp(other, issuing, responder), "no revocation data"],
    ["status unknown", () => ca.ocsp(other, issuing, responder, { cert: leaf }), "status unknown"],
    ["a changed answer", () => changed(ca.ocsp(leaf, issuing, responder)), "stranger"],
    ["tryLater", () => Buffer.from("30030a0103", "hex"), "tryLater"],
    ["an HTML page", () => Buffer.from("<html>busy</html>"), "unreadable"],
  ])("takes %s for no answer", (_, make, why) => {
    const judged = judge({ ocsps: [make()] });
    expect(judged.state).toBe("unknown");
    expect(judged.why).toContain(why);
  });

  it("does not believe a responder of another CA with the right purpose", () => {
    const foreign = ca.issue("foreign responder", { extensions: RESPONDER, issuer: stranger });
    expect(judge({ ocsps: [ca.ocsp(leaf, issuing, foreign)] })).toMatchObject({ state: "unknown" });
  });

  it("asks for the responder's own status unless its CA waived that", () => {
    const bare = ca.issue("bare responder", {
      extensions: RESPONDER.replace("noCheck=ignored\n", ""),
      issuer: issuing,
    });
    const ocsps = [ca.ocsp(leaf, issuing, bare)];
    expect(judge({ ocsps })).toMatchObject({ state: "unknown", why: expect.stringContaining("responder") });
    expect(judge({ ocsps, crls: [ca.crl(issuing)] }).state).toBe("good");
    const gone = ca.crl(issuing, { revoked: [{ who: bare, at: hence(-HOUR) }], more: ["-crldays", "7"] });
    expect(judge({ ocsps, crls: [gone], certificate: leaf.facts }).evidence?.kind).toBe("crl");
  });

  it("knows fresh from stale: five minutes are forgiven, not ten", () => {
    const ocsp = ca.ocsp(leaf, issuing, responder, { more: ["-nmin", "30"] });
    const { thisUpdate, nextUpdate = now } = readOcsp(ocsp).single[0] ?? { thisUpdate: now };
    const minute = 60_000;
    const at = (ms: number) => judge({ ocsps: [ocsp], at: new Date(ms) }).state;
    expect(at(nextUpdate.getTime() + 4 * minute)).toBe("good");
    expect(at(nextUpdate.getTime() + 10 * minute)).toBe("unknown");
    expect(at(thisUpdate.getTime() - 4 * minute)).toBe("good");
    expect(at(thisUpdate.getTime() - 10 * minute)).toBe("unknown");
    expect(judge({ ocsps: [ocsp], at: hence(24 * HOUR) }).why).toContain("stale");
  });

  it("takes an answer without nextUpdate for fresh for an hour", () => {
    const ocsp = ca.ocsp(leaf, issuing, responder, { more: [] });
    expect(judge({ ocsps: [ocsp], at: hence(HOUR / 2) }).state).toBe("good");
    expect(judge({ ocsps: [ocsp], at: hence(2 * HOUR) }).state).toBe("unknown");
  });

  it("believes a good answer made after the moment asked about, not after the certificate's end", () => {
    const ocsp = ca.ocsp(leaf, issuing, responder);
    expect(judge({ ocsps: [ocsp], at: hence(-24 * HOUR), now }).state).toBe("good");
    const ended = { ...leaf.facts, notAfter: hence(-HOUR) };
    expect(judge({ ocsps: [ocsp], at: hence(-24 * HOUR), now, certificate: ended }).state).toBe("unknown");
  });
});

describe("CRL", () => {
  const at = new Date("2026-02-03T04:05:06Z");

  it("clears who is not listed and tells of who is", () => {
    const crl = ca.crl(issuing, { revoked: [{ who: other, at, reason: "cessationOfOperation" }] });
    expect(judge({ crls: [crl] })).toMatchObject({ state: "good", evidence: { kind: "crl" } });
    const found = judge({ crls: [crl], certificate: other.facts });
    expect(found).toMatchObject({ state: "revoked", at, reason: "cessationOfOperation" });
    expect(judge({ crls: [ca.crl(issuing)] }).state).toBe("good");
  });

  it("knows a hold, and that a newer list may lift it", () => {
    const held = ca.crl(issuing, {
      revoked: [{ who: leaf, at, reason: "certificateHold" }],
      more: ["-crl_lastupdate", "20260301000000Z", "-crl_nextupdate", "20260401000000Z"],
    });
    expect(judge({ crls: [held], at: new Date("2026-03-05T00:00:00Z") })).toMatchObject({ state: "revoked" });
    expect(judge({ crls: [held, ca.crl(issuing)] }).state).toBe("good");
  });

  it.each([
    ["another issuer's", () => ca.crl(root), "another issuer"],
    [
      "a stale one",
      () =>
        ca.crl(issuing, {
          more: ["-crl_lastupdate", "20250301000000Z", "-crl_nextupdate", "20250401000000Z"],
        }),
      "stale",
    ],
    ["one for CAs only", () => idp("onlyCA=TRUE"), "scope"],
    ["one of another point", () => idp("fullname=URI:http://127.0.0.1/b.crl"), "scope"],
    ["an indirect one", () => idp("indirectCRL=TRUE"), "indirect"],
    ["one for some reasons", () => idp("onlysomereasons=keyCompromise"), "partial"],
    ["a delta", () => ca.crl(issuing, { extensions: "2.5.29.27=critical,ASN1:INTEGER:1\n" }), "delta"],
    [
      "one with a strange critical extension",
      () => ca.crl(issuing, { extensions: "1.2.3.4=critical,ASN1:NULL\n" }),
      "critical",
    ],
    ["a changed one", () => changed(ca.crl(issuing)), "not signed"],
    ["a cut one", () => ca.crl(issuing).subarray(0, 100), "unreadable"],
  ])("takes %s for no answer", (_, make, why) => {
    const judged = judge({ crls: [make()] });
    expect(judged.state).toBe("unknown");
    expect(judged.why).toContain(why);
  });

  it("honours the scope a list states", () => {
    expect(judge({ crls: [idp("onlyuser=TRUE")] }).state).toBe("good");
    expect(judge({ crls: [idp("fullname=URI:http://127.0.0.1/a.crl")] }).state).toBe("good");
  });

  it("does not believe an issuer that may not sign lists", () => {
    const mute = ca.issue("mute", { extensions: CA.replace(",cRLSign", ""), issuer: root });
    const end = ca.issue("end of mute", { extensions: SIGNER, issuer: mute });
    const asked = { certificate: end.facts, issuer: mute.facts, crls: [ca.crl(mute)] };
    expect(judge(asked)).toMatchObject({ state: "unknown", why: expect.stringContaining("not signed") });
  });

  it("finds one certificate among 100,000 in far less than a second and next to no memory", () => {
    const crl = bigCrl(issuing, 100_000, other);
    expect(crl.length).toBeGreaterThan(2_500_000);
    expect(judge({ crls: [crl], certificate: other.facts }).state).toBe("revoked");
    const [cpu, heap] = [process.cpuUsage(), process.memoryUsage().heapUsed];
    expect(judge({ crls: [crl] }).state).toBe("good");
    expect(readCrl(crl).entries.length).toBeGreaterThan(2_500_000);
    expect(process.cpuUsage(cpu).user).toBeLessThan(500_000);
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(20_000_000);
  });

  function idp(scope: string): Buffer {
    return ca.crl(issuing, { extensions: `issuingDistributionPoint=critical,@idp\n[idp]\n${scope}\n` });
  }
});

/** One bit of the signed part turned over, where no length stands. */
function changed(der: Buffer): Buffer {
  const copy = Buffer.from(der);
  const place = copy.indexOf("UBND") > 0 ? copy.indexOf("UBND") : copy.lastIndexOf("Z") - 3;
  copy[place] = (copy[place] ?? 0) ^ 1;
  return copy;
}
