import { rm } from "node:fs/promises";
import type { SignatureInfo } from "../domain/document.ts";
import { isOperational, OperationalError } from "../domain/errors.ts";
import { appendProof } from "./append/append-signature.ts";
import { type LevelParts, proofs } from "./level-parts.ts";
import { NOT_SIGNED_FOR } from "./verify/later-revisions.ts";
import { ODD } from "./verify/unlisted-bytes.ts";
import { createVerifier } from "./verify/verify.ts";

/** Gives files signed earlier what a higher level wants, by appending: no key is needed, no signature is touched. */
export interface Upgrader {
  /**
   * Undefined when nothing is lacking, and then `output` is not written. Throws `not_signed`, `signature_broken`,
   * `timestamp`, `revocation` and what appending throws.
   */
  upgrade(input: string, output: string, at: Date): Promise<readonly SignatureInfo[] | undefined>;
}

export interface UpgraderParts extends LevelParts {
  readonly trust: readonly string[];
}

const UNSETTLED = [...NOT_SIGNED_FOR, ODD];

export function createUpgrader(parts: UpgraderParts): Upgrader {
  const { settings, stamper, trust } = parts;
  const { digest, level } = settings;
  const judge = async (path: string, at: Date): Promise<readonly SignatureInfo[]> => {
    const { signatures } = await createVerifier({ trust, now: () => at }).verify(path);
    if (signatures.length === 0) throw new OperationalError("not_signed");
    const broken = signatures.find(({ verdict }) => verdict === "invalid");
    if (broken !== undefined) throw new OperationalError("signature_broken", broken.reasons.join("; "));
    // A proof of time behind changes that nobody signed for would make them look as if somebody had.
    const open = signatures.flatMap(({ reasons }) => reasons).find((one) => UNSETTLED.includes(one));
    if (open !== undefined) throw new OperationalError("signature_broken", open);
    return signatures;
  };
  return {
    async upgrade(input, output, at) {
      const before = await judge(input, at);
      const unproven = before.some(({ provenAt }) => provenAt === undefined);
      if (level === "B-T" && !unproven) return undefined;
      if (level === "B-LT" && before.every(isLongTerm)) return undefined;
      try {
        await appendProof(input, output, {
          ...proofs(parts, at),
          // Also before an archive stamp, which would do: only then is the authority's own standing among the data.
          stamp: unproven ? (imprint) => stamper.stamp(imprint, digest) : undefined,
        });
        return await judge(output, at);
      } catch (error) {
        await rm(output, { force: true });
        throw ofThisFile(error);
      }
    },
  };
}

/** Time stamps of the document carry no level of their own. */
function isLongTerm({ level, subFilter }: SignatureInfo): boolean {
  return subFilter === "ETSI.RFC3161" || level === "B-LT" || level === "B-LTA";
}

/** What stops a batch when it is the certificate we sign with is a fault of one file when somebody else signed with it. */
function ofThisFile(error: unknown): unknown {
  if (!isOperational(error)) return error;
  const { code, detail } = error;
  if (code === "certificate_chain") return new OperationalError("unknown_signer", detail, { cause: error });
  return code === "certificate_revoked"
    ? new OperationalError("signature_broken", `${code}: ${detail}`, { cause: error })
    : error;
}
