import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { Candidate } from "../domain/document.ts";
import type { DocumentId, DossierCode } from "../domain/ids.ts";
import type { DocumentRow } from "../domain/ledger-port.ts";
import type { State } from "../domain/outcome.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { DocumentsTable, Schema } from "./schema.ts";
import { type Moment, supersede } from "./supersede.ts";
import { forgetStale } from "./keep-waiting.ts";

/** What the warehouse or the secrets officer holds stays as it was recorded, whatever a later manifest says. */
const CLOSED: readonly State[] = ["delivered", "duplicate", "quarantined"];
/** Records a candidate and the places it was seen; one transaction. */
export async function register(db: Kysely<Schema>, document: Candidate, at: Moment): Promise<DocumentRow> {
  return db.transaction().execute(async (tx) => {
    await ensureDocument(tx, document, at.now);
    const { unit, officer, role, name } = document;
    const fields = canonicalJson(document.fields);
    await forgetStale(tx, document.id, { role, fields });
    await tx
      .updateTable("documents")
      .set({ unit, officer, role, name, fields })
      .where("id", "=", document.id)
      .where("state", "not in", CLOSED)
      .execute();
    await recordSources(tx, document, at.now);
    // Rows without a file all have the same (empty) content.
    if (document.files.length > 0) await supersede(tx, document, contentHash(document), at);
    const row = await tx
      .selectFrom("documents")
      .select(["id", "state", "reason", "retriable", "dossier", "pages"])
      .where("id", "=", document.id)
      .executeTakeFirstOrThrow();
    return toDocumentRow(row);
  });
}

export async function find(db: Kysely<Schema>, id: DocumentId): Promise<DocumentRow | undefined> {
  const row = await db.selectFrom("documents").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toDocumentRow(row);
}

export async function otherDossiers(db: Kysely<Schema>, id: DocumentId): Promise<readonly DossierCode[]> {
  const rows = await db
    .selectFrom("documents as other")
    .innerJoin("documents as this", "this.content", "other.content")
    .select("other.dossier")
    .where("this.id", "=", id)
    .where("other.id", "!=", id)
    .where("other.state", "=", "delivered")
    .execute();
  return rows.map(({ dossier }) => dossier as DossierCode);
}

/** Inserts the candidate as `pending` unless it is known. Being a write, it also takes the writer's lock first. */
export async function ensureDocument(tx: Kysely<Schema>, document: Candidate, now: Date): Promise<void> {
  const row: DocumentsTable = {
    id: document.id,
    content: contentHash(document),
    name: document.name,
    unit: document.unit,
    officer: document.officer,
    role: document.role,
    fields: canonicalJson(document.fields),
    dossier: hintedDossier(document),
    state: "pending",
    reason: null,
    detail: null,
    retriable: 0,
    duplicate_of: null,
    stack: document.stack?.id ?? null,
    lane: null,
    pages: 0,
    file: null,
    evidence: "[]",
    signed: 0,
    test: 0,
    registered_at: now.toISOString(),
    settled_at: null,
    delivered_at: null,
  };
  await tx
    .insertInto("documents")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** The code all hints agree on, or null. */
export function hintedDossier({ hints }: Candidate): DossierCode | null {
  const codes = new Set(hints.map(({ code }) => code));
  const [only] = codes;
  return codes.size === 1 && only !== undefined ? only : null;
}

export function toDocumentRow(
  row: Pick<DocumentsTable, "id" | "state" | "reason" | "retriable" | "dossier" | "pages">,
): DocumentRow {
  return {
    id: row.id as DocumentId,
    state: row.state as State,
    reason: row.reason,
    retriable: row.retriable === 1,
    dossier: row.dossier as DossierCode | null,
    pages: row.pages,
  };
}

function contentHash({ duplex, files, range }: Candidate): string {
  const sides = duplex === undefined ? {} : { duplex: { ...duplex } };
  const content = canonicalJson({ files: files.map(({ sha256 }) => sha256), range, ...sides });
  return createHash("sha256").update(content).digest("hex");
}

async function recordSources(tx: Kysely<Schema>, document: Candidate, now: Date): Promise<void> {
  for (const [position, { path, bytes, mtimeMs, sha256 }] of document.files.entries()) {
    const seen = { bytes, mtime_ms: mtimeMs, sha256, seen_at: now.toISOString() };
    const range = { first_page: document.range?.first ?? null, last_page: document.range?.last ?? null };
    await tx
      .insertInto("sources")
      .values({ document: document.id, path, position, ...range, ...seen })
      .onConflict((conflict) => conflict.columns(["document", "path", "position"]).doUpdateSet(seen))
      .execute();
  }
}
