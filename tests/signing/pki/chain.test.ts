import { expect, it } from "vitest";
import { readCertificate } from "../../../src/signing/asn1/certificate.ts";
import { buildChain } from "../../../src/signing/pki/chain.ts";
import { CA, type Holder, openSmallCa, SIGNER } from "./small-ca.ts";

const ca = openSmallCa();
/** A minute ahead: what is issued below must be valid by then. */
const now = new Date(Date.now() + 60_000);
const root = ca.issue("root", { extensions: CA });
const stranger = ca.issue("stranger", { extensions: CA });
const issuing = ca.issue("issuing", { extensions: CA.replace("CA:true", "CA:true,pathlen:0"), issuer: root });
const leaf = ca.issue("Nguyễn Văn Thử", { extensions: SIGNER, issuer: issuing });

function judge(one: Holder, pool: readonly Holder[], trusted: readonly Holder[] = [root], at = now) {
  const judged = buildChain(
    one.facts,
    pool.map(({ der }) => der),
    trusted.map(({ x509 }) => x509),
    at,
  );
  return {
    names: judged.chain.map(({ commonName }) => commonName),
    codes: judged.doubts.map(({ code }) => code),
  };
}

it("finds the path through whatever was carried, in any order, damaged ones among them", () => {
  const pool = [Buffer.from("no certificate"), stranger.der, root.der, issuing.der, leaf.der];
  const { chain, trusted, doubts } = buildChain(leaf.facts, pool, [root.x509], now);
  expect(chain.map(({ commonName }) => commonName)).toEqual(["Nguyễn Văn Thử", "issuing", "root"]);
  expect({ trusted, doubts }).toEqual({ trusted: true, doubts: [] });
});

it("ends at a trusted intermediate and at a trusted certificate itself", () => {
  expect(judge(leaf, [], [issuing])).toEqual({ names: ["Nguyễn Văn Thử", "issuing"], codes: [] });
  expect(judge(leaf, [], [leaf])).toEqual({ names: ["Nguyễn Văn Thử"], codes: [] });
});

it("tells an unknown root, and shows how far it came", () => {
  expect(judge(leaf, [issuing, root], [stranger])).toEqual({
    names: ["Nguyễn Văn Thử", "issuing", "root"],
    codes: ["unknown_root"],
  });
  expect(judge(leaf, [], [root]).codes).toEqual(["unknown_root"]);
});

it("does not take a namesake of the issuer for the issuer", () => {
  const double = ca.issue("double", {
    extensions: CA,
    subject: "/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=issuing",
    issuer: root,
  });
  expect(judge(leaf, [double]).codes).toEqual(["unknown_root"]);
  expect(judge(leaf, [double, issuing]).codes).toEqual([]);
});

it("doubts an issuer whose key is too short, but for the one that is trusted", () => {
  const short = ca.issue("short", { extensions: CA, issuer: root, rsa: 1024 });
  const below = ca.issue("below", { extensions: SIGNER, issuer: short });
  expect(judge(below, [short]).codes).toEqual(["weak_issuer_key"]);
  expect(judge(below, [], [short]).codes).toEqual([]);
});

it("judges dates at the moment asked about", () => {
  const year = 365 * 86_400_000;
  expect(judge(leaf, [issuing], [root], new Date(now.getTime() + 5 * year)).codes).toEqual(["expired"]);
  expect(judge(leaf, [issuing], [root], new Date(now.getTime() - year)).codes).toEqual(["not_yet_valid"]);
});

it("refuses a signer's certificate as issuer", () => {
  const forged = ca.issue("forged", { extensions: SIGNER, issuer: leaf });
  expect(judge(forged, [leaf, issuing]).codes).toEqual(expect.arrayContaining(["not_a_ca", "key_usage"]));
});

it("refuses a CA below one whose path length forbids it", () => {
  const below = ca.issue("below", { extensions: CA, issuer: issuing });
  const end = ca.issue("end", { extensions: SIGNER, issuer: below });
  expect(judge(end, [below, issuing]).codes).toEqual(["path_length"]);
});

it("refuses an issuer that may not sign certificates", () => {
  const mute = ca.issue("mute", { extensions: CA.replace("keyCertSign,", ""), issuer: root });
  const end = ca.issue("end of mute", { extensions: SIGNER, issuer: mute });
  expect(judge(end, [mute]).codes).toEqual(["key_usage"]);
});

it("refuses critical extensions it does not understand, and lets others pass", () => {
  const strange = ca.issue("strange", {
    extensions: `${SIGNER}1.2.3.4=critical,ASN1:NULL\n`,
    issuer: issuing,
  });
  const harmless = ca.issue("harmless", { extensions: `${SIGNER}1.2.3.4=ASN1:NULL\n`, issuer: issuing });
  expect(judge(strange, [issuing]).codes).toEqual(["critical_extension"]);
  expect(judge(harmless, [issuing]).codes).toEqual([]);
});

it("refuses what OpenSSL still reads but the standard forbids: an extension that comes twice", () => {
  const twice = ca.issue("twice", { extensions: SIGNER, issuer: issuing });
  const nonsense = Buffer.from(twice.der);
  // keyUsage (2.5.29.15) becomes a second basicConstraints.
  nonsense[nonsense.indexOf(Buffer.from("0603551d0f", "hex")) + 4] = 0x13;
  const facts = readCertificate(nonsense);
  expect(buildChain(facts, [issuing.der], [root.x509], now).doubts.map(({ code }) => code)).toEqual([
    "unknown_root",
    "critical_extension",
  ]);
});

it("takes the good one of two cross-signed certificates of one CA", () => {
  const key = ca.path("issuing.key");
  const subject = "/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=issuing";
  const other = ca.issue("issuing by stranger", { extensions: CA, subject, issuer: stranger, key });
  const expired = ca.issue("issuing expired", { extensions: CA, subject, issuer: root, key, days: -1 });
  expect(judge(leaf, [other, expired, issuing]).codes).toEqual([]);
  expect(judge(leaf, [other, expired]).codes).toEqual(["expired"]);
});

it("does not walk in circles", () => {
  const one = ca.issue("one", { extensions: CA });
  const two = ca.issue("two", { extensions: CA, issuer: one });
  const back = ca.issue("one again", {
    extensions: CA,
    subject: "/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=one",
    issuer: two,
    key: one.key,
  });
  const end = ca.issue("end of circle", { extensions: SIGNER, issuer: one });
  expect(judge(end, [back, two]).codes).toEqual(["unknown_root"]);
});

it("refuses SHA-1 under certificates of today", () => {
  const weak = ca.issue("weak", { extensions: SIGNER, issuer: issuing, digest: "sha1" });
  expect(judge(weak, [issuing]).codes).toEqual(["weak_signature"]);
});

it("stays quick on a crafted crowd of namesakes", () => {
  const subject = "/CN=crowd";
  const crowd = Array.from({ length: 6 }, (_, n) => ca.issue(`crowd ${n}`, { extensions: CA, subject }));
  const mesh = crowd.flatMap((issuer, n) =>
    crowd
      .slice(0, n)
      .map((by, m) => ca.issue(`mesh ${n} ${m}`, { extensions: CA, subject, issuer: by, key: issuer.key })),
  );
  const end = ca.issue("end of crowd", { extensions: SIGNER, issuer: crowd.at(-1) ?? root });
  const start = performance.now();
  expect(judge(end, [...crowd, ...mesh]).codes).toEqual(["unknown_root"]);
  expect(performance.now() - start).toBeLessThan(500);
});
