import type { CertificateFacts } from "../asn1/certificate.ts";

/** A private key and its certificate, wherever it is kept: in a file, in a token, at a signing service. */
export interface SigningKey {
  readonly certificate: CertificateFacts;
  /** DER of the other certificates that came with it, issuers in any order; never a root. */
  readonly chain: readonly Buffer[];
  /**
   * The signature over `message` (the DER of the signed attributes), hashed by the scheme: an RSA block, or for ECDSA the
   * DER of Ecdsa-Sig-Value (RFC 3279 §2.2.3). A token is one serial lane: calls wait for one another.
   * Throws `token_missing`, `wrong_pin`, `pin_locked`, `signing_service`, `signing_service_login`.
   */
  sign(message: Buffer, scheme: SignatureScheme): Promise<Buffer>;
  close(): Promise<void>;
}

/** Passphrase of a file, PIN of a token or access token of a service; asked for once. Undefined: nobody gave one. */
export type SecretSource = () => Promise<string | undefined>;

export type HashName = "sha256" | "sha384" | "sha512";

export interface SignatureScheme {
  readonly kind: "pkcs1" | "pss" | "ecdsa";
  readonly hash: HashName;
}
