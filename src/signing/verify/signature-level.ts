import { DOCUMENT_STAMP } from "../cms/cms-check.ts";
import type { TrustJudgement } from "./certificate-trust.ts";
import type { JudgedFile } from "./judge-signature.ts";
import type { OpenedSignature, ProvenTime } from "./proven-times.ts";

/** The baseline level a signature really reaches (ETSI EN 319 142-1 §6), by time stamps and evidence that are good. */
export function levelOf(
  one: OpenedSignature,
  { at, stamps }: ProvenTime,
  trust: TrustJudgement | undefined,
  judged: JudgedFile,
): string {
  const { subFilter } = one.located;
  if (subFilter === DOCUMENT_STAMP) return "document time stamp";
  const stamped = at !== undefined;
  if (subFilter !== "ETSI.CAdES.detached")
    return stamps.some(({ state }) => state === "good") ? "PKCS#7 + time stamp" : "PKCS#7";
  if (!stamped) return "B-B";
  if (trust?.provenByFile !== true) return "B-T";
  return archived(one, judged) ? "B-LTA" : "B-LT";
}

/** A good document time stamp covers the signature and the evidence, which only a DSS before it can be. */
function archived(one: OpenedSignature, { times, history }: JudgedFile): boolean {
  return [...times].some(([stamp, { stamps }]) => {
    const { subFilter, end, revision } = stamp.located;
    if (subFilter !== DOCUMENT_STAMP || end <= one.located.end || revision === undefined) return false;
    const known = history.revisions[revision]?.hasEvidence === true;
    return known && stamps.some(({ state }) => state === "good");
  });
}
