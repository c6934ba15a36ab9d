import { describe, expect, it } from "vitest";
import { OperationalError } from "../../src/domain/errors.ts";
import type { PaperFields } from "../../src/domain/document.ts";
import { line, newWorld, paper, runWorld } from "./world.ts";

describe("a batch", () => {
  it("delivers every document, each page recognised once", async () => {
    const world = newWorld();
    const { ends, result } = await runWorld(world, [paper("a", 3), paper("b", 2)]);
    expect(ends).toEqual({ a: "delivered", b: "delivered" });
    expect(result).toMatchObject({ documents: { delivered: 2 }, pages: 5, left: 0 });
    expect(world.recognised.toSorted()).toEqual(["a/1", "a/2", "a/3", "b/1", "b/2"]);
    expect(world.delivered.size).toBe(2);
  });

  it("tells totals before the first page and one event for every document", async () => {
    const { events } = await runWorld(newWorld(), [paper("a"), paper("b"), paper("a")]);
    expect(events[0]).toEqual({ type: "plan", documents: 3, pending: 2 });
    expect(events.filter(({ type }) => type === "document")).toHaveLength(3);
  });

  it("leaves no work when a later copy with a code has settled an earlier one without", async () => {
    const world = newWorld();
    const [loose, coded] = [paper("loose"), paper("coded")];
    const { ends, result } = await runWorld(world, [loose, coded], {
      // The ledger does so while the first pass registers the copy with the code.
      prepare: async () => {
        const row = world.rows.get(loose.id);
        if (row) world.rows.set(loose.id, { ...row, state: "skipped", reason: "superseded" });
      },
    });
    expect(ends).toEqual({ loose: "skipped superseded", coded: "delivered" });
    expect(result).toMatchObject({ left: 0, documents: { skipped: 1, delivered: 1 } });
  });

  it("goes on when a document fails, whatever the failure", async () => {
    const world = newWorld();
    world.unopenable.set("cut", "truncated");
    world.unopenable.set("broken", new TypeError("x is undefined"));
    const { ends, result } = await runWorld(world, [paper("cut"), paper("broken"), paper("good")]);
    expect(ends).toEqual({ cut: "failed truncated", broken: "failed bug", good: "delivered" });
    expect([...result.exits].toSorted((a, b) => a - b)).toEqual([0, 1, 4]);
    const [bug] = [...world.settled.values()].filter(({ outcome }) => outcome.document.name === "broken");
    expect(bug?.outcome).toMatchObject({ detail: "TypeError: x is undefined", stack: expect.any(String) });
  });

  it("stops at a failure of batch scope and leaves what was in work pending", async () => {
    const world = newWorld();
    const papers = Array.from({ length: 40 }, (_, index) => paper(`p${index}`));
    world.reads.set("p3/1", async () => {
      throw new OperationalError("disk_full");
    });
    const { result } = await runWorld(world, papers);
    expect(result.failure).toMatchObject({ code: "disk_full" });
    const third = papers[3];
    expect(third && world.rows.get(third.id)?.state).toBe("pending");
    expect(world.recognised.length).toBeLessThan(papers.length);
    expect(result.left).toBe(papers.length - (result.documents.delivered ?? 0));
    expect(result.left).toBeGreaterThan(0);
  });

  it("stops after twenty equal passing failures in a row", async () => {
    const world = newWorld();
    const papers = Array.from({ length: 30 }, (_, index) => paper(`p${index}`));
    for (const { name } of papers) world.unopenable.set(name, "source_changed");
    const { result } = await runWorld(world, papers);
    expect(result.failure).toMatchObject({ code: "equal_failures" });
  });

  it("names the second copy of a paper a duplicate of the first", async () => {
    const world = newWorld();
    const copy = { ...paper("a"), name: "copy of a" };
    const { events, ends } = await runWorld(world, [paper("a"), copy]);
    expect(ends).toEqual({ a: "delivered", "copy of a": "duplicate" });
    expect(events).toContainEqual(expect.objectContaining({ file: "copy of a", detail: "a" }));
    expect(world.recognised).toHaveLength(1);
  });

  it("says where the first copy lies by its page range when one file holds several papers", async () => {
    const world = newWorld();
    const range = { first: 2, last: 3 };
    const { events } = await runWorld(world, [paper("a", 1, { range }), paper("a", 1, { range })]);
    expect(events).toContainEqual(expect.objectContaining({ state: "duplicate", detail: "a#2-3" }));
  });

  it("works on no more documents than the limit and says how many are left", async () => {
    const world = newWorld();
    const { result } = await runWorld(world, [paper("a"), paper("b"), paper("c")], { limit: 2 });
    expect(result.documents).toEqual({ delivered: 2 });
    expect(result.left).toBe(1);
  });

  it("counts what is done already as done, not against the limit", async () => {
    const world = newWorld();
    const papers = [paper("a"), paper("b"), paper("c")];
    await runWorld(world, papers, { limit: 2 });
    const { ends, result } = await runWorld(world, papers, { limit: 1 });
    expect(ends).toEqual({ a: "delivered", b: "delivered", c: "delivered" });
    expect(result.left).toBe(0);
    expect(world.recognised).toHaveLength(3);
  });

  it("records a paper that is not digitized with its reason and opens nothing", async () => {
    const world = newWorld();
    world.unopenable.set("a", "unreadable");
    const { ends } = await runWorld(world, [paper("a", 1, { skip: "BAN_SAO" })]);
    expect(ends).toEqual({ a: "skipped BAN_SAO" });
    expect(world.recognised).toEqual([]);
  });

  it("reports what intake refused without making it a document", async () => {
    const world = newWorld();
    const refused = {
      kind: "refused",
      name: "x.docx",
      reason: "unsupported_format",
      detail: "docx",
    } as const;
    const { ends, result } = await runWorld(world, [refused, paper("a")]);
    expect(ends).toEqual({ "x.docx": "failed unsupported_format", a: "delivered" });
    expect(result.exits).toContain(4);
    expect(world.rows.size).toBe(1);
  });

  it("asks for key and passphrase before the first page, and only when there is work", async () => {
    const world = newWorld();
    const wrong = new OperationalError("wrong_passphrase");
    const prepare = (): Promise<void> => Promise.reject(wrong);
    const stopped = await runWorld(world, [paper("a")], { prepare });
    expect(stopped.result).toMatchObject({ failure: wrong, left: 1, documents: {} });
    expect(world.recognised).toEqual([]);
    await runWorld(world, [paper("a")]);
    const { result } = await runWorld(world, [paper("a")], { prepare });
    expect(result.documents).toEqual({ delivered: 1 });
  });

  it("stops softly: pages in work are kept, nothing new begins, the documents stay pending", async () => {
    const world = newWorld();
    const papers = Array.from({ length: 12 }, (_, index) => paper(`p${index}`, 2));
    world.reads.set("p0/2", async () => {
      world.soft.abort();
      return [line("trang cuối cùng được đọc")];
    });
    const { result, events } = await runWorld(world, papers);
    expect(result.failure).toBeUndefined();
    expect(result.left).toBeGreaterThan(4);
    const read = events.filter(({ type }) => type === "page").length;
    expect(read).toBe(world.recognised.length);
    expect(world.recognised.length).toBeLessThan(16);
    expect([...world.rows.values()].filter(({ state }) => state === "pending").length).toBe(result.left);
  });

  it("carries what the manifest says into the outcome's document", async () => {
    const world = newWorld();
    const fields: PaperFields = { title: "Đơn", type: "DON" };
    const given = paper("a", 1, { fields });
    await runWorld(world, [given]);
    expect(world.settled.get(given.id)?.outcome.document.fields).toEqual(fields);
  });
});
