import type { Linked, PageFinding, Recognized } from "../domain/document.ts";
import { shownName } from "../domain/shown-name.ts";
import type { Job } from "./job.ts";

/** The register is still empty: the code was accepted on its grammar alone. */
export function warnUnverified({ scan, dossier, evidence }: Linked, { observe }: Job): void {
  if (evidence.some(({ verified }) => verified)) return;
  const about = { type: "warning", document: scan.id, file: shownName(scan) } as const;
  observe({ ...about, reason: "unverified", pages: [], detail: dossier });
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
