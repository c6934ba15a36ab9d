import type { ColumnDataType, Kysely, Migration } from "kysely";
import type { Schema } from "./schema.ts";

/** Never change one that was released: add the next. Kysely applies them in the order of their names. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first": { up: first },
  "0002-stacks": { up: stacks },
  "0003-waiting": { up: waiting },
};

/** What the first row of the audit chain names as its predecessor. */
export const NO_HASH = "0".repeat(64);

interface TablePlan {
  /** Columns by type, as words; the optional ones may be null, the others must not. */
  readonly text: string;
  readonly optionalText?: string;
  readonly bigint?: string;
  readonly optionalBigint?: string;
  readonly double?: string;
  readonly key?: string;
  readonly unique?: string;
  readonly indexes?: readonly string[];
  /** Its column `document` must name a row of `documents`. */
  readonly ofDocument?: boolean;
}

const FIRST: Readonly<Record<Exclude<keyof Schema, "waiting">, TablePlan>> = {
  units: { text: "code name level", optionalText: "parent valid_from valid_to successor", key: "code" },
  officers: { text: "id name", optionalText: "unit", key: "id" },
  dossiers: {
    text: "code unit procedure procedure_name received level",
    optionalText: "due resolved officer",
    bigint: "no_result",
    optionalBigint: "state",
    key: "code",
    indexes: ["received"],
  },
  quotas: { text: "officer period kind", bigint: "target", key: "officer period kind" },
  imports: { text: "kind at source", bigint: "row_count" },
  documents: {
    text: "id content name unit officer role fields state evidence registered_at",
    optionalText: "dossier reason detail duplicate_of lane file settled_at delivered_at",
    bigint: "retriable pages signed test",
    key: "id",
    indexes: ["content", "dossier", "state"],
  },
  sources: {
    text: "document path sha256 seen_at",
    bigint: "position bytes mtime_ms",
    optionalBigint: "first_page last_page",
    key: "document path position",
    indexes: ["path", "sha256"],
    ofDocument: true,
  },
  file_hashes: { text: "path sha256", bigint: "bytes mtime_ms", key: "path" },
  pages: {
    text: "document source findings reading",
    bigint: "number source_index blank words",
    double: "dpi skew_degrees confidence worst",
    key: "document number",
    indexes: ["reading"],
    ofDocument: true,
  },
  // Two documents that share a page may both own its step, so that one can be forgotten without the other.
  steps: { text: "key document stage result at", bigint: "page", key: "key document", indexes: ["document"] },
  step_objects: {
    text: "step document object",
    key: "step document object",
    indexes: ["object", "document"],
  },
  ordinals: {
    text: "document dossier role",
    bigint: "ordinal",
    key: "document dossier role",
    unique: "dossier role ordinal",
    ofDocument: true,
  },
  outcomes: {
    text: "document state at",
    optionalText: "run reason detail stack dossier",
    bigint: "number retriable",
    key: "document number",
    indexes: ["run"],
    ofDocument: true,
  },
  signatures: {
    text: "document signer sub_filter level digest certificate verdict reasons",
    optionalText: "signed_at",
    bigint: "position covers_whole_file test",
    key: "document position",
    ofDocument: true,
  },
  receipts: {
    text: "document target key location sha256 at",
    bigint: "bytes",
    key: "document target",
    ofDocument: true,
  },
  audit: {
    text: "at actor action subject detail prev hash",
    bigint: "seq",
    key: "seq",
    indexes: ["subject"],
  },
  audit_head: { text: "hash", bigint: "id seq", key: "id" },
  runs: {
    text: "id command actor version settings started_at",
    optionalText: "ended_at summary",
    optionalBigint: "exit",
    key: "id",
  },
};

async function first(db: Kysely<Schema>): Promise<void> {
  for (const [name, plan] of Object.entries(FIRST)) await createTable(db, name, plan);
  await db
    .insertInto("audit_head")
    .values({ id: 1, seq: 0, hash: NO_HASH })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Papers separated from a stack, and what was done to each page. */
async function stacks(db: Kysely<Schema>): Promise<void> {
  const has = await knownColumns(db);
  if (!has("documents", "stack"))
    await db.schema.alterTable("documents").addColumn("stack", "text").execute();
  for (const column of ["changes", "marks"] as const) {
    if (has("pages", column)) continue;
    const add = db.schema
      .alterTable("pages")
      .addColumn(column, "text", (made) => made.notNull().defaultTo("[]"));
    await add.execute();
  }
}

/** What waits for a signature or the warehouse, and what time stamps and issuers say of signatures. */
async function waiting(db: Kysely<Schema>): Promise<void> {
  await createTable(db, "waiting", {
    text: "document stage record at",
    key: "document",
    indexes: ["stage"],
    ofDocument: true,
  });
  const has = await knownColumns(db);
  for (const column of ["proven_at", "revocation"] as const) {
    if (!has("signatures", column))
      await db.schema.alterTable("signatures").addColumn(column, "text").execute();
  }
}

/** Two processes may open a new file together: whoever comes second finds the columns there. */
async function knownColumns(db: Kysely<Schema>): Promise<(table: string, column: string) => boolean> {
  const tables = await db.introspection.getTables();
  return (table, column) =>
    tables.some(({ name, columns }) => name === table && columns.some((known) => known.name === column));
}

async function createTable(db: Kysely<Schema>, name: string, plan: TablePlan): Promise<void> {
  let table = db.schema.createTable(name).ifNotExists();
  const columns = (list: string | undefined, type: ColumnDataType, optional: boolean) => {
    for (const column of words(list))
      table = table.addColumn(column, type, (built) => (optional ? built : built.notNull()));
  };
  columns(plan.text, "text", false);
  columns(plan.optionalText, "text", true);
  columns(plan.bigint, "bigint", false);
  columns(plan.optionalBigint, "bigint", true);
  columns(plan.double, "double precision", false);
  if (plan.key !== undefined) table = table.addPrimaryKeyConstraint(`${name}_key`, unchecked(plan.key));
  if (plan.unique !== undefined) table = table.addUniqueConstraint(`${name}_once`, unchecked(plan.unique));
  if (plan.ofDocument === true)
    table = table.addForeignKeyConstraint(`${name}_of`, unchecked("document"), "documents", ["id"]);
  await table.execute();
  for (const column of plan.indexes ?? [])
    await db.schema.createIndex(`${name}_by_${column}`).ifNotExists().on(name).column(column).execute();
}

/** Columns are added in loops, so their names are not known to the compiler. */
function unchecked(list: string): never[] {
  return words(list) as never[];
}

function words(list: string | undefined): string[] {
  return list === undefined ? [] : list.split(" ");
}
