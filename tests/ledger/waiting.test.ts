import { Kysely, Migrator } from "kysely";
import { expect, it } from "vitest";
import type { Candidate } from "../../src/domain/document.ts";
import type { OfficerId } from "../../src/domain/ids.ts";
import type { WaitingFilter, WaitingStage } from "../../src/domain/ledger-port.ts";
import { MIGRATIONS } from "../../src/ledger/migrations.ts";
import { openLedger, type SohoaLedger } from "../../src/ledger/open-ledger.ts";
import type { Schema } from "../../src/ledger/schema.ts";
import { sqliteDialect } from "../../src/ledger/sqlite-driver.ts";
import {
  candidate,
  CODE,
  delivered,
  facts,
  freshLedger,
  NOW,
  sha,
  signature,
  temporaryFile,
} from "./fixture.ts";

const OTHER = "H57.132-260811-0077" as typeof CODE;
const waits = (stage: WaitingStage = "assembled", record = "{}") => ({ waiting: { stage, record } });

/** Ends a paper so that it waits. */
async function leave(
  ledger: SohoaLedger,
  document: Candidate,
  stage: WaitingStage = "assembled",
  dossier = CODE,
): Promise<void> {
  await ledger.register(document);
  const state = stage === "assembled" ? "unsigned" : "undelivered";
  await ledger.settle({ document, pages: 2, state, dossier }, facts(waits(stage)));
}

async function listed(ledger: SohoaLedger, filter?: WaitingFilter): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of ledger.waiting(filter)) names.push(name);
  return names;
}

const secret = (document: Candidate) =>
  ({
    document,
    pages: 1,
    state: "quarantined",
    reason: "secret_mark",
    detail: "",
    retriable: false,
  }) as const;

it("lists what waits as people know it, with the record it waits with", async () => {
  const ledger = await freshLedger();
  const paper = candidate("a", { code: CODE, range: { first: 3, last: 4 } });
  await ledger.register(paper);
  await ledger.settle({ document: paper, pages: 2, state: "unsigned", dossier: CODE }, facts(waits()));
  const found = [];
  for await (const waiting of ledger.waiting()) found.push(waiting);
  expect(found).toEqual([
    {
      id: paper.id,
      state: "unsigned",
      reason: null,
      retriable: false,
      dossier: CODE,
      pages: 2,
      stage: "assembled",
      name: "a.pdf",
      range: { first: 3, last: 4 },
      title: "Tờ khai a",
      unit: "H57.132",
      officer: "nv-1",
      role: "component",
      since: NOW.toISOString(),
    },
  ]);
  expect(await ledger.waitingRecord(paper.id)).toEqual({ stage: "assembled", record: "{}" });
});

it("picks by officer, dossier and stage", async () => {
  const ledger = await freshLedger();
  await leave(ledger, candidate("a", { code: CODE }));
  await leave(ledger, candidate("b", { code: OTHER, officer: "nv-2" as OfficerId }), "assembled", OTHER);
  await leave(ledger, candidate("c", { code: OTHER }), "signed", OTHER);
  expect(await listed(ledger, { officer: "nv-2" })).toEqual(["b.pdf"]);
  expect((await listed(ledger, { dossier: OTHER })).toSorted()).toEqual(["b.pdf", "c.pdf"]);
  expect(await listed(ledger, { stage: "signed" })).toEqual(["c.pdf"]);
  expect(await listed(ledger, { stage: "signed", dossier: CODE })).toEqual([]);
  expect(await ledger.countWaiting()).toEqual({ assembled: 2, signed: 1, stranded: 0 });
  expect(await ledger.countWaiting({ officer: "nv-2" })).toEqual({ assembled: 1, signed: 0, stranded: 0 });
});

it("goes through more than it reads at once, in order, while documents leave the list", async () => {
  let minute = 0;
  const ledger = await freshLedger(undefined, () => new Date(NOW.getTime() + 60_000 * minute));
  const papers = Array.from({ length: 505 }, (_, index) => candidate(`p${index}`, { code: CODE }));
  for (const [index, paper] of papers.entries()) {
    // Some are registered in the same millisecond, as a plan does.
    minute = Math.floor(index / 3);
    await leave(ledger, paper);
  }
  const seen: string[] = [];
  const moments: string[] = [];
  for await (const { id, name } of ledger.waiting()) {
    const paper = papers.find((one) => one.id === id);
    if (paper === undefined) throw new Error(name);
    seen.push(name);
    moments.push(String(Math.floor(papers.indexOf(paper) / 3)).padStart(4, "0"));
    if (seen.length % 20 === 0) await ledger.settle(delivered(paper), facts());
  }
  expect(new Set(seen).size).toBe(papers.length);
  expect(moments).toEqual(moments.toSorted());
  expect(await ledger.countWaiting()).toMatchObject({ assembled: 480 });
}, 60_000);

it.each([
  [
    "was delivered",
    async (ledger: SohoaLedger, paper: Candidate) => ledger.settle(delivered(paper), facts()),
  ],
  [
    "carries a secret mark",
    async (ledger: SohoaLedger, paper: Candidate) => ledger.settle(secret(paper), facts(waits())),
  ],
  ["was forgotten", async (ledger: SohoaLedger, paper: Candidate) => void (await ledger.forget(paper.id))],
  [
    "ended with nothing to go on with",
    async (ledger: SohoaLedger, document: Candidate) =>
      ledger.settle(
        { document, pages: 1, state: "failed", reason: "damaged_object", detail: "", retriable: true },
        facts(),
      ),
  ],
])("keeps no record of a document that %s", async (_why, end) => {
  const ledger = await freshLedger();
  const paper = candidate("a", { code: CODE });
  await leave(ledger, paper);
  await end(ledger, paper);
  expect(await listed(ledger)).toEqual([]);
  expect(await ledger.waitingRecord(paper.id)).toBeUndefined();
});

