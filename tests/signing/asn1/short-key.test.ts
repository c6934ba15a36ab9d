import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { shortKey } from "../../../src/signing/asn1/short-key.ts";

const rsa = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength }).publicKey;
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve }).publicKey;

it.each([
  ["RSA 1024 bit", () => rsa(1024)],
  ["secp112r1", () => ec("secp112r1")],
  ["prime192v1", () => ec("prime192v1")],
])("%s is too short", (said, make) => {
  expect(shortKey(make())).toBe(said);
});

it.each<[string, () => ReturnType<typeof rsa>]>([
  ["RSA of 2048 bits", () => rsa(2048)],
  ["P-224", () => ec("secp224r1")],
  ["P-256", () => ec("prime256v1")],
  ["P-521", () => ec("secp521r1")],
  ["Ed25519", () => generateKeyPairSync("ed25519").publicKey],
])("%s is long enough", (_what, make) => {
  expect(shortKey(make())).toBeUndefined();
});
