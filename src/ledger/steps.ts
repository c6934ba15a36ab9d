import type { Kysely } from "kysely";
import type { FileRef } from "../domain/document.ts";
import type { DocumentId, Sha256 } from "../domain/ids.ts";
import type { KeptStep } from "../domain/ledger-port.ts";
import type { Schema } from "./schema.ts";

export async function knownHash(
  db: Kysely<Schema>,
  file: { readonly path: string; readonly bytes: number; readonly mtimeMs: number },
): Promise<Sha256 | undefined> {
  const row = await db
    .selectFrom("file_hashes")
    .select("sha256")
    .where("path", "=", file.path)
    .where("bytes", "=", file.bytes)
    .where("mtime_ms", "=", file.mtimeMs)
    .executeTakeFirst();
  return row?.sha256 as Sha256 | undefined;
}

export async function rememberHash(db: Kysely<Schema>, file: FileRef): Promise<void> {
  const { path, bytes, mtimeMs, sha256 } = file;
  await db
    .insertInto("file_hashes")
    .values({ path, bytes, mtime_ms: mtimeMs, sha256 })
    .onConflict((conflict) => conflict.column("path").doUpdateSet({ bytes, mtime_ms: mtimeMs, sha256 }))
    .execute();
}

export async function kept(db: Kysely<Schema>, key: Sha256): Promise<string | undefined> {
  const row = await db.selectFrom("steps").select("result").where("key", "=", key).executeTakeFirst();
  return row?.result;
}

/** One commit, so that a run cut after it starts again behind this page. */
export async function keep(db: Kysely<Schema>, step: KeptStep, now: Date): Promise<void> {
  const { key, document, stage, page, result } = step;
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto("steps")
      .values({ key, document, stage, page, result, at: now.toISOString() })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    if (step.objects.length === 0) return;
    await tx
      .insertInto("step_objects")
      .values(step.objects.map((object) => ({ step: key, document, object })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

/** The part's pages are counted from its own first one. */
export async function handOver(
  db: Kysely<Schema>,
  stack: DocumentId,
  part: DocumentId,
  pages: readonly number[],
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom("steps")
      .selectAll()
      .where("document", "=", stack)
      .where("stage", "=", "read-page")
      .where("page", "in", [...pages])
      .execute();
    for (const row of rows) {
      const page = pages.indexOf(row.page) + 1;
      const own = { ...row, document: part, page };
      await tx
        .insertInto("steps")
        .values(own)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await tx.deleteFrom("steps").where("key", "=", row.key).where("document", "=", stack).execute();
      await handOverObjects(tx, row.key, stack, part);
    }
  });
}

async function handOverObjects(tx: Kysely<Schema>, step: string, stack: string, part: string): Promise<void> {
  const gone = await tx
    .deleteFrom("step_objects")
    .where("step", "=", step)
    .where("document", "=", stack)
    .returning("object")
    .execute();
  for (const { object } of gone)
    await tx
      .insertInto("step_objects")
      .values({ step, document: part, object })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

/** Objects that a settled document still names stay too: another document may have reused this one's step. */
export async function forget(db: Kysely<Schema>, document: DocumentId): Promise<readonly Sha256[]> {
  return db.transaction().execute(async (tx) => {
    await tx.deleteFrom("steps").where("document", "=", document).execute();
    await tx.deleteFrom("waiting").where("document", "=", document).execute();
    const gone = await tx
      .deleteFrom("step_objects")
      .where("document", "=", document)
      .returning("object")
      .execute();
    const free: Sha256[] = [];
    for (const object of new Set(gone.map((row) => row.object)))
      if (!(await isNamed(tx, object, document))) free.push(object as Sha256);
    return free;
  });
}

async function isNamed(tx: Kysely<Schema>, object: string, document: string): Promise<boolean> {
  const step = await tx
    .selectFrom("step_objects")
    .select("object")
    .where("object", "=", object)
    .limit(1)
    .executeTakeFirst();
  const page = await tx
    .selectFrom("pages")
    .select("reading")
    .where("reading", "=", object)
    .where("document", "!=", document)
    .limit(1)
    .executeTakeFirst();
  const file = await tx
    .selectFrom("documents")
    .select("id")
    .where("file", "=", object)
    .where("id", "!=", document)
    .limit(1)
    .executeTakeFirst();
  return [step, page, file].some((row) => row !== undefined);
}
