import type { Kysely } from "kysely";
import type { ReadPage, SignatureInfo } from "../domain/document.ts";
import type { SettledFacts } from "../domain/ledger-port.ts";
import type { Outcome } from "../domain/outcome.ts";
import { appendAudit } from "./audit.ts";
import { canonicalJson } from "./canonical-json.ts";
import { ensureDocument, hintedDossier } from "./documents.ts";
import { appendOutcome } from "./outcomes.ts";
import type { Schema } from "./schema.ts";
import { renewWaiting, replaceWaiting } from "./keep-waiting.ts";

/** Ends a document for now: its row, pages, signatures, history and one audit row, in one transaction. */
export async function settle(
  db: Kysely<Schema>,
  outcome: Outcome,
  facts: SettledFacts,
  run: string | null,
): Promise<void> {
  const { id } = outcome.document;
  const at = facts.at.toISOString();
  await db.transaction().execute(async (tx) => {
    await ensureDocument(tx, outcome.document, facts.at);
    await auditSignature(tx, outcome.document, facts);
    if (await endedSoBefore(tx, outcome, facts)) {
      await renewWaiting(tx, id, facts.waiting);
      return;
    }
    await audit(tx, outcome, facts, run);
    await appendOutcome(tx, id, { run, ...ending(outcome), stack: stackOf(outcome), at });
    if (!(await replacesRow(tx, outcome))) return;
    await tx
      .updateTable("documents")
      .set({ ...ending(outcome), ...standing(outcome, facts), settled_at: at })
      .where("id", "=", id)
      .execute();
    if (outcome.state === "delivered")
      await tx
        .updateTable("documents")
        .set({ delivered_at: at })
        .where("id", "=", id)
        .where("delivered_at", "is", null)
        .execute();
    await replaceWaiting(tx, id, outcome.state === "quarantined" ? undefined : facts.waiting, at);
    await tx.deleteFrom("pages").where("document", "=", id).execute();
    await tx.deleteFrom("signatures").where("document", "=", id).execute();
    // A paper with a secret mark leaves no reading, no signer and no title behind (domain rule 8).
    if (outcome.state === "quarantined") return;
    for (const page of facts.pages) await insertPage(tx, id, page);
    for (const [position, signature] of facts.signatures.entries())
      await insertSignature(tx, id, position, signature);
  });
}

/** A paper that waits in every nightly run waits for the same reason: that is no new event and no new row. */
async function endedSoBefore(tx: Kysely<Schema>, outcome: Outcome, facts: SettledFacts): Promise<boolean> {
  if (outcome.state === "duplicate" || outcome.state === "delivered") return false;
  const { state, reason, detail, dossier } = ending(outcome);
  const { file, evidence, pages } = standing(outcome, facts);
  const row = await tx
    .selectFrom("documents")
    .select(["reason", "detail", "dossier", "file"])
    .where("id", "=", outcome.document.id)
    .where("state", "=", state)
    .where("evidence", "=", evidence)
    .where("pages", "=", pages)
    .executeTakeFirst();
  if (row === undefined) return false;
  return row.reason === reason && row.detail === detail && row.dossier === dossier && row.file === file;
}

/** A second copy met in the same batch has the id of the first: that is no reason to lose how the first ended. */
async function replacesRow(tx: Kysely<Schema>, outcome: Outcome): Promise<boolean> {
  if (outcome.state !== "duplicate") return true;
  if (outcome.of === outcome.document.id) return false;
  const row = await tx
    .selectFrom("documents")
    .select("state")
    .where("id", "=", outcome.document.id)
    .executeTakeFirstOrThrow();
  return row.state === "pending" || row.state === "duplicate";
}

/** What the history and the document's row both record. */
function ending(outcome: Outcome) {
  const reason = "reason" in outcome ? outcome.reason : null;
  return {
    state: outcome.state,
    reason,
    detail: "detail" in outcome ? outcome.detail : null,
    retriable: "retriable" in outcome && outcome.retriable ? 1 : 0,
    dossier: dossierOf(outcome, reason),
  };
}

