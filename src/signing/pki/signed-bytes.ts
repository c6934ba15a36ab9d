import { constants, type KeyObject, verify } from "node:crypto";
import { type Der, inside, numberOf, oidOf, tagged } from "./der-walk.ts";

interface Algorithm {
  readonly kind: "pkcs1" | "ecdsa" | "pss";
  readonly hash: string;
}

const HASHES: Readonly<Record<string, string>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.4": "sha224",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};
const PSS = "1.2.840.113549.1.1.10";
const SIGNATURES: Readonly<Record<string, Algorithm>> = {
  "1.2.840.113549.1.1.5": { kind: "pkcs1", hash: "sha1" },
  "1.2.840.113549.1.1.14": { kind: "pkcs1", hash: "sha224" },
  "1.2.840.113549.1.1.11": { kind: "pkcs1", hash: "sha256" },
  "1.2.840.113549.1.1.12": { kind: "pkcs1", hash: "sha384" },
  "1.2.840.113549.1.1.13": { kind: "pkcs1", hash: "sha512" },
  "1.2.840.10045.4.1": { kind: "ecdsa", hash: "sha1" },
  "1.2.840.10045.4.3.1": { kind: "ecdsa", hash: "sha224" },
  "1.2.840.10045.4.3.2": { kind: "ecdsa", hash: "sha256" },
  "1.2.840.10045.4.3.3": { kind: "ecdsa", hash: "sha384" },
  "1.2.840.10045.4.3.4": { kind: "ecdsa", hash: "sha512" },
};
/** SHA-1 in a certificate made since then could be a forged collision; older ones were made before collisions could be. */
export const SHA1_ENDS = new Date("2017-01-01T00:00:00Z");
export const SHA1_SIGNATURES = ["1.2.840.113549.1.1.5", "1.2.840.10045.4.1"];

/** Node's name of a digest, e.g. `sha256`; undefined for one we do not accept. */
export function hashName(oid: string): string | undefined {
  return HASHES[oid];
}

/** Whether `key` signed `bytes`, by the AlgorithmIdentifier of a certificate, CRL or OCSP answer. Unknown and weak: false. */
export function keySigned(key: KeyObject, algorithm: Der, bytes: Buffer, signature: Buffer): boolean {
  try {
    const [id, parameters] = inside(algorithm);
    const found = oidOf(id) === PSS ? pssOf(parameters) : SIGNATURES[oidOf(id)];
    if (found === undefined || !accepts(key, found.kind)) return false;
    if (found.kind !== "pss") return verify(found.hash, bytes, key, signature);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return verify(found.hash, bytes, { key, padding, saltLength: saltOf(parameters) }, signature);
  } catch {
    return false; // a key that cannot belong to the algorithm makes node throw
  }
}

function accepts(key: KeyObject, kind: Algorithm["kind"]): boolean {
  const type = key.asymmetricKeyType ?? "";
  return { pkcs1: ["rsa"], pss: ["rsa", "rsa-pss"], ecdsa: ["ec"] }[kind].includes(type);
}

function pssOf(parameters: Der | undefined): Algorithm | undefined {
  const field = parameters === undefined ? undefined : tagged(inside(parameters), 0xa0);
  const hash = field === undefined ? "sha1" : hashName(oidOf(inside(inside(field)[0])[0]));
  return hash === undefined ? undefined : { kind: "pss", hash };
}

function saltOf(parameters: Der | undefined): number {
  const field = parameters === undefined ? undefined : tagged(inside(parameters), 0xa2);
  return field === undefined ? 20 : numberOf(inside(field)[0]);
}
