import { sql, type Kysely } from "kysely";
import type { Receipt } from "../domain/document.ts";
import type { DocumentId, DossierCode, Sha256 } from "../domain/ids.ts";
import type { ReceiptsTable, Schema } from "./schema.ts";

/**
 * The number is given once and never again. It follows the highest given number, not the count of rows, and one
 * statement finds and takes it, so that two processes cannot both take it (TT 01/2023 Đ.10: part of the paper's code).
 */
export async function ordinal(
  db: Kysely<Schema>,
  document: DocumentId,
  dossier: DossierCode,
  role: string,
): Promise<number> {
  await db
    .insertInto("ordinals")
    .columns(["document", "dossier", "role", "ordinal"])
    .expression((from) =>
      from
        .selectFrom("ordinals")
        .select([
          sql<string>`${document}`.as("document"),
          sql<string>`${dossier}`.as("dossier"),
          sql<string>`${role}`.as("role"),
          sql<number>`coalesce(max(ordinal), 0) + 1`.as("ordinal"),
        ])
        .where("dossier", "=", dossier)
        .where("role", "=", role),
    )
    .onConflict((conflict) => conflict.columns(["document", "dossier", "role"]).doNothing())
    .execute();
  const row = await db
    .selectFrom("ordinals")
    .select("ordinal")
    .where("document", "=", document)
    .where("dossier", "=", dossier)
    .where("role", "=", role)
    .executeTakeFirstOrThrow();
  return row.ordinal;
}

export async function receipt(
  db: Kysely<Schema>,
  document: DocumentId,
  target: string,
): Promise<Receipt | undefined> {
  const row = await db
    .selectFrom("receipts")
    .selectAll()
    .where("document", "=", document)
    .where("target", "=", target)
    .executeTakeFirst();
  return row === undefined ? undefined : toReceipt(row);
}

/** A later receipt of the same target replaces the earlier: the document was delivered again with other bytes. */
export async function keepReceipt(db: Kysely<Schema>, document: DocumentId, given: Receipt): Promise<void> {
  const { target, key, location, sha256, bytes, at } = given;
  await db
    .insertInto("receipts")
    .values({ document, target, key, location, sha256, bytes, at })
    .onConflict((conflict) =>
      conflict.columns(["document", "target"]).doUpdateSet({ key, location, sha256, bytes, at }),
    )
    .execute();
}

export function toReceipt({ target, key, location, sha256, bytes, at }: ReceiptsTable): Receipt {
  return { target, key, location, sha256: sha256 as Sha256, bytes, at };
}
