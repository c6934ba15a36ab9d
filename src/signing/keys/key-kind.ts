import { constants, verify, X509Certificate } from "node:crypto";
import { OperationalError } from "../../domain/errors.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { DIGEST_BYTES } from "../cms/algorithms.ts";
import type { HashName, SignatureScheme } from "./signing-key.ts";

/** Least length of RSA keys: QCVN and ETSI TS 119 312 want 2048 bits or more. */
const RSA_BITS = 2048;
/** Node's names of P-256 and P-384. */
const CURVES: readonly string[] = ["prime256v1", "secp384r1"];

export interface WantedScheme {
  /** Of RSA keys. */
  readonly padding: "pkcs1" | "pss";
  readonly hash: HashName;
}

/** Throws `certificate_usage` for a key we must not sign with: short RSA, another curve, another algorithm. */
export function refuseWeakKey({ x509 }: CertificateFacts): void {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } = x509.publicKey;
  const bits = details?.modulusLength ?? 0;
  const curve = details?.namedCurve ?? "unknown curve";
  if (type === "rsa" || type === "rsa-pss") {
    if (bits >= RSA_BITS) return;
    throw new OperationalError("certificate_usage", `RSA ${bits} bit < ${RSA_BITS}`);
  }
  if (type !== "ec") throw new OperationalError("certificate_usage", `${type}: RSA, P-256, P-384`);
  if (!CURVES.includes(curve)) throw new OperationalError("certificate_usage", `${curve}: P-256, P-384`);
}

/**
 * How a certificate's key signs under the settings. A key certified for PSS alone (RFC 4055 §1.2) signs PSS always.
 * Throws `certificate_usage` when such a certificate demands another digest.
 */
export function schemeFor({ x509 }: CertificateFacts, { padding, hash }: WantedScheme): SignatureScheme {
  const { asymmetricKeyType: type, asymmetricKeyDetails: limits } = x509.publicKey;
  if (type === "ec") return { kind: "ecdsa", hash };
  if (type !== "rsa-pss") return { kind: padding, hash };
  const allowed = limits?.hashAlgorithm ?? hash;
  const mask = limits?.mgf1HashAlgorithm ?? hash;
  if (allowed !== hash || mask !== hash || (limits?.saltLength ?? 0) > DIGEST_BYTES[hash])
    throw new OperationalError("certificate_usage", `PSS ${allowed}; signing.digest: ${hash}`);
  return { kind: "pss", hash };
}

/** Parameters of node:crypto for a scheme. */
export function paddingOf({ kind }: SignatureScheme): { padding?: number; saltLength?: number } {
  if (kind !== "pss") return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

/** Whether a signature is what the certificate's key makes of a message; never throws. */
export function signatureFits(
  { x509 }: CertificateFacts,
  message: Buffer,
  scheme: SignatureScheme,
  signature: Buffer,
): boolean {
  try {
    return verify(scheme.hash, message, { key: x509.publicKey, ...paddingOf(scheme) }, signature);
  } catch {
    return false;
  }
}

/**
 * Of the certificates that came with a key those that issued the signer's, nearest first, each once. Roots are not
 * carried along: who verifies must have them from elsewhere.
 */
export function issuersOf(signer: CertificateFacts, others: readonly Buffer[]): Buffer[] {
  const pool = others.flatMap(readable);
  const found: X509Certificate[] = [];
  for (let reach = [signer.x509]; reach.length > 0;) {
    const next = pool.filter((one) => reach.some((below) => issued(one, below)) && !holds(found, one));
    const fresh = next.filter((one, at) => !holds(next.slice(0, at), one));
    found.push(...fresh);
    reach = fresh;
  }
  return found.filter((one) => !one.checkIssued(one)).map(({ raw }) => raw);
}

const holds = (list: readonly X509Certificate[], one: X509Certificate) =>
  list.some(({ raw }) => raw.equals(one.raw));

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return !issuer.raw.equals(subject.raw) && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

/** A certificate that OpenSSL cannot read is nobody's issuer. */
function readable(der: Buffer): X509Certificate[] {
  try {
    return [new X509Certificate(der)];
  } catch {
    return [];
  }
}
