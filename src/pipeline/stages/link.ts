import type { LinkEvidence, LinkHint, Linked, Recognized } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import type { DossierCode } from "../../domain/ids.ts";
import { codesOf } from "../../domain/page-parts.ts";
import type { Context } from "../../domain/ports.ts";
import type { Job } from "../job.ts";

/**
 * Ties a document to its dossier by the codes found in manifest, cover sheet, barcodes, file and folder names. Never a
 * guess: no code, two codes that disagree, or a code the register does not hold wait for a person, with the evidence.
 */
export async function link(recognized: Recognized, { context, trace }: Job): Promise<Linked> {
  const { scan } = recognized;
  const decision = await decideDossier([...scan.hints, ...printedHints(recognized)], context, (evidence) => {
    trace.evidence = evidence;
  });
  if (scan.stack?.doubt !== undefined) throw new OperationalError("missing_sheet", scan.stack.doubt);
  return { ...recognized, ...decision };
}

/** Each code printed on the paper's pages, once, with the first page it stands on. */
function printedHints({ pages }: Recognized): LinkHint[] {
  const hints = new Map<DossierCode, LinkHint>();
  for (const page of pages) {
    for (const code of codesOf(page))
      if (!hints.has(code)) hints.set(code, { code, from: "barcode", text: `p. ${page.number}` });
  }
  return [...hints.values()];
}

/** Throws `no_dossier`, `ambiguous_dossier`, `unknown_dossier` after `tell` has got the evidence. */
export async function decideDossier(
  hints: readonly LinkHint[],
  { ledger, settings }: Pick<Context, "ledger" | "settings">,
  tell: (evidence: readonly LinkEvidence[]) => void = () => undefined,
): Promise<{ dossier: DossierCode; evidence: readonly LinkEvidence[] }> {
  const evidence: LinkEvidence[] = [];
  let registerIsEmpty = false;
  for (const hint of hints) {
    const held = await ledger.hasDossier(hint.code);
    registerIsEmpty ||= held === undefined;
    evidence.push({ ...hint, verified: held === true });
  }
  tell(evidence);
  const [dossier, ...others] = new Set(evidence.map(({ code }) => code));
  if (dossier === undefined) throw new OperationalError("no_dossier");
  if (others.length > 0) throw new OperationalError("ambiguous_dossier", [dossier, ...others].join(" ≠ "));
  const verified = evidence.some((item) => item.verified);
  if (!verified && (!registerIsEmpty || settings.requireRegister)) {
    throw new OperationalError("unknown_dossier", dossier);
  }
  return { dossier, evidence };
}
