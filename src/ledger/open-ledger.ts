import { Kysely, Migrator } from "kysely";
import { OperationalError } from "../domain/errors.ts";
import type { Ledger, WaitingFilter } from "../domain/ledger-port.ts";
import type { RegisterKind } from "../domain/register.ts";
import type { ReportFacts } from "../domain/report.ts";
import { appendAudit, auditRows, verifyAudit, type AuditRow, type AuditVerdict } from "./audit.ts";
import { find, otherDossiers, register } from "./documents.ts";
import { translateErrors } from "./ledger-errors.ts";
import { MIGRATIONS } from "./migrations.ts";
import {
  countsByReason,
  countsByState,
  listDocuments,
  type DocumentFilter,
  type DocumentSummary,
  type ReasonCount,
  type StateCounts,
} from "./queries.ts";
import { keepReceipt, ordinal, receipt } from "./receipts.ts";
import {
  hasDossier,
  importRegister,
  type ImportOptions,
  type ImportResult,
  type RegisterLine,
} from "./register-queries.ts";
import { reportFacts, type FactsRequest } from "./report-facts.ts";
import { endRun, lastRun, startRun, type RunRow, type RunStart } from "./runs.ts";
import type { Schema } from "./schema.ts";
import { settle } from "./settle.ts";
import { showDocument, type DocumentChain } from "./show.ts";
import { sqliteDialect } from "./sqlite-driver.ts";
import { countWaiting, waiting, type WaitingCounts, waitingRecord } from "./waiting.ts";
import { forget, handOver, keep, kept, knownHash, rememberHash } from "./steps.ts";

/** The port of the pipeline and what reports and commands need besides. */
export interface SohoaLedger extends Ledger {
  /** Upserts rows by key; wrong rows come back with their line, the rest is imported. */
  importRegister(
    kind: RegisterKind,
    lines: AsyncIterable<RegisterLine> | Iterable<RegisterLine>,
    options: ImportOptions,
  ): Promise<ImportResult>;
  reportFacts(request: FactsRequest): Promise<ReportFacts>;
  countsByState(): Promise<StateCounts>;
  countsByReason(): Promise<readonly ReasonCount[]>;
  listDocuments(filter?: DocumentFilter): Promise<readonly DocumentSummary[]>;
  /** Whole evidence chains of what an id, its beginning, a dossier code, a path or a hash names. */
  showDocument(asked: string): Promise<readonly DocumentChain[]>;
  /** How many wait at each stage, and how many can only go on in a new run. */
  countWaiting(filter?: Omit<WaitingFilter, "stage">): Promise<WaitingCounts>;
  /** Begins a run; what is settled from now on belongs to it. Returns its id. */
  startRun(start: RunStart): Promise<string>;
  endRun(id: string, exit: number, summary: Readonly<Record<string, unknown>>): Promise<void>;
  lastRun(): Promise<RunRow | undefined>;
  verifyAudit(): Promise<AuditVerdict>;
  auditRows(): AsyncIterable<AuditRow>;
  close(): Promise<void>;
}

/** Opens (and makes or brings up to date) the ledger file; throws `ledger` when that cannot be done. */
export async function openLedger(options: {
  readonly path: string;
  readonly now?: () => Date;
}): Promise<SohoaLedger> {
  const now = options.now ?? (() => new Date());
  try {
    const db = new Kysely<Schema>({ dialect: sqliteDialect(options.path) });
    await migrate(db);
    return ledgerOn(db, now);
  } catch (error) {
    const detail = error instanceof Error && "code" in error ? String(error.code) : "migration";
    throw new OperationalError("ledger", detail, { cause: error });
  }
}

/** Two processes that open a new file together may trip over each other; every statement may be repeated. */
async function migrate(db: Kysely<Schema>, triesLeft = 3): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error === undefined) return;
  if (triesLeft > 0) return migrate(db, triesLeft - 1);
  await db.destroy();
  throw error instanceof Error ? error : new Error("migration");
}

function ledgerOn(db: Kysely<Schema>, now: () => Date): SohoaLedger {
  let run: string | null = null;
  const asynchronous = {
    ...stepMethods(db, now),
    ...queryMethods(db),
    register: (candidate) => register(db, candidate, { now: now(), run }),
    settle: (outcome, facts) => settle(db, outcome, facts, run),
    audit: (entry) => db.transaction().execute((tx) => appendAudit(tx, [entry])),
    importRegister: (kind, lines, options) => importRegister(db, kind, lines, options, now()),
    startRun: async (start) => (run = await startRun(db, start, now())),
    endRun: async (id, exit, summary) => {
      await endRun(db, id, exit, summary, now());
      run = null;
    },
    close: () => db.destroy(),
  } satisfies Omit<SohoaLedger, "auditRows" | "waiting">;
  return {
    ...translateErrors(asynchronous),
    auditRows: () => auditRows(db),
    waiting: (filter = {}) => waiting(db, filter),
  };
}

function stepMethods(db: Kysely<Schema>, now: () => Date) {
  return {
    knownHash: (path, bytes, mtimeMs) => knownHash(db, { path, bytes, mtimeMs }),
    rememberHash: (file) => rememberHash(db, file),
    kept: (key) => kept(db, key),
    keep: (step) => keep(db, step, now()),
    handOver: (stack, part, pages) => handOver(db, stack, part, pages),
    forget: (id) => forget(db, id),
    ordinal: (id, dossier, role) => ordinal(db, id, dossier, role),
    receipt: (id, target) => receipt(db, id, target),
    keepReceipt: (id, given) => keepReceipt(db, id, given),
  } satisfies Partial<SohoaLedger>;
}

function queryMethods(db: Kysely<Schema>) {
  return {
    find: (id) => find(db, id),
    otherDossiers: (id) => otherDossiers(db, id),
    hasDossier: (code) => hasDossier(db, code),
    reportFacts: (request) => reportFacts(db, request),
    countsByState: () => countsByState(db),
    countsByReason: () => countsByReason(db),
    listDocuments: (filter = {}) => listDocuments(db, filter),
    showDocument: (asked) => showDocument(db, asked),
    countWaiting: (filter = {}) => countWaiting(db, filter),
    waitingRecord: (id) => waitingRecord(db, id),
    lastRun: () => lastRun(db),
    verifyAudit: () => verifyAudit(db),
  } satisfies Partial<SohoaLedger>;
}
