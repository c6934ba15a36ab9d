import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { appendAudit } from "./audit.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Schema } from "./schema.ts";

export interface RunStart {
  readonly command: string;
  /** Officer or account that started it. */
  readonly actor: string;
  /** Version of sohoa. */
  readonly version: string;
  /** The settings that decide the result; no secrets. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface RunRow extends Omit<RunStart, "settings"> {
  readonly id: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Null: still running, or stopped without a word. */
  readonly endedAt: string | null;
  readonly exit: number | null;
  readonly summary: Readonly<Record<string, unknown>> | null;
}

export async function startRun(db: Kysely<Schema>, start: RunStart, now: Date): Promise<string> {
  const id = randomUUID();
  const { command, actor, version } = start;
  const settings = canonicalJson(start.settings);
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto("runs")
      .values({ id, command, actor, version, settings, started_at: now.toISOString() })
      .execute();
    await appendAudit(tx, [
      { at: now, actor, action: "run.started", subject: id, detail: { command, version } },
    ]);
  });
  return id;
}

/** Closes a run; `summary` is the summary event of the command. */
export async function endRun(
  db: Kysely<Schema>,
  id: string,
  exit: number,
  summary: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable("runs")
      .set({ ended_at: now.toISOString(), exit, summary: canonicalJson(summary) })
      .where("id", "=", id)
      .returning("actor")
      .executeTakeFirstOrThrow();
    await appendAudit(tx, [
      { at: now, actor: row.actor, action: "run.ended", subject: id, detail: { exit } },
    ]);
  });
}

export async function lastRun(db: Kysely<Schema>): Promise<RunRow | undefined> {
  const row = await db
    .selectFrom("runs")
    .selectAll()
    .orderBy("started_at", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, command, actor, version, exit, started_at: startedAt, ended_at: endedAt } = row;
  const summary = row.summary === null ? null : (JSON.parse(row.summary) as Record<string, unknown>);
  return { id, command, actor, version, exit, startedAt, endedAt, summary };
}