function dossierOf(outcome: Outcome, reason: string | null): string | null {
  if ("dossier" in outcome) return outcome.dossier;
  // Held because of its code: it belongs to no dossier until a person has said to which.
  return reason?.endsWith("_dossier") === true ? null : hintedDossier(outcome.document);
}

function standing(outcome: Outcome, facts: SettledFacts) {
  const secret = outcome.state === "quarantined";
  const delivered = outcome.state === "delivered" ? outcome : undefined;
  const { signatures } = facts;
  return {
    lane: facts.lane,
    pages: outcome.pages,
    file: secret ? null : facts.file,
    evidence: secret ? "[]" : canonicalJson(facts.evidence),
    duplicate_of: outcome.state === "duplicate" ? outcome.of : null,
    signed: bit(delivered === undefined ? signatures.length > 0 : delivered.signed),
    test: bit(delivered === undefined ? signatures.some(({ test }) => test) : delivered.test),
    ...(secret ? { fields: "{}" } : {}),
  };
}

async function audit(
  tx: Kysely<Schema>,
  outcome: Outcome,
  facts: SettledFacts,
  run: string | null,
): Promise<void> {
  const { state, reason, dossier, retriable } = ending(outcome);
  const detail = {
    state,
    reason,
    dossier,
    retriable: retriable === 1,
    run,
    pages: outcome.pages,
    file: state === "quarantined" ? null : facts.file,
    certificates: state === "quarantined" ? [] : facts.signatures.map(({ certificate }) => certificate),
    targets:
      outcome.state === "delivered" ? outcome.receipts.map(({ target, sha256 }) => [target, sha256]) : [],
  };
  const { id, officer } = outcome.document;
  await appendAudit(tx, [
    { at: facts.at, actor: facts.actor ?? officer, action: "document.settled", subject: id, detail },
  ]);
}

/**
 * Who prepared a file and who signed it, once for each file: a run cut between signature and end takes the kept one, and
 * a warehouse that was away is tried again with the same.
 */
async function auditSignature(
  tx: Kysely<Schema>,
  { id, officer }: Outcome["document"],
  { at, signedBy }: SettledFacts,
): Promise<void> {
  if (signedBy === undefined) return;
  const { actor, ...what } = signedBy;
  const detail = { ...what, preparedBy: officer };
  const known = await tx
    .selectFrom("audit")
    .select("seq")
    .where("subject", "=", id)
    .where("action", "=", "document.signed")
    .where("detail", "like", `%"file":"${signedBy.file}"%`)
    .executeTakeFirst();
  if (known === undefined)
    await appendAudit(tx, [{ at, actor, action: "document.signed", subject: id, detail }]);
}

async function insertPage(tx: Kysely<Schema>, document: string, page: ReadPage): Promise<void> {
  await tx
    .insertInto("pages")
    .values({
      document,
      number: page.number,
      source: page.source.file.sha256,
      source_index: page.source.index,
      dpi: page.dpi,
      skew_degrees: page.skewDegrees,
      blank: bit(page.findings.includes("blank")),
      findings: canonicalJson(page.findings),
      words: page.words,
      confidence: page.confidence,
      worst: page.worst,
      reading: page.reading,
      changes: canonicalJson(page.changes),
      marks: canonicalJson(page.marks),
    })
    .execute();
}

async function insertSignature(
  tx: Kysely<Schema>,
  document: string,
  position: number,
  signature: SignatureInfo,
): Promise<void> {
  await tx
    .insertInto("signatures")
    .values({
      document,
      position,
      signer: signature.signer,
      signed_at: signature.signedAt ?? null,
      sub_filter: signature.subFilter,
      level: signature.level,
      digest: signature.digest,
      certificate: signature.certificate,
      verdict: signature.verdict,
      reasons: canonicalJson(signature.reasons),
      covers_whole_file: bit(signature.coversWholeFile),
      test: bit(signature.test),
      proven_at: signature.provenAt ?? null,
      revocation: signature.revocation ?? null,
    })
    .execute();
}

function stackOf(outcome: Outcome): string | null {
  return "stack" in outcome ? (outcome.stack ?? null) : null;
}

function bit(value: boolean): number {
  return value ? 1 : 0;
}
