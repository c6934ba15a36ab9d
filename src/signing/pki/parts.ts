import type { CertificateFacts } from "../asn1/certificate.ts";
import type { HashName } from "../keys/signing-key.ts";

/** Asks time-stamp authorities (RFC 3161) in their order. */
export interface TimeStamper {
  /**
   * A time-stamp token (DER of its ContentInfo) over `digest`, checked: status, imprint, nonce, policy, signature, chain,
   * extended key usage and clock. Throws `timestamp` when none of the authorities gave a good one.
   */
  stamp(digest: Buffer, hash: HashName): Promise<Buffer>;
}

/** What is known of the standing of certificates: their chain to a trusted root, and whether they were revoked. */
export interface CertificateStanding {
  /**
   * Before signing. Throws `certificate_dates`, `certificate_usage`, `certificate_chain`, `certificate_revoked`, and
   * `revocation` when nobody could say and the policy is `require`. A certificate that says KÝ THỬ and names no source is
   * not asked about. Answers are kept until they are no longer fresh.
   */
  check(signer: CertificateFacts, carried: readonly Buffer[], now: Date): Promise<void>;
  /** As `check`, and tells how the question of revocation ended, for the audit log. */
  report(signer: CertificateFacts, carried: readonly Buffer[], now: Date): Promise<StandingReport>;
  /**
   * Everything a verifier will need in ten years to judge some CMS signatures and time-stamp tokens (DER): the certificates
   * of all chains, their time stamps' too, and fresh OCSP answers or CRLs for each but the roots.
   * Throws `revocation` when one is not to be had, `certificate_revoked`; `certificate_chain` when one does not lead to a root
   * in `signing.trust`.
   */
  collect(cms: readonly Buffer[], now: Date): Promise<ValidationData>;
}

/** How the question of revocation ended; `unknown` only where the settings let signing go on. */
export interface StandingReport {
  readonly revocation: "good" | "unknown" | "not_asked";
  /** Hosts and what they failed with; empty when good. */
  readonly why: string;
  /**
   * DER of the certificates between the signer's and the root, however they were found: tokens often hold the signer's alone,
   * and who verifies must be able to build the chain.
   */
  readonly issuers?: readonly Buffer[];
}

/** Content of a DSS (ETSI EN 319 142-1 §5.4.2): DER, each once. */
export interface ValidationData {
  readonly certificates: readonly Buffer[];
  readonly ocsps: readonly Buffer[];
  readonly crls: readonly Buffer[];
}
