import { createHash, randomBytes } from "node:crypto";
import { algorithm, context, octets, oid, sequence, tlv } from "../asn1/der.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { partsOf } from "./certificate-parts.ts";

const SHA1 = "1.3.14.3.2.26";
const NONCE = "1.3.6.1.5.5.7.48.1.2";

/** An OCSP question and the nonce its answer should repeat (RFC 6960 §4.1, RFC 8954). */
export interface OcspRequest {
  readonly der: Buffer;
  /** DER of the OCTET STRING inside the extension, as answers hold it. */
  readonly nonce: Buffer;
}

/** Asks about one certificate. SHA-1 only names it here, proves nothing, and is what every responder understands. */
export function ocspRequest(certificate: CertificateFacts, issuer: CertificateFacts): OcspRequest {
  const digest = (bytes: Buffer) => octets(createHash("sha1").update(bytes).digest());
  const names = [digest(partsOf(certificate).issuer), digest(partsOf(issuer).keyBits)];
  const id = sequence(algorithm(SHA1, tlv(0x05)), ...names, certificate.serial);
  const nonce = octets(randomBytes(16));
  const extensions = context(2, sequence(sequence(oid(NONCE), octets(nonce))));
  return { der: sequence(sequence(sequence(sequence(id)), extensions)), nonce };
}
