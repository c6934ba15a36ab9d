import type { Candidate } from "../domain/document.ts";
import type { DocumentRow } from "../domain/ledger-port.ts";
import type { State } from "../domain/outcome.ts";

const FINAL: ReadonlySet<State> = new Set(["delivered", "skipped", "quarantined"]);

/**
 * True when a document needs nothing more. Everything else is tried again in each run: kept steps make that cheap.
 * A skipped paper is taken up again when its manifest no longer says why it should not be.
 */
export function isFinal({ state, reason }: DocumentRow, { skip }: Candidate): boolean {
  return FINAL.has(state) && (state !== "skipped" || skip !== undefined || reason === "superseded");
}
