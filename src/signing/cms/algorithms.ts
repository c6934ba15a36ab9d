import { algorithm, context, integer, nul, octets, OID, sequence } from "../asn1/der.ts";
import type { HashName, SignatureScheme } from "../keys/signing-key.ts";

/** Length of a digest in bytes; PSS salts are as long. */
export const DIGEST_BYTES: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** RFC 5754 §2. */
const HASH: Readonly<Record<HashName, string>> = {
  sha256: OID.sha256,
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};
/** RFC 5754 §3.2. */
const RSA: Readonly<Record<HashName, string>> = {
  sha256: OID.rsaSha256,
  sha384: "1.2.840.113549.1.1.12",
  sha512: "1.2.840.113549.1.1.13",
};
/** RFC 5754 §3.3. */
const ECDSA: Readonly<Record<HashName, string>> = {
  sha256: OID.ecdsaSha256,
  sha384: "1.2.840.10045.4.3.3",
  sha512: "1.2.840.10045.4.3.4",
};
const MGF1 = "1.2.840.113549.1.1.8";

/** Dotted identifier of a hash. */
export const hashOid = (hash: HashName): string => HASH[hash];
/** Dotted identifier of a signature with its hash; PSS has one for all hashes. */
export const signatureOid = ({ kind, hash }: SignatureScheme): string =>
  kind === "pss" ? OID.rsaPss : kind === "ecdsa" ? ECDSA[hash] : RSA[hash];

/** AlgorithmIdentifier of a digest; RFC 5754 §2 wants its parameters absent. */
export const digestAlgorithm = (hash: HashName): Buffer => algorithm(HASH[hash]);

/** AlgorithmIdentifier of a signature: NULL for RSA (RFC 3370 §3.2), nothing for ECDSA (RFC 5758 §3.2). */
export function signatureAlgorithm(scheme: SignatureScheme): Buffer {
  if (scheme.kind === "ecdsa") return algorithm(signatureOid(scheme));
  return algorithm(signatureOid(scheme), scheme.kind === "pss" ? pssParameters(scheme.hash) : nul());
}

/** RSASSA-PSS-params with everything said (RFC 4055 §3.1): hash, MGF1 over the same hash, salt as long as the hash. */
export function pssParameters(hash: HashName): Buffer {
  const hashed = algorithm(HASH[hash], nul());
  return sequence(
    context(0, hashed),
    context(1, algorithm(MGF1, hashed)),
    context(2, integer(DIGEST_BYTES[hash])),
  );
}

/** DigestInfo (RFC 8017 §9.2), for tokens that only pad and encrypt. */
export function digestInfo(digest: Buffer, hash: HashName): Buffer {
  return sequence(algorithm(HASH[hash], nul()), octets(digest));
}
