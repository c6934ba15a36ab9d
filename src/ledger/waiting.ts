import type { ExpressionBuilder, Kysely, SelectQueryBuilder } from "kysely";
import type { Role } from "../domain/document.ts";
import type { DocumentId, OfficerId, UnitCode } from "../domain/ids.ts";
import type { WaitingDocument, WaitingFilter, WaitingRecord, WaitingStage } from "../domain/ledger-port.ts";
import { toDocumentRow } from "./documents.ts";
import type { DocumentsTable, Schema } from "./schema.ts";

const PIECE = 500;

export interface WaitingCounts {
  readonly assembled: number;
  readonly signed: number;
  /** Their state says that they wait, but what they wait with is gone or older than this ledger: only a run helps. */
  readonly stranded: number;
}

/** In pieces, so that memory does not grow with the list; the records themselves are read one by one. */
export async function* waiting(db: Kysely<Schema>, filter: WaitingFilter): AsyncGenerator<WaitingDocument> {
  let last: Pick<Found, "id" | "registered_at"> | undefined;
  for (;;) {
    const rows = await piece(db, filter, last);
    for (const row of rows) yield toWaiting(row);
    last = rows.at(-1);
    if (last === undefined || rows.length < PIECE) return;
  }
}

type Found = DocumentsTable & {
  readonly stage: string;
  readonly at: string;
  readonly first_page: number | null;
  readonly last_page: number | null;
};

function piece(
  db: Kysely<Schema>,
  { stage, ...who }: WaitingFilter,
  after: Pick<Found, "id" | "registered_at"> | undefined,
): Promise<Found[]> {
  let query = of(db, who)
    .innerJoin("waiting", "waiting.document", "documents.id")
    .selectAll("documents")
    .select(["waiting.stage", "waiting.at"])
    .select((from) => [
      sourcePage(from, "first_page").as("first_page"),
      sourcePage(from, "last_page").as("last_page"),
    ])
    .orderBy("documents.registered_at")
    .orderBy("documents.id")
    .limit(PIECE);
  if (stage !== undefined) query = query.where("waiting.stage", "=", stage);
  if (after !== undefined)
    query = query.where((where) =>
      where.or([
        where("documents.registered_at", ">", after.registered_at),
        where.and([
          where("documents.registered_at", "=", after.registered_at),
          where("documents.id", ">", after.id),
        ]),
      ]),
    );
  return query.execute();
}

/** The same range at every place the paper was seen. */
function sourcePage(
  from: ExpressionBuilder<Schema, "documents" | "waiting">,
  column: "first_page" | "last_page",
) {
  return from
    .selectFrom("sources")
    .select(({ fn }) => fn.min<number | null>(`sources.${column}`).as("page"))
    .whereRef("sources.document", "=", "documents.id");
}

function of(
  db: Kysely<Schema>,
  { officer, dossier }: Omit<WaitingFilter, "stage">,
): SelectQueryBuilder<Schema, "documents", object> {
  let query: SelectQueryBuilder<Schema, "documents", object> = db.selectFrom("documents");
  if (officer !== undefined) query = query.where("documents.officer", "=", officer);
  if (dossier !== undefined) query = query.where("documents.dossier", "=", dossier);
  return query;
}

function toWaiting(row: Found): WaitingDocument {
  const { name, unit, officer, stage, at: since, first_page: first, last_page: last } = row;
  const { title } = JSON.parse(row.fields) as { readonly title?: string };
  return {
    ...toDocumentRow(row),
    stage: stage as WaitingStage,
    role: row.role as Role,
    name,
    unit: unit as UnitCode,
    officer: officer as OfficerId,
    since,
    title: title ?? null,
    ...(first === null || last === null ? {} : { range: { first, last } }),
  };
}

export async function waitingRecord(db: Kysely<Schema>, id: DocumentId): Promise<WaitingRecord | undefined> {
  const row = await db
    .selectFrom("waiting")
    .select(["stage", "record"])
    .where("document", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : { stage: row.stage as WaitingStage, record: row.record };
}

export async function countWaiting(
  db: Kysely<Schema>,
  filter: Omit<WaitingFilter, "stage">,
): Promise<WaitingCounts> {
  const rows = await of(db, filter)
    .innerJoin("waiting", "waiting.document", "documents.id")
    .select(({ fn }) => ["waiting.stage", fn.countAll<number>().as("documents")])
    .groupBy("waiting.stage")
    .execute();
  const stranded = await of(db, filter)
    .leftJoin("waiting", "waiting.document", "documents.id")
    .where("documents.state", "in", ["unsigned", "undelivered"])
    .where("waiting.document", "is", null)
    .select(({ fn }) => fn.countAll<number>().as("documents"))
    .executeTakeFirst();
  const at = (stage: WaitingStage): number => Number(rows.find((row) => row.stage === stage)?.documents ?? 0);
  return {
    assembled: at("assembled"),
    signed: at("signed"),
    stranded: Number(stranded?.documents ?? 0),
  };
}
