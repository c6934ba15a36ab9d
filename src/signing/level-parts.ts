import { createHash } from "node:crypto";
import type { SigningSettings } from "../domain/settings.ts";
import type { ProofRequest } from "./append/append-signature.ts";
import type { CertificateStanding, TimeStamper } from "./pki/parts.ts";

/** Whom the levels above B-B ask. */
export interface LevelParts {
  readonly standing: CertificateStanding;
  readonly stamper: TimeStamper;
  readonly settings: Pick<SigningSettings, "digest" | "level">;
}

/** Level B-T and above: a time stamp over the value of the signature. */
export function signatureStamp({ stamper, settings }: LevelParts) {
  const { digest, level } = settings;
  if (level === "B-B") return undefined;
  return (signature: Buffer) => stamper.stamp(createHash(digest).update(signature).digest(), digest);
}

/** B-LT: what validation will need. B-LTA: a time stamp over all of it. */
export function proofs({ settings, standing, stamper }: LevelParts, at: Date): ProofRequest {
  const { digest, level } = settings;
  const long = level === "B-LT" || level === "B-LTA";
  return {
    hash: digest,
    validation: long ? (cms) => standing.collect(cms, at) : undefined,
    archive: level === "B-LTA" ? (imprint) => stamper.stamp(imprint, digest) : undefined,
  };
}
