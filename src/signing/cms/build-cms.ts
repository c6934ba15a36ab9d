import { createHash } from "node:crypto";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { algorithm, context, integer, nul, octets, OID, oid, ordered, sequence, setOf } from "../asn1/der.ts";
import type { HashName, SignatureScheme, SigningKey } from "../keys/signing-key.ts";

export interface CmsRequest {
  /** Of the signed byte ranges, by `hash`. */
  readonly digest: Buffer;
  readonly key: SigningKey;
  readonly hash: HashName;
  /** Of RSA keys. */
  readonly padding: "pkcs1" | "pss";
}

/**
 * CMS SignedData for `ETSI.CAdES.detached`, level B-B (ETSI EN 319 142-1): content-type, message-digest and
 * signing-certificate-v2 are signed; no signing-time, for PAdES the time is /M.
 */
export async function buildCms({ digest, key }: CmsRequest): Promise<Buffer> {
  const { certificate: signer, chain } = key;
  const attributes = [
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.messageDigest, octets(digest)),
    attribute(OID.signingCertificateV2, signingCertificate(signer)),
  ];
  const scheme: SignatureScheme = {
    kind: signer.x509.publicKey.asymmetricKeyType === "ec" ? "ecdsa" : "pkcs1",
    hash: "sha256",
  };
  // RFC 5652 §5.4: signed as SET, stored as [0].
  const value = await key.sign(setOf(...attributes), scheme);
  const signerInfo = sequence(
    integer(1),
    sequence(signer.issuer, signer.serial),
    algorithm(OID.sha256),
    context(0, ...ordered(...attributes)),
    scheme.kind === "ecdsa" ? algorithm(OID.ecdsaSha256) : algorithm(OID.rsaSha256, nul()),
    octets(value),
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