it("keeps what a document waits with when a second copy of it is met", async () => {
  const ledger = await freshLedger();
  const paper = candidate("a", { code: CODE });
  await leave(ledger, paper);
  await ledger.settle({ document: paper, pages: 0, state: "duplicate", of: paper.id }, facts());
  expect(await listed(ledger)).toEqual(["a.pdf"]);
});

it("waits since the first night, with the record of the last", async () => {
  const ledger = await freshLedger();
  const paper = candidate("a", { code: CODE });
  await leave(ledger, paper);
  const at = new Date(NOW.getTime() + 86_400_000);
  const again = { document: paper, pages: 2, state: "unsigned", dossier: CODE } as const;
  await ledger.settle(again, facts({ ...waits("assembled", '{"new":1}'), at }));
  for await (const { since } of ledger.waiting()) expect(since).toBe(NOW.toISOString());
  expect(await ledger.waitingRecord(paper.id)).toEqual({ stage: "assembled", record: '{"new":1}' });
  await ledger.settle({ ...again, state: "undelivered" }, facts({ ...waits("signed"), at }));
  for await (const { since, stage } of ledger.waiting())
    expect([since, stage]).toEqual([at.toISOString(), "signed"]);
});

it("forgets a record whose PDF tells another role or title than the manifest does now", async () => {
  const ledger = await freshLedger();
  const [same, other] = [candidate("a", { code: CODE }), candidate("b", { code: CODE })];
  for (const paper of [same, other]) await leave(ledger, paper);
  await ledger.register({ ...same, officer: "nv-7" as OfficerId, name: "moved/a.pdf" });
  await ledger.register({ ...other, fields: { title: "Tên mới" } });
  const left = [];
  for await (const { name, officer } of ledger.waiting()) left.push([name, officer]);
  expect(left).toEqual([["moved/a.pdf", "nv-7"]]);
  expect(await ledger.countWaiting()).toEqual({ assembled: 1, signed: 0, stranded: 1 });
});

it("records who prepared and who signed, once for each file, and keeps the chain whole", async () => {
  const ledger = await freshLedger();
  const paper = candidate("a", { code: CODE });
  await ledger.register(paper);
  const signedBy = { actor: "nv-2", certificate: sha("k"), file: sha("f"), level: "B-T", test: false };
  const away = { reason: "target_unreachable", detail: "", retriable: true } as const;
  const failed = { document: paper, pages: 1, state: "failed", ...away } as const;
  await ledger.settle(failed, facts({ ...waits("signed"), signedBy, file: sha("f") }));
  await ledger.settle(failed, facts({ ...waits("signed"), signedBy, file: sha("f") }));
  await ledger.settle(delivered(paper), facts({ signedBy, file: sha("f") }));
  const [chain] = await ledger.showDocument(paper.id);
  const rows = chain?.audit.filter(({ action }) => action === "document.signed") ?? [];
  expect(rows.map(({ actor, detail }) => [actor, JSON.parse(detail)])).toEqual([
    ["nv-2", { certificate: sha("k"), file: sha("f"), level: "B-T", preparedBy: "nv-1", test: false }],
  ]);
  expect(chain?.officer).toBe("nv-1");
  expect(await ledger.verifyAudit()).toMatchObject({ intact: true });
});

it("opens a ledger of the version before: what waited there is known, and needs a run", async () => {
  const path = temporaryFile();
  const paper = candidate("a", { code: CODE });
  const db = new Kysely<Schema>({ dialect: sqliteDialect(path) });
  const { "0003-waiting": _new, ...before } = MIGRATIONS;
  const provider = { getMigrations: async () => before };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  expect(error).toBeUndefined();
  await db
    .insertInto("documents")
    .values({
      id: paper.id,
      content: "c",
      name: paper.name,
      unit: "H57.132",
      officer: "nv-1",
      role: "component",
      fields: "{}",
      dossier: CODE,
      state: "unsigned",
      reason: null,
      detail: null,
      retriable: 0,
      duplicate_of: null,
      stack: null,
      lane: "built",
      pages: 1,
      file: null,
      evidence: "[]",
      signed: 0,
      test: 0,
      registered_at: NOW.toISOString(),
      settled_at: null,
      delivered_at: null,
    })
    .execute();
  await db.destroy();
  const ledger = await openLedger({ path });
  expect(await ledger.countWaiting()).toEqual({ assembled: 0, signed: 0, stranded: 1 });
  const proven = { ...signature(), provenAt: NOW.toISOString(), revocation: "good" } as const;
  await ledger.settle(
    { document: paper, pages: 1, state: "undelivered", dossier: CODE },
    facts({ ...waits("signed"), signatures: [proven] }),
  );
  const [chain] = await ledger.showDocument(paper.id);
  expect(chain?.signatures).toMatchObject([{ proven_at: NOW.toISOString(), revocation: "good" }]);
  expect(await ledger.countWaiting()).toEqual({ assembled: 0, signed: 1, stranded: 0 });
  await ledger.close();
});
