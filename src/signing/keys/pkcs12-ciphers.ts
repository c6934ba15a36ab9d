import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import forge from "node-forge";

export type Node = forge.asn1.Asn1;

/** What the type package of node-forge leaves out: its old ciphers and the reader's options. */
interface LegacyCipher {
  update(input: forge.util.ByteStringBuffer): void;
  finish(): boolean;
  readonly output: forge.util.ByteStringBuffer;
}
interface Untyped {
  readonly pki: {
    readonly pbe: { getCipher(oid: string, parameters: Node, password: string | undefined): LegacyCipher };
  };
  readonly asn1: {
    fromDer(der: forge.util.ByteStringBuffer, options: { strict: boolean; decodeBitStrings: boolean }): Node;
  };
}
const untyped = forge as unknown as Untyped;

const PBES2 = "1.2.840.113549.1.5.13";
const PBMAC1 = "1.2.840.113549.1.5.14";
/** Purpose byte of a MAC key (RFC 7292 appendix B.3). */
const MAC_KEY = 3;

type HashName = "sha1" | "sha256" | "sha384" | "sha512";
const HASHES: Readonly<Record<string, HashName>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};
const CIPHERS: Readonly<Record<string, readonly [name: string, keyBytes: number]>> = {
  "2.16.840.1.101.3.4.1.2": ["aes-128-cbc", 16],
  "2.16.840.1.101.3.4.1.22": ["aes-192-cbc", 24],
  "2.16.840.1.101.3.4.1.42": ["aes-256-cbc", 32],
  "1.2.840.113549.3.7": ["des-ede3-cbc", 24],
};

/** The passphrase does not open the container. */
export class WrongPassphrase extends Error {
  override readonly name = "WrongPassphrase";
}

export const parse = (der: Buffer): Node =>
  untyped.asn1.fromDer(forge.util.createBuffer(der.toString("binary")), {
    strict: false,
    decodeBitStrings: false,
  });
const binary = (text: string) => Buffer.from(text, "binary");
export const derOf = (node: Node) => binary(forge.asn1.toDer(node).getBytes());

export function part(node: Node | undefined, ...path: readonly number[]): Node {
  let here = node;
  for (const index of path) here = Array.isArray(here?.value) ? here.value[index] : undefined;
  if (here === undefined) throw new Error("PKCS#12 element missing");
  return here;
}
export const parts = (node: Node): readonly Node[] => (Array.isArray(node.value) ? node.value : []);
const text = (node: Node): string => (typeof node.value === "string" ? node.value : "");
export const oidOf = (node: Node): string => forge.asn1.derToOid(forge.util.createBuffer(text(node)));
/** Content of an OCTET STRING, also of one cut into pieces. */
export const octetsOf = (node: Node): Buffer =>
  Array.isArray(node.value) ? Buffer.concat(node.value.map(octetsOf)) : binary(node.value);
const numberOf = (node: Node): number => forge.asn1.derToInteger(forge.util.createBuffer(text(node)));

/**
 * Decrypts one safe or key: PBES2 with node:crypto, the old PKCS#12 schemes (RC2, 3DES) with node-forge.
 * Throws `WrongPassphrase`: also when the padding happens to fit, as it does for one wrong passphrase in 256; a
 * container without a MAC has nothing else to tell them by.
 */
export function decipher(scheme: Node, data: Buffer, password: string | undefined): Buffer {
  const name = oidOf(part(scheme, 0));
  const plain =
    name === PBES2
      ? decipherPbes2(part(scheme, 1), data, password ?? "")
      : decipherLegacy(name, part(scheme, 1), data, password);
  if (!isOneSequence(plain)) throw new WrongPassphrase("content");
  return plain;
}

/** SafeContents and PKCS#8 keys are one SEQUENCE each, over all of their bytes (or of indefinite length). */
function isOneSequence(der: Buffer): boolean {
  const form = der[1] ?? 0;
  if (der[0] !== 0x30 || form === 0x80) return der[0] === 0x30;
  const sizeBytes = form < 0x80 ? 0 : form & 0x7f;
  if (sizeBytes > 4 || der.length < 2 + sizeBytes) return false;
  return der.length === 2 + sizeBytes + (sizeBytes === 0 ? form : der.readUIntBE(2, sizeBytes));
}

/** Throws `WrongPassphrase` unless the container's MAC fits; this also catches damage of its content. */
export function checkMac(mac: Node, content: Buffer, password: string | undefined): void {
  const name = oidOf(part(mac, 0, 0, 0));
  if (name === PBMAC1)
    throw new Error("PBMAC1 is not supported; export the key with a PKCS#12 MAC (SHA-256)");
  const hash = HASHES[name];
  if (hash === undefined) throw new Error(`MAC algorithm ${name}`);
  const digest = forge.md[hash].create() as forge.md.MessageDigest & { digestLength: number };
  const rounds = parts(mac)[2];
  const key = forge.pkcs12.generateKey(
    password,
    forge.util.createBuffer(text(part(mac, 1))),
    MAC_KEY,
    rounds === undefined ? 1 : numberOf(rounds),
    digest.digestLength,
    digest,
  );
  const made = createHmac(hash, binary(key.getBytes())).update(content).digest();
  const wanted = octetsOf(part(mac, 0, 1));
  if (made.length !== wanted.length || !timingSafeEqual(made, wanted)) throw new WrongPassphrase("MAC");
}

function decipherPbes2(parameters: Node, data: Buffer, password: string): Buffer {
  const kdf = part(parameters, 0, 1);
  const prf = parts(kdf).find((node) => node.type === forge.asn1.Type.SEQUENCE);
  const hash = prf === undefined ? "sha1" : HASHES[oidOf(part(prf, 0))];
  const cipher = CIPHERS[oidOf(part(parameters, 1, 0))];
  if (hash === undefined || cipher === undefined) throw new Error("PBES2 algorithm");
  const rounds = numberOf(part(kdf, 1));
  const key = pbkdf2Sync(Buffer.from(password, "utf8"), octetsOf(part(kdf, 0)), rounds, cipher[1], hash);
  const open = createDecipheriv(cipher[0], key, octetsOf(part(parameters, 1, 1)));
  try {
    return Buffer.concat([open.update(data), open.final()]);
  } catch (error) {
    throw new WrongPassphrase("padding", { cause: error });
  }
}

function decipherLegacy(oid: string, parameters: Node, data: Buffer, password: string | undefined): Buffer {
  const cipher = untyped.pki.pbe.getCipher(oid, parameters, password);
  cipher.update(forge.util.createBuffer(data.toString("binary")));
  if (!cipher.finish()) throw new WrongPassphrase("padding");
  return binary(cipher.output.getBytes());
}
