import { createHash } from "node:crypto";
import { type CertificateFacts } from "../asn1/certificate.ts";
import { partsOf, PURPOSE, readExtensions, readPool } from "./certificate-parts.ts";
import { issued } from "./chain.ts";
import {
  bitsOf,
  type Der,
  inside,
  numberOf,
  oidOf,
  readElement,
  readWhole,
  TAG,
  tagged,
  timeOf,
} from "./der-walk.ts";
import { type Answer, reasonName } from "./revocation-answer.ts";
import { hashName, keySigned } from "./signed-bytes.ts";

/** A BasicOCSPResponse taken apart (RFC 6960 §4.2.1); neither its signature nor its freshness is judged yet. */
export interface ReadOcsp {
  readonly der: Buffer;
  readonly producedAt: Date;
  readonly nonce: Buffer | undefined;
  readonly certificates: readonly CertificateFacts[];
  readonly responder: Der;
  readonly single: readonly SingleAnswer[];
  /** What is signed, by which algorithm, and the signature. */
  readonly signed: { readonly bytes: Buffer; readonly algorithm: Der; readonly signature: Buffer };
}

interface SingleAnswer {
  readonly hash: string | undefined;
  readonly nameHash: Buffer;
  readonly keyHash: Buffer;
  readonly serial: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly revoked: { readonly at: Date; readonly reason: string } | undefined;
  readonly status: "good" | "revoked" | "unknown";
}

const BASIC = "1.3.6.1.5.5.7.48.1.1";
const NONCE = "1.3.6.1.5.5.7.48.1.2";
const STATUS: Readonly<Record<number, string>> = {
  1: "malformedRequest",
  2: "internalError",
  3: "tryLater",
  5: "sigRequired",
  6: "unauthorized",
};

/** Reads an OCSPResponse as it comes over the network and lies in a DSS. Throws on damage and on a refusal, naming it. */
export function readOcsp(der: Buffer): ReadOcsp {
  const [status, bytes] = inside(readElement(der));
  const code = numberOf(status);
  if (code !== 0) throw new Error(STATUS[code] ?? `responseStatus ${code}`);
  const [type, octets] = inside(inside(bytes)[0]);
  if (oidOf(type) !== BASIC || octets?.tag !== TAG.octets) throw new Error("no basic OCSP response");
  const [data, algorithm, signature, certificates] = inside(readWhole(octets.body));
  if (data === undefined || algorithm === undefined) throw new Error("no basic OCSP response");
  const fields = inside(data);
  const rest = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  const [responder, producedAt, single] = rest;
  if (responder === undefined) throw new Error("no responder named");
  return {
    der,
    producedAt: timeOf(producedAt),
    nonce: readExtensions(tagged(rest.slice(3), 0xa1)).get(NONCE)?.value.body,
    certificates:
      certificates === undefined ? [] : readPool(inside(inside(certificates)[0]).map(({ whole }) => whole)),
    responder,
    single: inside(single).map(readSingle),
    signed: { bytes: data.whole, algorithm, signature: bitsOf(signature) },
  };
}

function readSingle(node: Der): SingleAnswer {
  const [id, status, thisUpdate, ...rest] = inside(node);
  const [algorithm, nameHash, keyHash, serial] = inside(id);
  if (nameHash === undefined || keyHash === undefined || serial === undefined) throw new Error("no certID");
  const extensions = readExtensions(tagged(rest, 0xa1));
  if ([...extensions.values()].some(({ critical }) => critical))
    throw new Error("unknown critical extension");
  const next = tagged(rest, 0xa0);
  return {
    hash: hashName(oidOf(inside(algorithm)[0])),
    nameHash: nameHash.body,
    keyHash: keyHash.body,
    serial: serial.whole,
    thisUpdate: timeOf(thisUpdate),
    nextUpdate: next === undefined ? undefined : timeOf(inside(next)[0]),
    revoked: status?.tag === 0xa1 ? revokedInfo(status) : undefined,
    status: status?.tag === 0x80 ? "good" : status?.tag === 0xa1 ? "revoked" : "unknown",
  };
}

function revokedInfo(status: Der): SingleAnswer["revoked"] {
  const [at, reason] = inside(status);
  return {
    at: timeOf(at),
    reason: reasonName(reason === undefined ? undefined : numberOf(inside(reason)[0])),
  };
}

/** What an OCSP response says of one certificate: every answer about it, with the time it is good for. */
export function ocspAnswers(
  ocsp: ReadOcsp,
  certificate: CertificateFacts,
  issuer: CertificateFacts,
): Answer[] {
  return ocsp.single
    .filter((single) => isAbout(single, certificate, issuer))
    .map(({ thisUpdate, nextUpdate, status, revoked }) => ({ thisUpdate, nextUpdate, status, revoked }));
}

function isAbout(single: SingleAnswer, certificate: CertificateFacts, issuer: CertificateFacts): boolean {
  const { hash } = single;
  if (hash === undefined || !single.serial.equals(certificate.serial)) return false;
  const digest = (bytes: Buffer) => createHash(hash).update(bytes).digest();
  return (
    digest(partsOf(certificate).issuer).equals(single.nameHash) &&
    digest(partsOf(issuer).keyBits).equals(single.keyHash)
  );
}

/**
 * The certificate whose key signed the response: the issuer itself, or a responder the same issuer gave the OCSP purpose
 * (RFC 6960 §4.2.2.2), valid when the response was produced. Undefined: a stranger signed it.
 */
export function ocspSigner(ocsp: ReadOcsp, issuer: CertificateFacts): CertificateFacts | undefined {
  const { bytes, algorithm, signature } = ocsp.signed;
  return [issuer, ...ocsp.certificates].find(
    (one) =>
      isNamed(ocsp.responder, one) &&
      mayAnswer(one, issuer, ocsp.producedAt) &&
      keySigned(one.x509.publicKey, algorithm, bytes, signature),
  );
}

function isNamed(responder: Der, one: CertificateFacts): boolean {
  const { subject, keyBits } = partsOf(one);
  const [name] = inside(responder);
  if (responder.tag === 0xa1) return name?.whole.equals(subject) === true;
  return name?.body.equals(createHash("sha1").update(keyBits).digest()) === true;
}

function mayAnswer(one: CertificateFacts, issuer: CertificateFacts, at: Date): boolean {
  if (one.fingerprint === issuer.fingerprint) return true;
  const { extendedUsage, unknownCritical } = partsOf(one);
  const purposes = extendedUsage?.purposes ?? [];
  const valid = at >= one.notBefore && at <= one.notAfter && unknownCritical.length === 0;
  return valid && one.maySign && purposes.includes(PURPOSE.ocspSigning) && issued(issuer, one);
}
