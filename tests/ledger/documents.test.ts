import { expect, it } from "vitest";
import type { OfficerId } from "../../src/domain/ids.ts";
import { candidate, CODE, delivered, facts, freshLedger, held, readPage, sha, signature } from "./fixture.ts";

it("records an unknown candidate as pending, with the code its hints agree on", async () => {
  const ledger = await freshLedger();
  const row = await ledger.register(candidate("a", { code: CODE }));
  expect(row).toMatchObject({ state: "pending", reason: null, retriable: false, dossier: CODE, pages: 0 });
});

it("keeps a delivered document as it was when it is seen again elsewhere, and notes the place", async () => {
  const ledger = await freshLedger();
  const paper = candidate("a", { code: CODE });
  await ledger.register(paper);
  await ledger.settle(delivered(paper), facts());
  const elsewhere = paper.files.map((file) => ({ ...file, path: "/usb/copy.pdf" }));
  const row = await ledger.register({ ...paper, files: elsewhere, officer: "nv-2" as OfficerId });
  expect(row.state).toBe("delivered");
  const [chain] = await ledger.showDocument(paper.id);
  expect(chain?.officer).toBe("nv-1");
  expect(chain?.sources.map(({ path }) => path)).toEqual(["/in/a.pdf", "/usb/copy.pdf"]);
});

it("takes a correction of unit, officer, role and fields while a document is still open", async () => {
  const ledger = await freshLedger();
  const paper = candidate("a");
  await ledger.register(paper);
  await ledger.settle(held(paper, "not_colour"), facts());
  await ledger.register({ ...paper, role: "result", officer: "nv-9" as OfficerId, fields: { title: "Mới" } });
  const [chain] = await ledger.showDocument(paper.id);
  expect(chain).toMatchObject({
    state: "held",
    role: "result",
    officer: "nv-9",
    fields: { title: "Mới" },
    dossier: null,
  });
});

it("ends the record that waited without a code once the same paper comes under one", async () => {
  const ledger = await freshLedger();
  const loose = candidate("a");
  const other = candidate("b");
  const faulty = candidate("a", { range: { first: 1, last: 2 }, id: candidate("x").id });
  for (const paper of [loose, other, faulty]) {
    await ledger.register(paper);
    await ledger.settle(held(paper, "no_dossier"), facts());
  }
  await ledger.register(candidate("a", { code: CODE }));
  const [chain] = await ledger.showDocument(loose.id);
  expect(chain).toMatchObject({ state: "skipped", reason: "superseded" });
  expect(chain?.outcomes.map(({ state, reason }) => [state, reason])).toEqual([
    ["held", "no_dossier"],
    ["skipped", "superseded"],
  ]);
  expect(chain?.audit.map(({ action }) => action)).toEqual(["document.settled", "document.superseded"]);
  expect(await ledger.countsByState()).toMatchObject({ held: 2, skipped: 1, pending: 1 });
});

it("ends a loose copy at once when the same paper lies under a code, whichever is seen first", async () => {
  const ledger = await freshLedger();
  const loose = candidate("a");
  await ledger.register(loose);
  await ledger.register(candidate("a", { code: CODE }));
  expect(await ledger.register(loose)).toMatchObject({ state: "skipped", reason: "superseded" });
});

it("keeps a paper waiting for its dossier's register although the same paper belongs to another one", async () => {
  const ledger = await freshLedger();
  const early = candidate("a", { code: CODE });
  await ledger.register(early);
  await ledger.settle(held(early, "unknown_dossier"), facts());
  await ledger.register(candidate("a", { code: "H57.132-260804-0584" as typeof CODE }));
  expect(await ledger.find(early.id)).toMatchObject({ state: "held", reason: "unknown_dossier" });
});

it("leaves a paper that is held for its quality alone when it comes under another code", async () => {
  const ledger = await freshLedger();
  const loose = candidate("a");
  await ledger.register(loose);
  await ledger.settle(held(loose, "not_colour"), facts());
  await ledger.register(candidate("a", { code: CODE }));
  expect(await ledger.countsByReason()).toEqual([
    { state: "held", reason: "not_colour", retriable: false, documents: 1 },
  ]);
});

