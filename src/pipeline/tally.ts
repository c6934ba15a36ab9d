import type { Candidate } from "../domain/document.ts";
import { outcomeExit } from "../domain/exit-code.ts";
import type { DocumentRow } from "../domain/ledger-port.ts";
import type { Observer, RunEvent } from "../domain/observer.ts";
import type { Outcome, State } from "../domain/outcome.ts";
import { shownName } from "../domain/shown-name.ts";
import type { BatchResult, Found } from "./batch.ts";

/** Enough to tell people which document is meant. */
type Named = Pick<Candidate, "id" | "name" | "range">;
type DocumentEvent = Extract<RunEvent, { type: "document" }>;

/** Counts how the documents of a run end and tells the observer of each. */
export function newTally(observe: Observer) {
  const documents: Partial<Record<State, number>> = {};
  const exits = new Set<number>();
  const images = { pages: 0, bytes: 0 };
  let [pages, ended, expected] = [0, 0, 0];
  const tell = (event: DocumentEvent): void => {
    documents[event.state] = (documents[event.state] ?? 0) + 1;
    exits.add(outcomeExit(event.state, event.reason ?? undefined));
    observe(event);
  };
  return {
    refused({ name, reason, detail }: Extract<Found, { kind: "refused" }>): void {
      tell({ ...BLANK, file: name, state: "failed", reason, detail });
    },
    duplicate(candidate: Candidate, of: string): void {
      tell({ ...BLANK, ...named(candidate), state: "duplicate", detail: of });
    },
    unchanged(candidate: Candidate, row: DocumentRow): void {
      tell(unchangedEvent(candidate, row));
    },
    /** A part of a stack that was in its final state before this run: nothing is left to do for it. */
    known(candidate: Named, row: DocumentRow): void {
      ended++;
      tell(unchangedEvent(candidate, row));
    },
    /** More documents than the plan knew: the papers of a stack. */
    expect(more: number): void {
      expected += more;
    },
    ended(outcome: Outcome, ms: number): void {
      ended++;
      pages += outcome.pages;
      if (outcome.state === "delivered" && outcome.imageBytes > 0) {
        images.pages += outcome.pages;
        images.bytes += outcome.imageBytes;
      }
      tell(endedEvent(outcome, ms));
    },
    result: (planned: number): BatchResult => ({
      documents,
      pages,
      images,
      exits,
      left: Math.max(0, planned + expected - ended),
    }),
  };
}

const BLANK = {
  type: "document",
  document: null,
  dossier: null,
  reason: null,
  detail: "",
  pages: 0,
  unchanged: false,
  ms: 0,
} as const;

function named(candidate: Named): Pick<DocumentEvent, "document" | "file"> {
  return { document: candidate.id, file: shownName(candidate) };
}

function unchangedEvent(candidate: Named, row: DocumentRow): DocumentEvent {
  const { state, reason, dossier, pages } = row;
  return { ...BLANK, ...named(candidate), dossier, state, reason, pages, unchanged: true };
}

function endedEvent(outcome: Outcome, ms: number): DocumentEvent {
  const { document, state, pages } = outcome;
  return {
    ...BLANK,
    ...named(document),
    state,
    pages,
    ms,
    dossier: "dossier" in outcome ? outcome.dossier : null,
    reason: "reason" in outcome ? outcome.reason : null,
    detail: "detail" in outcome ? outcome.detail : "",
  };
}
