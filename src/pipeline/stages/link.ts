import type { LinkEvidence, Linked, Recognized } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import type { Job } from "../job.ts";

/**
 * Ties a document to its dossier by the codes found in manifest, file and folder names. Never a guess: no code,
 * two codes that disagree, or a code the register does not hold wait for a person, with the evidence.
 */
export async function link(recognized: Recognized, job: Job): Promise<Linked> {
  const { ledger, settings } = job.context;
  const evidence: LinkEvidence[] = [];
  let registerIsEmpty = false;
  for (const hint of recognized.scan.hints) {
    const held = await ledger.hasDossier(hint.code);
    registerIsEmpty ||= held === undefined;
    evidence.push({ ...hint, verified: held === true });
  }
  job.trace.evidence = evidence;
  const [dossier, ...others] = new Set(evidence.map(({ code }) => code));
  if (dossier === undefined) throw new OperationalError("no_dossier");
  if (others.length > 0) throw new OperationalError("ambiguous_dossier", [dossier, ...others].join(" ≠ "));
  const verified = evidence.some((item) => item.verified);
  if (!verified && (!registerIsEmpty || settings.requireRegister)) {
    throw new OperationalError("unknown_dossier", dossier);
  }
  return { ...recognized, dossier, evidence };
}
