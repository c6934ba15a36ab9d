import type { Kysely } from "kysely";
import type { WaitingRecord } from "../domain/ledger-port.ts";
import type { DocumentsTable, Schema } from "./schema.ts";

/** What a document waits with from now on; nothing: it waits no longer. */
export async function replaceWaiting(
  tx: Kysely<Schema>,
  document: string,
  given: WaitingRecord | undefined,
  at: string,
): Promise<void> {
  await tx.deleteFrom("waiting").where("document", "=", document).execute();
  if (given === undefined) return;
  const { stage, record } = given;
  await tx.insertInto("waiting").values({ document, stage, record, at }).execute();
}

/** A paper that ended tonight as it ended last night waits since last night, with tonight's record. */
export async function renewWaiting(
  tx: Kysely<Schema>,
  document: string,
  given: WaitingRecord | undefined,
): Promise<void> {
  const known = await tx
    .selectFrom("waiting")
    .select(["stage", "at"])
    .where("document", "=", document)
    .executeTakeFirst();
  const settled = await tx
    .selectFrom("documents")
    .select("settled_at")
    .where("id", "=", document)
    .executeTakeFirst();
  await replaceWaiting(tx, document, given, known?.at ?? settled?.settled_at ?? "");
}

/** Role and fields stand in the PDF that waits: when a manifest corrects them, it must be made anew. */
export async function forgetStale(
  tx: Kysely<Schema>,
  document: string,
  { role, fields }: Pick<DocumentsTable, "role" | "fields">,
): Promise<void> {
  await tx
    .deleteFrom("waiting")
    .where("document", "=", document)
    .where((stale) =>
      stale.exists(
        stale
          .selectFrom("documents")
          .select("documents.id")
          .where("documents.id", "=", document)
          .where((row) => row.or([row("documents.role", "!=", role), row("documents.fields", "!=", fields)])),
      ),
    )
    .execute();
}
