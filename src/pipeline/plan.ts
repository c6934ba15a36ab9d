import type { Candidate, Lane } from "../domain/document.ts";
import { ERRORS, isOperational, OperationalError } from "../domain/errors.ts";
import type { DossierCode } from "../domain/ids.ts";
import type { State } from "../domain/outcome.ts";
import type { Context } from "../domain/ports.ts";
import { shownName } from "../domain/shown-name.ts";
import { isFinal } from "./final.ts";
import { knownParts } from "./parts.ts";
import { decideDossier } from "./stages/link.ts";

/** What a run would do with one document. */
export interface PlannedDocument {
  readonly file: string;
  readonly document: string;
  /** State in which the document would end if every page can be read, or in which it is already. */
  readonly state: State;
  readonly unchanged: boolean;
  readonly reason: string | null;
  readonly detail: string;
  readonly lane: Lane | null;
  readonly pages: number;
  readonly dossier: DossierCode | null;
}

/** What a run would do with what intake found: a stack that an earlier run divided is followed by its papers. */
export async function* planCandidate(
  candidate: Candidate,
  context: Context,
): AsyncGenerator<PlannedDocument> {
  const row = await context.ledger.find(candidate.id);
  const parts = row?.state === "split" ? await knownParts(candidate, context) : undefined;
  if (row === undefined || parts === undefined) {
    yield await planDocument(candidate, context);
    return;
  }
  const { state, pages } = row;
  yield { ...BLANK, file: shownName(candidate), document: candidate.id, state, pages, unchanged: true };
  for (const part of parts) yield await planDocument(part, context);
}

/** Opens a document, counts its pages and decides its dossier, without reading or writing anything. */
async function planDocument(candidate: Candidate, context: Context): Promise<PlannedDocument> {
  const plan = { ...BLANK, file: shownName(candidate), document: candidate.id };
  const row = await context.ledger.find(candidate.id);
  if (row !== undefined && isFinal(row, candidate)) {
    const { state, reason, pages, dossier } = row;
    return { ...plan, state, reason, pages, dossier, unchanged: true };
  }
  if (candidate.skip !== undefined) return { ...plan, state: "skipped", reason: candidate.skip };
  let known: Partial<PlannedDocument> = {};
  try {
    const scan = await context.inspect(candidate);
    known = { lane: scan.lane, pages: scan.pages.length };
    const { dossier } = await decideDossier(candidate.hints, context);
    const doubt = candidate.stack?.doubt;
    if (doubt !== undefined) throw new OperationalError("missing_sheet", doubt);
    return { ...plan, ...known, state: "delivered", dossier };
  } catch (error) {
    if (!isOperational(error)) throw error;
    const { scope, state } = ERRORS[error.code];
    if (scope === "batch") throw error;
    return { ...plan, ...known, state, reason: error.code, detail: error.detail };
  }
}

const BLANK = { unchanged: false, reason: null, detail: "", lane: null, pages: 0, dossier: null } as const;
