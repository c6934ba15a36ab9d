import { createHash, type KeyObject, sign } from "node:crypto";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { algorithm, context, integer, nul, octets, OID, oid, ordered, sequence, setOf } from "../asn1/der.ts";

export interface CmsRequest {
  /** SHA-256 of the signed byte ranges. */
  readonly digest: Buffer;
  readonly signer: CertificateFacts;
  /** DER of the other certificates to carry along. */
  readonly chain: readonly Buffer[];
  readonly privateKey: KeyObject;
}

/**
 * CMS SignedData for `ETSI.CAdES.detached`, level B-B (ETSI EN 319 142-1): content-type, message-digest and
 * signing-certificate-v2 are signed; no signing-time, for PAdES the time is /M.
 * RSA with PKCS#1 v1.5 or ECDSA, both over SHA-256.
 */
export function buildCms({ digest, signer, chain, privateKey }: CmsRequest): Buffer {
  const attributes = [
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.messageDigest, octets(digest)),
    attribute(OID.signingCertificateV2, signingCertificate(signer)),
  ];
  const signerInfo = sequence(
    integer(1),
    sequence(signer.issuer, signer.serial),
    algorithm(OID.sha256),
    context(0, ...ordered(...attributes)),
    signatureAlgorithm(privateKey),
    octets(sign("sha256", setOf(...attributes), privateKey)), // RFC 5652 §5.4: signed as SET, stored as [0]
  );
  const signedData = sequence(
    integer(1),
    setOf(algorithm(OID.sha256)),
    sequence(oid(OID.data)),
    context(0, ...ordered(signer.der, ...chain)),
    setOf(signerInfo),
  );
  return sequence(oid(OID.signedData), context(0, signedData));
}

function attribute(type: string, value: Buffer): Buffer {
  return sequence(oid(type), setOf(value));
}

/** ESSCertIDv2 with issuerSerial; SHA-256 is its default and is therefore left out (RFC 5035 §4). */
function signingCertificate(signer: CertificateFacts): Buffer {
  const hash = octets(createHash("sha256").update(signer.der).digest());
  const issuerSerial = sequence(sequence(context(4, signer.issuer)), signer.serial);
  return sequence(sequence(sequence(hash, issuerSerial)));
}

function signatureAlgorithm(key: KeyObject): Buffer {
  if (key.asymmetricKeyType === "rsa") return algorithm(OID.rsaSha256, nul());
  if (key.asymmetricKeyType === "ec") return algorithm(OID.ecdsaSha256);
  throw new Error(`key type ${key.asymmetricKeyType ?? "unknown"} cannot sign`);
}
