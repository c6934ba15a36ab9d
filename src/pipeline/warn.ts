import type { Linked, PageFinding, ReadPage, Recognized, SignatureInfo } from "../domain/document.ts";
import { shownName } from "../domain/shown-name.ts";
import { signingFindings } from "../domain/signing-findings.ts";
import type { Job } from "./job.ts";

/** What a person should know of the dossier a paper was put under. */
export async function warnLink(
  { scan, dossier, evidence }: Linked,
  { context, observe }: Job,
): Promise<void> {
  const about = { type: "warning", document: scan.id, file: shownName(scan), pages: [] } as const;
  // The register is still empty: the code was accepted on its grammar alone.
  if (!evidence.some(({ verified }) => verified))
    observe({ ...about, reason: "unverified", detail: dossier });
  // Rightful when one paper serves two dossiers; after a corrected code the first bag is a mistake to take back.
  const others = await context.ledger.otherDossiers(scan.id);
  if (others.length > 0) observe({ ...about, reason: "also_delivered", detail: others.join(", ") });
}

/** Tells what was found on the pages or put right in the files, once a document and kind. */
export function warn({ scan, pages }: Recognized, { context, observe }: Job): void {
  const about = { type: "warning", document: scan.id, file: shownName(scan) } as const;
  const found = new Map<PageFinding, number[]>();
  for (const { number, findings } of pages) {
    for (const finding of findings) found.set(finding, [...(found.get(finding) ?? []), number]);
  }
  for (const [reason, numbers] of found) observe({ ...about, reason, pages: numbers, detail: "" });
  const { dropBlank } = context.settings;
  const dropped = scan.pages
    .map(({ number }) => number)
    .filter((number) => !pages.some((page) => page.number === number));
  if (dropBlank && dropped.length > 0)
    observe({ ...about, reason: "dropped_blank", pages: dropped, detail: "" });
  const counted = scan.expected?.pages;
  if (counted !== undefined && counted !== scan.pages.length)
    observe({ ...about, reason: "page_count", pages: [], detail: `${scan.pages.length} ≠ ${counted}` });
  for (const [what, numbers] of changesOf(pages))
    observe({ ...about, reason: what, pages: numbers, detail: "" });
  for (const detail of scan.leftBehind ?? []) observe({ ...about, reason: "left_behind", pages: [], detail });
  for (const detail of scan.repairs) observe({ ...about, reason: "repaired", pages: [], detail });
}

/** What settings or a full page let pass with a new signature is said, never silent. */
export function warnSigned({ scan }: Linked, signature: SignatureInfo, { observe }: Job): void {
  const about = { type: "warning", document: scan.id, file: shownName(scan), pages: [] } as const;
  for (const reason of signingFindings(signature)) observe({ ...about, reason, detail: "" });
}

/** What was done to page images, by kind. */
function changesOf(pages: readonly ReadPage[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { number, changes } of pages) {
    for (const kind of new Set(changes.map((change) => `changed_${change.kind}`)))
      found.set(kind, [...(found.get(kind) ?? []), number]);
  }
  return found;
}
