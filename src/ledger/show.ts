import type { Kysely } from "kysely";
import type { Receipt } from "../domain/document.ts";
import type { SettledFacts } from "../domain/ledger-port.ts";
import type { AuditRow } from "./audit.ts";
import { documentSummary, type DocumentSummary } from "./queries.ts";
import { toReceipt } from "./receipts.ts";
import type { DocumentsTable, Schema } from "./schema.ts";

/** Everything the ledger knows of one document: from the places it was seen to the warehouse's word. */
export interface DocumentChain extends DocumentSummary {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly lane: string | null;
  /** Hash of the delivered or finished file. */
  readonly file: string | null;
  readonly duplicateOf: string | null;
  readonly stack: string | null;
  /** Of a stack: the papers it was divided into. */
  readonly parts: readonly PartLink[];
  readonly signed: boolean;
  readonly test: boolean;
  readonly deliveredAt: string | null;
  readonly evidence: SettledFacts["evidence"];
  readonly sources: readonly SourceLink[];
  readonly pageRows: readonly PageLink[];
  readonly steps: readonly StepLink[];
  readonly signatures: readonly SignatureLink[];
  readonly receipts: readonly Receipt[];
  readonly outcomes: readonly OutcomeLink[];
  readonly audit: readonly AuditRow[];
}

type PartLink = Readonly<Pick<DocumentsTable, "id" | "name" | "state" | "dossier">>;
type SourceLink = Readonly<Schema["sources"]>;
type PageLink = Readonly<Schema["pages"]>;
type StepLink = Readonly<Pick<Schema["steps"], "key" | "stage" | "page" | "at">>;
type SignatureLink = Readonly<Omit<Schema["signatures"], "reasons">> & {
  readonly reasons: readonly string[];
};
type OutcomeLink = Readonly<Schema["outcomes"]>;

/** Shorter beginnings of an id would name documents by accident. */
const MIN_PREFIX = 6;

/**
 * Documents that a person may mean by an id (or at least 6 digits of one), a dossier code, a file's path as it was
 * seen, its shown name, or the hash of a file. Empty when there are none.
 */
export async function showDocument(db: Kysely<Schema>, asked: string): Promise<readonly DocumentChain[]> {
  const rows = await findDocuments(db, asked.normalize("NFC").trim());
  const chains: DocumentChain[] = [];
  for (const row of rows) chains.push(await chain(db, row));
  return chains;
}

async function findDocuments(db: Kysely<Schema>, asked: string): Promise<readonly DocumentsTable[]> {
  const slashed = asked.replaceAll("\\", "/");
  return db
    .selectFrom("documents")
    .selectAll()
    .where((document) => {
      const seen = document
        .selectFrom("sources")
        .select("sources.document")
        .where((source) =>
          source.or([
            source("sources.path", "in", [asked, slashed]),
            source("sources.sha256", "=", asked.toLowerCase()),
          ]),
        );
      const prefix =
        asked.length >= MIN_PREFIX && /^[0-9a-f]+$/iu.test(asked)
          ? [document("id", "like", `${asked.toLowerCase()}%`)]
          : [];
      return document.or([
        ...prefix,
        document("id", "=", asked),
        document("dossier", "=", asked.toUpperCase()),
        document("name", "in", [asked, slashed]),
        document("file", "=", asked.toLowerCase()),
        document("id", "in", seen),
      ]);
    })
    .orderBy("registered_at")
    .orderBy("name")
    .execute();
}

async function chain(db: Kysely<Schema>, row: DocumentsTable): Promise<DocumentChain> {
  const { id } = row;
  return { ...summary(row), ...(await work(db, id)), ...(await ending(db, id)) };
}

async function work(
  db: Kysely<Schema>,
  id: string,
): Promise<Pick<DocumentChain, "parts" | "sources" | "pageRows" | "steps">> {
  const parts = db.selectFrom("documents").select(["id", "name", "state", "dossier"]).where("stack", "=", id);
  const sources = db.selectFrom("sources").selectAll().where("document", "=", id);
  const pages = db.selectFrom("pages").selectAll().where("document", "=", id);
  const steps = db.selectFrom("steps").select(["key", "stage", "page", "at"]).where("document", "=", id);
  return {
    parts: await parts.orderBy("registered_at").orderBy("id").execute(),
    sources: await sources.orderBy("path").orderBy("position").execute(),
    pageRows: await pages.orderBy("number").execute(),
    steps: await steps.orderBy("at").orderBy("page").execute(),
  };
}

async function ending(
  db: Kysely<Schema>,
  id: string,
): Promise<Pick<DocumentChain, "signatures" | "receipts" | "outcomes" | "audit">> {
  const signatures = db.selectFrom("signatures").selectAll().where("document", "=", id);
  const receipts = db.selectFrom("receipts").selectAll().where("document", "=", id);
  const outcomes = db.selectFrom("outcomes").selectAll().where("document", "=", id);
  const audit = db.selectFrom("audit").selectAll().where("subject", "=", id);
  const found = await signatures.orderBy("position").execute();
  return {
    signatures: found.map(({ reasons, ...rest }) => ({ ...rest, reasons: list(reasons) })),
    receipts: (await receipts.orderBy("target").execute()).map(toReceipt),
    outcomes: await outcomes.orderBy("number").execute(),
    audit: await audit.orderBy("seq").execute(),
  };
}

function summary(row: DocumentsTable) {
  return {
    ...documentSummary(row),
    deliveredAt: row.delivered_at,
    fields: JSON.parse(row.fields) as DocumentChain["fields"],
    evidence: JSON.parse(row.evidence) as DocumentChain["evidence"],
    lane: row.lane,
    file: row.file,
    duplicateOf: row.duplicate_of,
    stack: row.stack,
    signed: row.signed === 1,
    test: row.test === 1,
  };
}

function list(json: string): readonly string[] {
  return JSON.parse(json) as string[];
}
