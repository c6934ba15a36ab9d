import Database from "better-sqlite3";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import type { DocumentId } from "../../src/domain/ids.ts";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import { candidate, CODE, delivered, facts, freshLedger, readPage, sha, temporaryFile } from "./fixture.ts";

const HOLD_LOCK = `
  const db = new (require("better-sqlite3"))(process.argv[1]);
  db.exec("begin immediate");
  console.log("locked");
  setTimeout(() => db.exec("commit"), 500);
`;

const A = candidate("a", { code: CODE });
const B = candidate("b", { code: CODE });

const step = (key: string, document: DocumentId, ...objects: string[]) => ({
  key: sha(key),
  document,
  stage: "read",
  page: 1,
  result: `{"of":"${key}"}`,
  objects: objects.map(sha),
});

it("keeps a step once, however often it is told", async () => {
  const ledger = await freshLedger();
  expect(await ledger.kept(sha("k"))).toBeUndefined();
  await ledger.keep(step("k", A.id, "o"));
  await ledger.keep({ ...step("k", A.id, "o"), result: "other" });
  expect(await ledger.kept(sha("k"))).toBe('{"of":"k"}');
});

it("forgets one document's steps and frees only objects that nothing else names", async () => {
  const ledger = await freshLedger();
  await ledger.keep(step("k1", A.id, "own", "shared", "read by b", "file of b"));
  await ledger.keep(step("k2", B.id, "shared"));
  await ledger.settle(
    delivered(B),
    facts({ pages: [readPage(1, sha("read by b"))], file: sha("file of b") }),
  );
  expect(await ledger.forget(A.id)).toEqual([sha("own")]);
  expect(await ledger.kept(sha("k1"))).toBeUndefined();
  expect(await ledger.kept(sha("k2"))).toBeDefined();
});

it("lets two documents own the same step, so that forgetting one leaves it to the other", async () => {
  const ledger = await freshLedger();
  await ledger.keep(step("k", A.id, "o"));
  await ledger.keep(step("k", B.id, "o"));
  expect(await ledger.forget(A.id)).toEqual([]);
  expect(await ledger.kept(sha("k"))).toBeDefined();
  expect(await ledger.forget(B.id)).toEqual([sha("o")]);
});

it("numbers the papers of a dossier and role from 1, the same every time, also when asked at once", async () => {
  const ledger = await freshLedger();
  const papers = Array.from({ length: 8 }, (_, at) => candidate(`p${at}`));
  for (const paper of papers) await ledger.register(paper);
  const ask = () => Promise.all(papers.map(({ id }) => ledger.ordinal(id, CODE, "component")));
  const numbers = await ask();
  expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await ask()).toEqual(numbers);
  expect(await ledger.ordinal(papers[3]?.id ?? A.id, CODE, "result")).toBe(1);
});

it("gives the next number after the highest, even when an earlier one was removed", async () => {
  const path = temporaryFile();
  const ledger = await freshLedger(path);
  for (const paper of [A, B, candidate("c")]) await ledger.register(paper);
  await ledger.ordinal(A.id, CODE, "component");
  await ledger.ordinal(B.id, CODE, "component");
  const raw = new Database(path);
  raw.prepare("delete from ordinals where document = ?").run(A.id);
  raw.close();
  expect(await ledger.ordinal(candidate("c").id, CODE, "component")).toBe(3);
});

it("remembers a file's hash until its size or time changes", async () => {
  const ledger = await freshLedger();
  const file = { path: "/in/a.pdf", sha256: sha("a"), bytes: 10, mtimeMs: 1_000 };
  await ledger.rememberHash(file);
  expect(await ledger.knownHash(file.path, 10, 1_000)).toBe(sha("a"));
  expect(await ledger.knownHash(file.path, 11, 1_000)).toBeUndefined();
  expect(await ledger.knownHash(file.path, 10, 1_001)).toBeUndefined();
  await ledger.rememberHash({ ...file, sha256: sha("b"), bytes: 11 });
  expect(await ledger.knownHash(file.path, 11, 1_000)).toBe(sha("b"));
});

it("gives back the receipt of each target", async () => {
  const ledger = await freshLedger();
  await ledger.register(A);
  const receipt = {
    target: "folder",
    key: "k",
    location: "2026/x",
    sha256: sha("f"),
    bytes: 9,
    at: "2026-11-20",
  };
  await ledger.keepReceipt(A.id, receipt);
  await ledger.keepReceipt(A.id, receipt);
  expect(await ledger.receipt(A.id, "folder")).toEqual(receipt);
  expect(await ledger.receipt(A.id, "s3")).toBeUndefined();
});

it("shows another opener what was written and goes on with the same audit chain", async () => {
  const path = temporaryFile();
  const [first, second] = [await freshLedger(path), await freshLedger(path)];
  for (let at = 0; at < 10; at++)
    await (at % 2 === 0 ? first : second).settle(delivered(candidate(`p${at}`, { code: CODE })), facts());
  expect(await (await freshLedger(path)).countsByState()).toMatchObject({ delivered: 10 });
  expect(await first.verifyAudit()).toMatchObject({ intact: true, rows: 10 });
});

it("waits while another process writes", async () => {
  const path = temporaryFile();
  const ledger = await freshLedger(path);
  const holder = spawn(process.execPath, ["-e", HOLD_LOCK, path], { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  const before = performance.now();
  await ledger.settle(delivered(A), facts());
  expect(performance.now() - before).toBeGreaterThan(200);
  expect(await ledger.countsByState()).toMatchObject({ delivered: 1 });
});

it("commits durably and checks references", async () => {
  const path = temporaryFile();
  await freshLedger(path);
  const raw = new Database(path);
  expect(raw.pragma("journal_mode", { simple: true })).toBe("wal");
  raw.close();
  const ledger = await freshLedger(path);
  await expect(ledger.ordinal(A.id, CODE, "component")).rejects.toThrow(/FOREIGN KEY/u);
});

it("says that the ledger cannot be opened, not which statement failed", async () => {
  const path = temporaryFile();
  await (await openLedger({ path })).close();
  const broken = join(dirname(path), "broken.sqlite");
  writeFileSync(broken, "this is no database, whatever its name says. ".repeat(100));
  await expect(openLedger({ path: broken })).rejects.toMatchObject({
    code: "ledger",
    detail: "SQLITE_NOTADB",
  });
  await expect(openLedger({ path: join(broken, "x.sqlite") })).rejects.toMatchObject({ code: "ledger" });
});
