import type { Kysely } from "kysely";
import { STATES, type State } from "../domain/outcome.ts";
import { toDocumentRow } from "./documents.ts";
import type { DocumentRow } from "../domain/ledger-port.ts";
import type { DocumentsTable, Schema } from "./schema.ts";

export interface DocumentFilter {
  readonly states?: readonly State[];
  readonly dossier?: string;
  readonly unit?: string;
  readonly officer?: string;
  /** Only documents that a run settled. */
  readonly run?: string;
  readonly limit?: number;
}

export interface DocumentSummary extends DocumentRow {
  readonly name: string;
  readonly unit: string;
  readonly officer: string;
  readonly role: string;
  readonly detail: string | null;
  readonly registeredAt: string;
  readonly settledAt: string | null;
}

export type StateCounts = Readonly<Record<State, number>>;

export interface ReasonCount {
  readonly state: State;
  readonly reason: string;
  readonly retriable: boolean;
  readonly documents: number;
}

/** Every state has a number, also 0. */
export async function countsByState(db: Kysely<Schema>): Promise<StateCounts> {
  const rows = await db
    .selectFrom("documents")
    .select(({ fn }) => ["state", fn.countAll<number>().as("documents")])
    .groupBy("state")
    .execute();
  const found = new Map(rows.map(({ state, documents }) => [state, documents]));
  return Object.fromEntries(STATES.map((state) => [state, found.get(state) ?? 0])) as StateCounts;
}

/** Why documents are not clean, the most frequent first. */
export async function countsByReason(db: Kysely<Schema>): Promise<readonly ReasonCount[]> {
  const rows = await db
    .selectFrom("documents")
    .select(({ fn }) => ["state", "reason", "retriable", fn.countAll<number>().as("documents")])
    .where("reason", "is not", null)
    .groupBy(["state", "reason", "retriable"])
    .orderBy("documents", "desc")
    .orderBy("reason")
    .execute();
  return rows.map(({ state, reason, retriable, documents }) => ({
    state: state as State,
    reason: reason ?? "",
    retriable: retriable === 1,
    documents,
  }));
}

/** In the order they were first seen. */
export async function listDocuments(
  db: Kysely<Schema>,
  filter: DocumentFilter,
): Promise<readonly DocumentSummary[]> {
  const { states, dossier, unit, officer, run, limit } = filter;
  let query = db.selectFrom("documents").selectAll().orderBy("registered_at").orderBy("name");
  if (states !== undefined) query = query.where("state", "in", states);
  if (dossier !== undefined) query = query.where("dossier", "=", dossier);
  if (unit !== undefined) query = query.where("unit", "=", unit);
  if (officer !== undefined) query = query.where("officer", "=", officer);
  if (run !== undefined)
    query = query.where("id", "in", (from) =>
      from.selectFrom("outcomes").select("outcomes.document").where("run", "=", run),
    );
  if (limit !== undefined) query = query.limit(limit);
  return (await query.execute()).map(documentSummary);
}

export function documentSummary(row: DocumentsTable): DocumentSummary {
  return {
    ...toDocumentRow(row),
    name: row.name,
    unit: row.unit,
    officer: row.officer,
    role: row.role,
    detail: row.detail,
    registeredAt: row.registered_at,
    settledAt: row.settled_at,
  };
}
