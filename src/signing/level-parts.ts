import { createHash } from "node:crypto";
import { ERRORS, isOperational, OperationalError } from "../domain/errors.ts";
import type { SigningSettings } from "../domain/settings.ts";
import type { ProofRequest } from "./append/append-signature.ts";
import type { CertificateStanding, TimeStamper, ValidationData } from "./pki/parts.ts";

/** Whom the levels above B-B ask. */
export interface LevelParts {
  readonly standing: CertificateStanding;
  readonly stamper: TimeStamper;
  readonly settings: Pick<SigningSettings, "digest" | "level">;
}

const NOTHING: ValidationData = { certificates: [], ocsps: [], crls: [] };

/** Level B-T and above: a time stamp over the value of the signature. */
export function signatureStamp({ stamper, settings }: LevelParts) {
  const { digest, level } = settings;
  if (level === "B-B") return undefined;
  return (signature: Buffer) => stamper.stamp(createHash(digest).update(signature).digest(), digest);
}

/** B-LT: what validation will need, of our own signature without fail. B-LTA: a time stamp over all of it. */
export function proofs(parts: LevelParts, at: Date): ProofRequest {
  const { settings, standing } = parts;
  const { digest, level } = settings;
  const own: Collect = (cms) => standing.collect(cms, at);
  const others = ifPossible(own);
  let asked = 0;
  return {
    hash: digest,
    ...((level === "B-LT" || level === "B-LTA") && {
      validation: (cms: readonly Buffer[]) => (asked++ === 0 ? own(cms) : others(cms)),
    }),
    ...(level === "B-LTA" && { archive: archiveStamp(parts) }),
  };
}

export function archiveStamp({ stamper, settings }: LevelParts) {
  return (digest: Buffer) => stamper.stamp(digest, settings.digest);
}

type Collect = (cms: readonly Buffer[]) => Promise<ValidationData>;

/** Whether a stranger's certificate can still be proven good is not for us to decide: then the DSS says nothing of it. */
function ifPossible(collect: Collect): Collect {
  return (cms) =>
    collect(cms).catch((error: unknown) => {
      if (isOperational(error)) return NOTHING;
      throw error;
    });
}

/** The same for a file's signatures of which none is ours; `check` throws why when nothing could be had for any of them. */
export function collectSome(standing: CertificateStanding, at: Date) {
  let any = false;
  let failure: OperationalError | undefined;
  return {
    async collect(cms: readonly Buffer[]): Promise<ValidationData> {
      try {
        const data = await standing.collect(cms, at);
        any = true;
        return data;
      } catch (error) {
        if (!isOperational(error)) throw error;
        failure ??= error;
        return NOTHING;
      }
    },
    check(): void {
      if (any || failure === undefined) return;
      // Somebody else's certificate stops no batch.
      if (ERRORS[failure.code].scope === "document") throw failure;
      throw new OperationalError("signature_broken", failure.code, { cause: failure });
    },
  };
}
