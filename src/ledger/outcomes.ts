import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

type OutcomeRow = Omit<Schema["outcomes"], "document" | "number">;

/** Adds to a document's history, which is never changed; call it inside a transaction that has written already. */
export async function appendOutcome(tx: Kysely<Schema>, document: string, row: OutcomeRow): Promise<void> {
  const last = await tx
    .selectFrom("outcomes")
    .select(({ fn }) => fn.max("number").as("number"))
    .where("document", "=", document)
    .executeTakeFirst();
  const number = (last?.number ?? 0) + 1;
  await tx
    .insertInto("outcomes")
    .values({ document, number, ...row })
    .execute();
}