it("writes the whole evidence chain of a delivered document and finds it by every name people use", async () => {
  const ledger = await freshLedger();
  const paper = candidate("a", { code: CODE });
  const run = await ledger.startRun({ command: "run", actor: "nv-1", version: "0.1.0", settings: {} });
  await ledger.register(paper);
  const receipt = {
    target: "folder",
    key: "k",
    location: "2026/x",
    sha256: sha("f"),
    bytes: 9,
    at: "2026-11-20",
  };
  await ledger.keepReceipt(paper.id, receipt);
  const pages = [readPage(1, sha("p1")), readPage(2, sha("p2"))];
  const evidence = [{ code: CODE, from: "folder", text: CODE, verified: true }];
  await ledger.settle(
    delivered(paper),
    facts({ pages, signatures: [signature()], evidence, file: sha("f") }),
  );
  const named = [
    paper.id,
    paper.id.slice(0, 8).toUpperCase(),
    CODE.toLowerCase(),
    "/in/a.pdf",
    "a.pdf",
    sha("f"),
    sha("a"),
  ];
  for (const name of named) expect((await ledger.showDocument(name)).map(({ id }) => id)).toEqual([paper.id]);
  const [chain] = await ledger.showDocument(CODE);
  expect(chain).toMatchObject({ signed: true, test: false, lane: "built", evidence, receipts: [receipt] });
  expect(chain?.pageRows).toMatchObject([
    { number: 1, dpi: 299.7, skew_degrees: -0.35, blank: 0, reading: sha("p1") },
    { number: 2, blank: 1 },
  ]);
  expect(chain?.signatures).toMatchObject([{ verdict: "valid", certificate: sha("certificate") }]);
  expect(chain?.outcomes).toMatchObject([{ run, state: "delivered", dossier: CODE }]);
});

it("finds nothing by the beginning of an id that is too short, or by a wildcard", async () => {
  const ledger = await freshLedger();
  const paper = candidate("a");
  await ledger.register(paper);
  for (const asked of [paper.id.slice(0, 5), "%", "______", ""])
    expect(await ledger.showDocument(asked)).toEqual([]);
});

it("keeps no page, signer, file, title or evidence of what is quarantined", async () => {
  const ledger = await freshLedger();
  const paper = candidate("a", { code: CODE });
  await ledger.register(paper);
  await ledger.settle(
    { document: paper, pages: 2, state: "failed", reason: "page_timeout", detail: "page 2", retriable: true },
    facts({ pages: [readPage(1, sha("p1"))] }),
  );
  const evidence = [{ code: CODE, from: "file", text: "MAT", verified: true }];
  await ledger.settle(
    { document: paper, pages: 2, state: "quarantined", reason: "secret_mark", detail: "", retriable: false },
    facts({ pages: [readPage(1, sha("p1"))], signatures: [signature()], evidence, file: sha("f") }),
  );
  const [chain] = await ledger.showDocument(paper.id);
  expect(chain).toMatchObject({
    state: "quarantined",
    pageRows: [],
    signatures: [],
    evidence: [],
    file: null,
    fields: {},
  });
  expect(JSON.stringify(chain?.audit)).not.toContain(sha("f"));
});

it("does not let a second copy in the same batch overwrite how the first ended", async () => {
  const ledger = await freshLedger();
  const paper = candidate("a", { code: CODE });
  await ledger.register(paper);
  await ledger.settle(delivered(paper), facts({ pages: [readPage(1, sha("p1"))] }));
  await ledger.settle({ document: paper, pages: 1, state: "duplicate", of: paper.id }, facts());
  const [chain] = await ledger.showDocument(paper.id);
  expect(chain?.state).toBe("delivered");
  expect(chain?.pageRows).toHaveLength(1);
  expect(chain?.outcomes.map(({ state }) => state)).toEqual(["delivered", "duplicate"]);
});

it("lists documents by state, dossier and run, and counts every state", async () => {
  const ledger = await freshLedger();
  const [first, second] = [candidate("a", { code: CODE }), candidate("b")];
  await ledger.settle(delivered(first), facts());
  const run = await ledger.startRun({ command: "run", actor: "nv-1", version: "0.1.0", settings: {} });
  await ledger.settle(held(second, "no_dossier"), facts());
  const ids = async (filter: Parameters<typeof ledger.listDocuments>[0]) =>
    (await ledger.listDocuments(filter)).map(({ id }) => id);
  expect(await ids({})).toEqual([first.id, second.id]);
  expect(await ids({ states: ["held"] })).toEqual([second.id]);
  expect(await ids({ dossier: CODE })).toEqual([first.id]);
  expect(await ids({ run })).toEqual([second.id]);
  expect(await ids({ limit: 1 })).toEqual([first.id]);
  expect(await ledger.countsByState()).toEqual({
    pending: 0,
    delivered: 1,
    split: 0,
    duplicate: 0,
    skipped: 0,
    unsigned: 0,
    undelivered: 0,
    held: 1,
    quarantined: 0,
    failed: 0,
  });
});

it("tells under which other dossiers the same pages were delivered", async () => {
  const ledger = await freshLedger();
  const first = candidate("a", { code: CODE });
  await ledger.register(first);
  await ledger.settle(delivered(first), facts());
  const second = candidate("a", { code: "H57.132-260804-0584" as typeof CODE });
  await ledger.register(second);
  expect(await ledger.otherDossiers(second.id)).toEqual([CODE]);
  expect(await ledger.otherDossiers(first.id)).toEqual([]);
});
