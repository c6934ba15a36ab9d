import { rm } from "node:fs/promises";
import type { SignatureInfo } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import { appendProof } from "./append/append-signature.ts";
import { archiveStamp, collectSome, type LevelParts } from "./level-parts.ts";
import { createVerifier } from "./verify/verify.ts";

/** Gives files signed earlier what a higher level wants, by appending: no key is needed, no signature is touched. */
export interface Upgrader {
  /**
   * Undefined when nothing is lacking, and then `output` is not written. Throws `not_signed`, `signature_broken`,
   * `timestamp`, `revocation`, `certificate_revoked` and what appending throws.
   */
  upgrade(input: string, output: string, at: Date): Promise<readonly SignatureInfo[] | undefined>;
}

export interface UpgraderParts extends LevelParts {
  readonly trust: readonly string[];
}

export function createUpgrader(parts: UpgraderParts): Upgrader {
  const { settings, standing, trust } = parts;
  const { digest: hash, level } = settings;
  const judge = (path: string, at: Date) => createVerifier({ trust, now: () => at }).verify(path);

  /** Raises the level in as many passes over the file as it takes; a time stamp comes before what it makes provable. */
  async function append(input: string, output: string, at: Date, unproven: boolean): Promise<void> {
    const archive = archiveStamp(parts);
    if (level === "B-T") return appendProof(input, output, { hash, archive });
    const { collect: validation, check } = collectSome(standing, at);
    if (level === "B-LTA") await appendProof(input, output, { hash, validation, archive });
    else if (!unproven) await appendProof(input, output, { hash, validation });
    else {
      const stamped = `${output}.stamped`;
      try {
        await appendProof(input, stamped, { hash, archive });
        await appendProof(stamped, output, { hash, validation });
      } finally {
        await rm(stamped, { force: true });
      }
    }
    check();
  }

  return {
    async upgrade(input, output, at) {
      const before = await judge(input, at);
      refuse(before.signatures, before.verdict);
      const unproven = before.signatures.some((one) => one.provenAt === undefined);
      if (level === "B-T" && !unproven) return undefined;
      if (level === "B-LT" && before.signatures.every(isLongTerm)) return undefined;
      try {
        await append(input, output, at, unproven);
        const after = await judge(output, at);
        refuse(after.signatures, after.verdict);
        return after.signatures;
      } catch (error) {
        await rm(output, { force: true });
        throw error;
      }
    },
  };
}

function refuse(signatures: readonly SignatureInfo[], verdict: string): void {
  if (signatures.length === 0) throw new OperationalError("not_signed");
  const broken = signatures.find((one) => one.verdict === "invalid");
  if (broken !== undefined || verdict === "invalid")
    throw new OperationalError("signature_broken", broken?.reasons.join("; ") ?? "");
}

/** Time stamps of the document carry no level of their own. */
function isLongTerm({ level, subFilter }: SignatureInfo): boolean {
  return subFilter === "ETSI.RFC3161" || level === "B-LT" || level === "B-LTA";
}
