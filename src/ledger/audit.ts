import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { AuditEntry } from "../domain/ledger-port.ts";
import { canonicalJson } from "./canonical-json.ts";
import { NO_HASH } from "./migrations.ts";
import type { AuditTable, Schema } from "./schema.ts";

export type AuditRow = Readonly<AuditTable>;

/** `broken` is the first row (its `seq`) that was changed, removed or put in. */
export type AuditVerdict =
  | { readonly intact: true; readonly rows: number; readonly head: string }
  | { readonly intact: false; readonly rows: number; readonly broken: number; readonly why: AuditDamage };
type AuditDamage = "missing_row" | "changed_row" | "cut_off" | "wrong_head";

const BATCH = 1_000;

/**
 * Appends rows; call it inside a transaction, before its other reads. Taking the head row first locks the chain, so
 * that processes writing together queue up on both databases instead of failing (or forking the chain).
 */
export async function appendAudit(db: Kysely<Schema>, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const head = await db
    .updateTable("audit_head")
    .set((row) => ({ seq: row("seq", "+", entries.length) }))
    .where("id", "=", 1)
    .returning(["seq", "hash"])
    .executeTakeFirstOrThrow();
  let { hash } = head;
  for (const [place, entry] of entries.entries()) {
    const row = sealed(entry, head.seq - entries.length + place + 1, hash);
    hash = row.hash;
    await db.insertInto("audit").values(row).execute();
  }
  await db.updateTable("audit_head").set({ hash }).where("id", "=", 1).execute();
}

/** Follows the chain from the first row to the head; reads it in pieces, so memory does not grow with it. */
export async function verifyAudit(db: Kysely<Schema>): Promise<AuditVerdict> {
  let seq = 0;
  let hash = NO_HASH;
  for await (const row of auditRows(db)) {
    if (row.seq !== seq + 1) return { intact: false, rows: seq, broken: seq + 1, why: "missing_row" };
    if (row.prev !== hash || row.hash !== seal(row))
      return { intact: false, rows: seq, broken: row.seq, why: "changed_row" };
    seq = row.seq;
    hash = row.hash;
  }
  const head = await db
    .selectFrom("audit_head")
    .select(["seq", "hash"])
    .where("id", "=", 1)
    .executeTakeFirst();
  if (head === undefined || head.seq < seq || (head.seq === seq && head.hash !== hash))
    return { intact: false, rows: seq, broken: seq, why: "wrong_head" };
  if (head.seq > seq) return { intact: false, rows: seq, broken: seq + 1, why: "cut_off" };
  return { intact: true, rows: seq, head: hash };
}

/** All rows in order, for checking and export. */
export async function* auditRows(db: Kysely<Schema>): AsyncGenerator<AuditRow> {
  let last = -1;
  for (;;) {
    const rows = await db
      .selectFrom("audit")
      .selectAll()
      .where("seq", ">", last)
      .orderBy("seq")
      .limit(BATCH)
      .execute();
    yield* rows;
    last = rows.at(-1)?.seq ?? last;
    if (rows.length < BATCH) return;
  }
}

function sealed(entry: AuditEntry, seq: number, prev: string): AuditTable {
  const { actor, action, subject } = entry;
  const row = {
    seq,
    at: entry.at.toISOString(),
    actor,
    action,
    subject,
    detail: canonicalJson(entry.detail),
    prev,
  };
  return { ...row, hash: seal(row) };
}

function seal({ seq, at, actor, action, subject, detail, prev }: Omit<AuditTable, "hash">): string {
  const text = canonicalJson({ seq, at, actor, action, subject, detail, prev });
  return createHash("sha256").update(text).digest("hex");
}
