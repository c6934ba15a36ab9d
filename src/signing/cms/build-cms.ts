import { createHash } from "node:crypto";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { context, integer, octets, OID, oid, ordered, sequence, setOf } from "../asn1/der.ts";
import { schemeFor } from "../keys/key-kind.ts";
import type { HashName, SigningKey } from "../keys/signing-key.ts";
import { digestAlgorithm, signatureAlgorithm } from "./algorithms.ts";

export interface CmsRequest {
  /** Of the signed byte ranges, by `hash`. */
  readonly digest: Buffer;
  readonly key: SigningKey;
  /** Of the message, of the signature and of the certificate in signing-certificate-v2. */
  readonly hash: HashName;
  /** Of RSA keys; one certified for PSS alone signs PSS whatever is said here. */
  readonly padding: "pkcs1" | "pss";
  /** Level B-T: gives the time-stamp token (DER of its ContentInfo) over the signature value. */
  readonly stamp?: ((signature: Buffer) => Promise<Buffer>) | undefined;
}

/**
 * CMS SignedData for `ETSI.CAdES.detached`, level B-B or, with `stamp`, B-T (ETSI EN 319 142-1): content-type,
 * message-digest and signing-certificate-v2 are signed; no signing-time, for PAdES the time is /M.
 * Throws `certificate_usage`, what the key throws and what `stamp` throws.
 */
export async function buildCms({ digest, key, hash, padding, stamp }: CmsRequest): Promise<Buffer> {
  const { certificate: signer, chain } = key;
  const scheme = schemeFor(signer, { padding, hash });
  const attributes = [
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.messageDigest, octets(digest)),
    attribute(OID.signingCertificateV2, signingCertificate(signer, hash)),
  ];
  // RFC 5652 §5.4: signed as SET, stored as [0].
  const value = await key.sign(setOf(...attributes), scheme);
  const token = await stamp?.(value);
  const signerInfo = sequence(
    integer(1),
    sequence(signer.issuer, signer.serial),
    digestAlgorithm(hash),
    context(0, ...ordered(...attributes)),
    signatureAlgorithm(scheme),
    octets(value),
    ...(token === undefined ? [] : [context(1, attribute(OID.timeStampToken, token))]),
  );
  // Version 1 (RFC 5652 §5.1): the content is id-data, the signer is named by issuer and serial number.
  const signedData = sequence(
    integer(1),
    setOf(digestAlgorithm(hash)),
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
function signingCertificate(signer: CertificateFacts, hash: HashName): Buffer {
  const named = hash === "sha256" ? [] : [digestAlgorithm(hash)];
  const digest = octets(createHash(hash).update(signer.der).digest());
  const issuerSerial = sequence(sequence(context(4, signer.issuer)), signer.serial);
  return sequence(sequence(sequence(...named, digest, issuerSerial)));
}
