import type { Kysely } from "kysely";
import type { Candidate } from "../domain/document.ts";
import { appendAudit } from "./audit.ts";
import { appendOutcome } from "./outcomes.ts";
import type { Schema } from "./schema.ts";

export interface Moment {
  readonly now: Date;
  readonly run: string | null;
}

/**
 * Reasons that a copy of the same paper under a dossier code puts right. Not `unknown_dossier`: one paper may belong to
 * two dossiers, and the unknown one may be in tomorrow's register.
 */
const CURED_BY_A_CODE = ["no_dossier", "ambiguous_dossier"];

/**
 * A paper held for want of a code that now lies under one (or lies there too) would wait for a person for ever: its
 * record without a code is closed as skipped, `superseded`. `content` is the hash of the files, whatever their codes.
 */
export async function supersede(
  tx: Kysely<Schema>,
  document: Candidate,
  content: string,
  at: Moment,
): Promise<void> {
  const old =
    document.hints.length > 0
      ? await supersedeOthers(tx, document, content, at)
      : await supersedeItself(tx, document, content, at);
  const settled_at = at.now.toISOString();
  for (const id of old) {
    const outcome = {
      state: "skipped",
      reason: "superseded",
      detail: null,
      retriable: 0,
      stack: null,
    } as const;
    await appendOutcome(tx, id, { ...outcome, run: at.run, dossier: null, at: settled_at });
  }
  const entry = { at: at.now, actor: document.officer, action: "document.superseded" };
  const detail = { by: content, run: at.run };
  await appendAudit(
    tx,
    old.map((id) => ({ ...entry, subject: id, detail })),
  );
}

const CLOSED_AS = { state: "skipped", reason: "superseded", retriable: 0 } as const;

async function supersedeOthers(tx: Kysely<Schema>, document: Candidate, content: string, at: Moment) {
  const rows = await tx
    .updateTable("documents")
    .set({ ...CLOSED_AS, settled_at: at.now.toISOString() })
    .where("content", "=", content)
    .where("id", "!=", document.id)
    .where("state", "=", "held")
    .where("reason", "in", CURED_BY_A_CODE)
    .returning("id")
    .execute();
  return rows.map(({ id }) => id);
}

async function supersedeItself(tx: Kysely<Schema>, document: Candidate, content: string, at: Moment) {
  const rows = await tx
    .updateTable("documents")
    .set({ ...CLOSED_AS, settled_at: at.now.toISOString() })
    .where("id", "=", document.id)
    .where("state", "in", ["pending", "held"])
    .where((document) =>
      document.exists(
        document
          .selectFrom("documents as other")
          .select("other.id")
          .where("other.content", "=", content)
          .where("other.dossier", "is not", null)
          .where("other.state", "not in", ["skipped", "quarantined"]),
      ),
    )
    .returning("id")
    .execute();
  return rows.map(({ id }) => id);
}
