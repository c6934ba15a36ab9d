import Database from "better-sqlite3";
import { Kysely } from "kysely";
import { expect, it } from "vitest";
import type { AuditEntry } from "../../src/domain/ledger-port.ts";
import { appendAudit } from "../../src/ledger/audit.ts";
import type { Schema } from "../../src/ledger/schema.ts";
import { sqliteDialect } from "../../src/ledger/sqlite-driver.ts";
import { candidate, delivered, facts, freshLedger, signature, temporaryFile, NOW, CODE } from "./fixture.ts";

async function ledgerWithRows(rows: number) {
  const path = temporaryFile();
  const ledger = await freshLedger(path);
  for (let at = 1; at <= rows; at++)
    await ledger.audit({
      at: NOW,
      actor: "nv-1",
      action: "test",
      subject: `s${at}`,
      detail: { b: at, a: [1] },
    });
  return { path, ledger };
}

function tamper(path: string, statement: string): void {
  const raw = new Database(path);
  raw.exec(statement);
  raw.close();
}

it("chains each row to the one before and finds the chain intact", async () => {
  const { ledger } = await ledgerWithRows(3);
  const rows = [];
  for await (const row of ledger.auditRows()) rows.push(row);
  expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(rows[0]?.detail).toBe('{"a":[1],"b":1}');
  expect(rows[2]?.prev).toBe(rows[1]?.hash);
  expect(await ledger.verifyAudit()).toEqual({ intact: true, rows: 3, head: rows[2]?.hash });
});

it.each([
  ["a changed detail", "update audit set detail = '{}' where seq = 3", 3, "changed_row"],
  ["a changed actor", "update audit set actor = 'nv-2' where seq = 1", 1, "changed_row"],
  ["a moved date", "update audit set at = '2025-01-01T00:00:00.000Z' where seq = 5", 5, "changed_row"],
  ["a removed row", "delete from audit where seq = 2", 2, "missing_row"],
  ["removed last rows", "delete from audit where seq > 3", 4, "cut_off"],
  ["a head that was set back with them", "update audit_head set seq = 4", 5, "wrong_head"],
])("finds %s", async (_, statement, broken, why) => {
  const { path, ledger } = await ledgerWithRows(5);
  tamper(path, statement);
  expect(await ledger.verifyAudit()).toMatchObject({ intact: false, broken, why });
});

it("checks more rows than it reads at once", async () => {
  const path = temporaryFile();
  const ledger = await freshLedger(path);
  const db = new Kysely<Schema>({ dialect: sqliteDialect(path) });
  const entry = { at: NOW, actor: "nv-1", action: "test", subject: "s", detail: {} };
  await db.transaction().execute((tx) =>
    appendAudit(
      tx,
      Array.from({ length: 1_100 }, (): AuditEntry => entry),
    ),
  );
  await db.destroy();
  expect(await ledger.verifyAudit()).toMatchObject({ intact: true, rows: 1_100 });
  tamper(path, "update audit set subject = 'x' where seq = 1050");
  expect(await ledger.verifyAudit()).toMatchObject({ intact: false, broken: 1_050 });
});

it("writes one row for each settled document, with codes and hashes and without names and texts", async () => {
  const ledger = await freshLedger();
  const paper = candidate("Nguyễn Văn A", {
    code: CODE,
    fields: { owner: "079201001234", title: "Khai sinh" },
  });
  await ledger.settle(delivered(paper), facts({ signatures: [signature()] }));
  const rows = [];
  for await (const row of ledger.auditRows()) rows.push(row);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ actor: "nv-1", action: "document.settled", subject: paper.id });
  const text = JSON.stringify(rows);
  expect(text).toContain(CODE);
  expect(text).not.toMatch(/Nguyễn|079201001234|Khai sinh|Đoan Trang/u);
});

it("records when a run began and how it ended", async () => {
  const ledger = await freshLedger();
  const start = { command: "run", actor: "nv-1", version: "0.1.0", settings: { jobs: 2 } };
  const id = await ledger.startRun(start);
  expect(await ledger.lastRun()).toMatchObject({ id, endedAt: null, exit: null });
  await ledger.endRun(id, 6, { pages: 3 });
  expect(await ledger.lastRun()).toMatchObject({ id, command: "run", exit: 6, summary: { pages: 3 } });
  const actions = [];
  for await (const { action } of ledger.auditRows()) actions.push(action);
  expect(actions).toEqual(["run.started", "run.ended"]);
});
