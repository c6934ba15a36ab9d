import { createHash, createHmac, generateKeyPair, type KeyObject, randomBytes, sign } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import forge from "node-forge";
import {
  algorithm,
  bits,
  context,
  integer,
  nul,
  octets,
  OID,
  oid,
  pem,
  sequence,
  setOf,
  time,
  tlv,
  utf8,
  yes,
} from "./asn1/der.ts";

export interface TestKeyRequest {
  readonly folder: string;
  readonly passphrase: string;
  readonly now: Date;
  readonly kind: "rsa" | "ec";
}

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const DAY = 86_400_000;
const YEAR = 365 * DAY;
const BAG = { shroudedKey: "1.2.840.113549.1.12.10.1.2", certificate: "1.2.840.113549.1.12.10.1.3" };
const X509 = "1.2.840.113549.1.9.22.1";
const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
const MAC_ROUNDS = 2048;
const makePair = promisify(generateKeyPair);

/**
 * Makes a throw-away key whose subject says KÝ THỬ: `test-key.p12` (readable by its owner only) and the root to
 * trust, `test-root.pem`, valid from a day before `now` for a year. The root's own key is forgotten at once.
 */
export async function makeTestKey(request: TestKeyRequest): Promise<{ key: string; root: string }> {
  const { folder, passphrase, now, kind } = request;
  const rootPair: Pair = await makePair("ec", { namedCurve: "P-256" });
  const pair: Pair =
    kind === "ec"
      ? await makePair("ec", { namedCurve: "P-256" })
      : await makePair("rsa", { modulusLength: 2048 });
  const rootName = name("KÝ THỬ – Gốc số hóa");
  const leafName = name("KÝ THỬ – Nguyễn Văn Thử");
  const issuer = { name: rootName, ...rootPair };
  const root = certificate({ subject: rootName, key: rootPair.publicKey, issuer, now, extensions: ROOT_USE });
  const leaf = certificate({ subject: leafName, key: pair.publicKey, issuer, now, extensions: SIGNER_USE });
  const paths = { key: join(folder, "test-key.p12"), root: join(folder, "test-root.pem") };
  await mkdir(folder, { recursive: true });
  await writeFile(paths.key, container(pair.privateKey, [leaf, root], passphrase), { mode: 0o600 });
  await writeFile(paths.root, pem("CERTIFICATE", root));
  return paths;
}

const extension = (type: string, value: Buffer) => sequence(oid(type), yes(), octets(value));
/** CA; keyCertSign + cRLSign. */
const ROOT_USE = [
  extension(OID.basicConstraints, sequence(yes())),
  extension(OID.keyUsage, bits(Buffer.from([0x06]), 1)),
];
/** digitalSignature + nonRepudiation. */
const SIGNER_USE = [
  extension(OID.basicConstraints, sequence()),
  extension(OID.keyUsage, bits(Buffer.from([0xc0]), 6)),
];

interface CertificateRequest {
  readonly subject: Buffer;
  readonly key: KeyObject;
  readonly issuer: Pair & { readonly name: Buffer };
  readonly now: Date;
  readonly extensions: readonly Buffer[];
}

/** X.509 v3 (RFC 5280 §4.1), signed with ECDSA over SHA-256. */
function certificate({ subject, key, issuer, now, extensions }: CertificateRequest): Buffer {
  const seconds = Math.trunc(now.getTime() / 1000) * 1000;
  const body = sequence(
    context(0, integer(2)),
    integer(randomSerial()),
    algorithm(OID.ecdsaSha256),
    issuer.name,
    sequence(time(new Date(seconds - DAY)), time(new Date(seconds + YEAR))),
    subject,
    key.export({ type: "spki", format: "der" }),
    context(3, sequence(...extensions, ...keyIdentifiers(key, issuer.publicKey))),
  );
  return sequence(body, algorithm(OID.ecdsaSha256), bits(sign("sha256", body, issuer.privateKey)));
}

/** Subject and authority key identifiers (RFC 5280 §4.2.1.1-2). */
function keyIdentifiers(own: KeyObject, issuer: KeyObject): Buffer[] {
  const identify = (key: KeyObject) =>
    createHash("sha1")
      .update(key.export({ type: "spki", format: "der" }))
      .digest();
  return [
    sequence(oid(OID.subjectKeyIdentifier), octets(octets(identify(own)))),
    sequence(oid(OID.authorityKeyIdentifier), octets(sequence(tlv(0x80, identify(issuer))))),
  ];
}

function randomSerial(): Buffer {
  const serial = randomBytes(12);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** Names in UTF8String: other string types lose Vietnamese letters. */
function name(commonName: string): Buffer {
  const part = (type: string, value: Buffer) => setOf(sequence(oid(type), value));
  return sequence(
    part(OID.country, tlv(0x13, Buffer.from("VN"))),
    part(OID.organization, utf8("Cơ quan thử nghiệm số hóa")),
    part(OID.commonName, utf8(commonName)),
  );
}

/** PKCS#12 (RFC 7292): key under PBES2 AES-256 by node:crypto, certificates plain, MAC with SHA-256. */
function container(key: KeyObject, certificates: readonly Buffer[], passphrase: string): Buffer {
  const [leaf = Buffer.alloc(0)] = certificates;
  const id = sequence(oid(LOCAL_KEY_ID), setOf(octets(createHash("sha1").update(leaf).digest())));
  const shrouded = key.export({ type: "pkcs8", format: "der", cipher: "aes-256-cbc", passphrase });
  const keyBag = sequence(oid(BAG.shroudedKey), context(0, shrouded), setOf(id));
  const bags = certificates.map((der, index) => {
    const value = sequence(oid(X509), context(0, octets(der)));
    return sequence(oid(BAG.certificate), context(0, value), ...(index === 0 ? [setOf(id)] : []));
  });
  const safe = sequence(data(sequence(...bags)), data(sequence(keyBag)));
  return sequence(integer(3), data(safe), mac(safe, passphrase));
}

const data = (content: Buffer) => sequence(oid(OID.data), context(0, octets(content)));

function mac(content: Buffer, passphrase: string): Buffer {
  const salt = randomBytes(16);
  const packed = forge.util.createBuffer(salt.toString("binary"));
  const key = forge.pkcs12.generateKey(passphrase, packed, 3, MAC_ROUNDS, 32, forge.md.sha256.create());
  const digest = createHmac("sha256", Buffer.from(key.getBytes(), "binary")).update(content).digest();
  return sequence(sequence(algorithm(OID.sha256, nul()), octets(digest)), octets(salt), integer(MAC_ROUNDS));
}
