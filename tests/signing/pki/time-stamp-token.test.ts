import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { judgeTimeStamp, type TimeStampQuestion } from "../../../src/signing/pki/time-stamp-token.ts";
import { CA, type Holder, openSmallCa, openssl, SIGNER, STAMPS, type StampWish } from "./small-ca.ts";

const ca = openSmallCa();
const HOUR = 3_600_000;
const bytes = Buffer.from("giá trị chữ ký");
const digest = (hash: string) => createHash(hash).update(bytes).digest();
const root = ca.issue("root", { extensions: CA });
const stranger = ca.issue("stranger", { extensions: CA });
const issuing = ca.issue("issuing", { extensions: CA, issuer: root });
const tsa = ca.issue("Dấu thời gian", { extensions: STAMPS, issuer: issuing });

function stamp(by: Holder = tsa, hash = "sha256", wish: StampWish = {}): Buffer {
  return ca.stamp(ca.query(digest(hash), hash), by, { chain: [issuing], token: true, ...wish });
}

function judge(token: Buffer, given: Partial<TimeStampQuestion> = {}) {
  const at = new Date(Date.now() + 60_000);
  return judgeTimeStamp({ token, digest, trusted: [root.x509], pool: [], at, ...given });
}

it.each(["sha256", "sha384", "sha512"])("accepts what openssl made and accepts, over %s", async (hash) => {
  const token = stamp(tsa, hash);
  const judged = await judge(token);
  expect(judged).toMatchObject({
    state: "good",
    reasons: [],
    info: { policy: "1.2.3.4.1", hash, accuracy: 1500 },
  });
  expect(Math.abs((judged.info?.at.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(judged.chain?.chain.map(({ commonName }) => commonName)).toEqual([
    "Dấu thời gian",
    "issuing",
    "root",
  ]);
  writeFileSync(ca.path("token.der"), token);
  writeFileSync(ca.path("data.bin"), bytes);
  const files = ["-in", ca.path("token.der"), "-token_in", "-data", ca.path("data.bin"), "-CAfile", root.pem];
  expect(openssl("ts", "-verify", ...files, "-untrusted", issuing.pem)).toContain("OK");
});

it("takes missing issuers from the pool, and allows zero padding", async () => {
  const bare = stamp(tsa, "sha256", { chain: [] });
  expect((await judge(bare)).reasons).toEqual([expect.stringContaining("unknown root")]);
  const padded = Buffer.concat([bare, Buffer.alloc(100)]);
  expect((await judge(padded, { pool: [issuing.der] })).state).toBe("good");
});

it("refuses a stamp over other bytes", async () => {
  const other = () => Buffer.alloc(32);
  expect(await judge(stamp(), { digest: other })).toMatchObject({
    state: "invalid",
    reasons: [expect.stringContaining("imprint mismatch")],
  });
});

it("refuses changed bytes: of the time stated, of the signature", async () => {
  const token = stamp();
  const time = token.indexOf(Buffer.from("180f32", "hex"));
  const early = Buffer.from(token);
  early.write("1", time + 5, "latin1"); // twenty-first century becomes the 2100s
  expect(await judge(early)).toMatchObject({
    state: "invalid",
    reasons: [expect.stringContaining("digest mismatch")],
  });
  const forged = Buffer.from(token);
  forged[forged.length - 5] = (forged.at(-5) ?? 0) ^ 1;
  expect((await judge(forged)).state).toBe("invalid");
  expect((await judge(token.subarray(0, 500))).state).toBe("invalid");
  expect((await judge(Buffer.from("<html>"))).reasons).toEqual([expect.stringContaining("damaged")]);
});

it("tells an unknown root from a bad stamp", async () => {
  expect(await judge(stamp(), { trusted: [stranger.x509] })).toMatchObject({
    state: "unknown",
    reasons: [expect.stringContaining("unknown root")],
  });
});

it("judges the authority's certificate at the time it states", async () => {
  const late = ca.issue("late", { extensions: STAMPS, issuer: issuing, days: -1 });
  expect((await judge(stamp(late))).reasons).toEqual([expect.stringContaining("expired")]);
  const years = new Date(Date.now() + 10 * 365 * 24 * HOUR);
  expect((await judge(stamp(), { at: years })).state).toBe("good");
});

it("wants the purpose critical and alone; openssl makes no such stamps, so the certificate is put in its place", async () => {
  const key = tsa.key;
  const subject = "/C=VN/O=Ủy ban nhân dân xã Thí Điểm/CN=Dấu thời gian";
  const purposes = [
    SIGNER,
    STAMPS.replace("critical,timeS", "timeS"),
    STAMPS.replace("Stamping", "Stamping,emailProtection"),
  ];
  for (const [n, extensions] of purposes.entries()) {
    const wrong = ca.issue(`wrong ${n}`, { extensions, issuer: issuing, key, subject });
    expect((await judge(ca.cmsStamp(digest("sha256"), wrong))).reasons).toEqual([
      expect.stringContaining("not a time-stamping certificate"),
    ]);
  }
  expect((await judge(ca.cmsStamp(digest("sha256"), tsa), { pool: [issuing.der] })).state).toBe("good");
});

it("weighs the authority's revocation: harmless later, fatal when its key was stolen", async () => {
  const token = stamp();
  const revoked = (reason: string, at: Date) => ({
    ocsps: [ca.ocsp(tsa, issuing, issuing, { revoked: { at, reason } })],
  });
  const soon = new Date(Date.now() + 10_000);
  expect((await judge(token, { ocsps: [ca.ocsp(tsa, issuing, issuing)] })).revocation?.state).toBe("good");
  expect((await judge(token, revoked("superseded", soon))).state).toBe("good");
  expect((await judge(token, revoked("keyCompromise", soon))).state).toBe("invalid");
  expect((await judge(token, revoked("superseded", new Date(Date.now() - HOUR)))).state).toBe("invalid");
});
