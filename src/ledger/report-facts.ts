import type { Kysely, SelectQueryBuilder } from "kysely";
import { receivedDay } from "../domain/codes.ts";
import type { Role } from "../domain/document.ts";
import type { DossierCode, OfficerId, UnitCode } from "../domain/ids.ts";
import { vietnamDay, type Period } from "../domain/period.ts";
import type { DossierRow, QuotaKind } from "../domain/register.ts";
import type { DocumentFact, RegisterSource, ReportFacts } from "../domain/report.ts";
import type { DossiersTable, Schema } from "./schema.ts";

export interface FactsRequest {
  readonly period: Period | null;
  /** ISO date; what was received or delivered later is not seen. */
  readonly asOf: string;
}

/** Reads what a report is computed from. Without dossiers in the register, those the documents name stand in. */
export async function reportFacts(db: Kysely<Schema>, { period, asOf }: FactsRequest): Promise<ReportFacts> {
  const from = period?.from ?? "";
  const to = period === null || asOf < period.to ? asOf : period.to;
  const register = await registerSource(db);
  const rows = await documentRows(db);
  const documents = rows.map((row) => (isAfter(row.delivered, asOf) ? undelivered(row) : row));
  const dossiers = register === null ? namedDossiers(documents, from, to) : await received(db, from, to);
  const inScope = new Set<string>(dossiers.map(({ code }) => code));
  return {
    register,
    dossiers,
    documents: documents.filter(({ dossier }) => inScope.has(dossier)),
    work: rows.filter(({ delivered }) => delivered !== null && delivered >= from && delivered <= to),
    quotas: await quotas(db),
    ...(await people(db)),
  };
}

async function registerSource(db: Kysely<Schema>): Promise<RegisterSource | null> {
  const count = await db
    .selectFrom("dossiers")
    .select(({ fn }) => fn.countAll<number>().as("rows"))
    .executeTakeFirstOrThrow();
  if (count.rows === 0) return null;
  const last = await db
    .selectFrom("imports")
    .select(["at", "source"])
    .where("kind", "=", "dossiers")
    .orderBy("at", "desc")
    .limit(1)
    .executeTakeFirst();
  const imported = last === undefined ? "" : vietnamDay(new Date(last.at));
  return { dossiers: count.rows, file: last?.source ?? "", imported };
}

async function received(db: Kysely<Schema>, from: string, to: string): Promise<readonly DossierRow[]> {
  const rows = await db
    .selectFrom("dossiers")
    .selectAll()
    .where("received", ">=", from)
    .where("received", "<=", to)
    .execute();
  return rows.map(toDossier);
}

function toDossier(row: DossiersTable): DossierRow {
  const { procedure_name: procedureName, no_result: noResult, ...rest } = row;
  return {
    ...rest,
    code: row.code as DossierCode,
    unit: row.unit as UnitCode,
    officer: row.officer as OfficerId | null,
    procedureName,
    noResult: noResult === 1,
  };
}

/** Duplicates and papers without a dossier are in nobody's numerator. */
async function documentRows(db: Kysely<Schema>): Promise<readonly DocumentFact[]> {
  const real = await validlySigned(db, 0);
  const test = await validlySigned(db, 1);
  const rows = await linkedDocuments(db).execute();
  return rows.map((row) => {
    const delivered = row.state === "delivered" && row.delivered_at !== null;
    const found = test.has(row.id) ? "test" : "none";
    return {
      dossier: row.dossier ?? "",
      unit: row.unit,
      officer: row.officer,
      role: row.role as Role,
      skipped: row.state === "skipped",
      delivered: delivered ? vietnamDay(new Date(row.delivered_at ?? "")) : null,
      signed: delivered && row.signed === 1 && row.test === 0,
      validSignature: real.has(row.id) ? "real" : found,
    };
  });
}

function linkedDocuments(db: Kysely<Schema>): SelectQueryBuilder<Schema, "documents", Linked> {
  return (
    db
      .selectFrom("documents")
      .select(["id", "dossier", "unit", "officer", "role", "state", "signed", "test", "delivered_at"])
      .where("dossier", "is not", null)
      // A second copy and a divided stack are no papers: their papers have rows of their own.
      .where("state", "not in", ["duplicate", "split"])
      .orderBy("registered_at")
      .orderBy("id")
  );
}

type Linked = Pick<
  Schema["documents"],
  "id" | "dossier" | "unit" | "officer" | "role" | "state" | "signed" | "test" | "delivered_at"
>;

async function validlySigned(db: Kysely<Schema>, test: number): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom("signatures")
    .select("document")
    .distinct()
    .where("verdict", "=", "valid")
    .where("test", "=", test)
    .execute();
  return new Set(rows.map(({ document }) => document));
}

/** No register: the code itself tells the day of receipt. Counts only, so every result present may be counted. */
function namedDossiers(documents: readonly DocumentFact[], from: string, to: string): readonly DossierRow[] {
  const first = new Map<string, DocumentFact>();
  for (const document of documents) if (!first.has(document.dossier)) first.set(document.dossier, document);
  return [...first]
    .map(([code, document]): DossierRow => {
      const day = receivedDay(code as DossierCode);
      return {
        code: code as DossierCode,
        unit: document.unit as UnitCode,
        officer: document.officer as OfficerId,
        procedure: "",
        procedureName: "",
        received: day,
        due: null,
        resolved: day,
        state: null,
        noResult: false,
        level: "",
      };
    })
    .filter((dossier) => dossier.received >= from && dossier.received <= to);
}

async function quotas(db: Kysely<Schema>): Promise<ReportFacts["quotas"]> {
  const rows = await db.selectFrom("quotas").selectAll().execute();
  return rows.map((row) => ({ ...row, officer: row.officer as OfficerId, kind: row.kind as QuotaKind }));
}

async function people(db: Kysely<Schema>): Promise<Pick<ReportFacts, "units" | "officers">> {
  const units = await db.selectFrom("units").select(["code", "name", "level"]).execute();
  const officers = await db.selectFrom("officers").selectAll().execute();
  return {
    units: new Map(units.map(({ code, name, level }) => [code, { name, level }])),
    officers: new Map(officers.map(({ id, name, unit }) => [id, { name, unit }])),
  };
}

function undelivered(fact: DocumentFact): DocumentFact {
  return { ...fact, delivered: null, signed: false, validSignature: "none" };
}

function isAfter(day: string | null, asOf: string): boolean {
  return day !== null && day > asOf;
}
