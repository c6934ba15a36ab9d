import type { Linked, PageFinding, Recognized } from "../domain/document.ts";
import { shownName } from "../domain/shown-name.ts";
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
export function warn({ scan, pages }: Recognized, { observe }: Job): void {
  const about = { type: "warning", document: scan.id, file: shownName(scan) } as const;
  const found = new Map<PageFinding, number[]>();
  for (const { number, findings } of pages) {
    for (const finding of findings) found.set(finding, [...(found.get(finding) ?? []), number]);
  }
  for (const [reason, numbers] of found) observe({ ...about, reason, pages: numbers, detail: "" });
  for (const detail of scan.repairs) observe({ ...about, reason: "repaired", pages: [], detail });
}
