import { describe, expect, it } from "vitest";
import type { Barcode } from "../../src/domain/barcode.ts";
import { formatSheet } from "../../src/domain/cover-sheet.ts";
import { OperationalError } from "../../src/domain/errors.ts";
import type { DossierCode } from "../../src/domain/ids.ts";
import { planCandidate } from "../../src/pipeline/plan.ts";
import { hint, line, newWorld, paper, runWorld, type World } from "./world.ts";

const A = "H57.132-260804-0583" as DossierCode;
const B = "H57.132-260805-0012" as DossierCode;
const C = "H57.132-260806-0001" as DossierCode;
const box = { x0: 0, y0: 0, x1: 0.1, y1: 0.1 };
const qr = (text: string): readonly Barcode[] => [{ format: "QRCode", text, box }];
const sheet = (dossier: DossierCode, number: number, of = 3) =>
  qr(formatSheet({ dossier, role: "result", number, of, set: "00c0ffee" }));

/** A stack without any code in its name: cover, 2 pages, cover, 1 page. */
function stackOfTwo(world: World) {
  world.codes.set("s/1", sheet(A, 1, 2)).set("s/4", sheet(B, 2, 2));
  return paper("s", 5, { hints: [] });
}

describe("a stack with cover sheets", () => {
  it("becomes one document a sheet, each under its own dossier, and the sheets are not recognised", async () => {
    const world = newWorld();
    const { result, events } = await runWorld(world, [stackOfTwo(world)]);
    expect(result.documents).toEqual({ split: 1, delivered: 2 });
    expect(result).toMatchObject({ pages: 5, left: 0 });
    expect(world.recognised.toSorted()).toEqual(["s/2", "s/3", "s/5"]);
    const delivered = [...world.settled.values()].flatMap(({ outcome, facts }) =>
      outcome.state === "delivered" ? [[outcome.dossier, outcome.pages, facts.evidence[0]?.from]] : [],
    );
    expect(delivered).toEqual([
      [A, 2, "sheet"],
      [B, 1, "sheet"],
    ]);
    expect(events.filter(({ type }) => type === "page")).toHaveLength(5);
    expect([...world.settled.values()].map(({ outcome }) => outcome.document.role)).toEqual([
      "component",
      "result",
      "result",
    ]);
  });

  it("is not touched by a second run, which tells how each paper ended", async () => {
    const world = newWorld();
    const given = stackOfTwo(world);
    await runWorld(world, [given]);
    world.recognised.length = 0;
    const { result, events } = await runWorld(world, [given]);
    expect(world.recognised).toEqual([]);
    expect(result).toMatchObject({ documents: { split: 1, delivered: 2 }, pages: 0, left: 0 });
    expect(events[0]).toEqual({ type: "plan", documents: 3, pending: 0 });
  });

  it("goes on with the papers that failed, and only with those", async () => {
    const world = newWorld();
    const given = stackOfTwo(world);
    world.reads.set("s/5", async () => {
      throw new OperationalError("page_timeout");
    });
    const first = await runWorld(world, [given]);
    expect(first.result.documents).toEqual({ split: 1, delivered: 1, failed: 1 });
    world.reads.delete("s/5");
    world.recognised.length = 0;
    const { result } = await runWorld(world, [given]);
    expect(result.documents).toEqual({ split: 1, delivered: 2 });
    expect(world.recognised).toEqual(["s/5"]);
  });

  it("keeps the sheets as first pages when asked to", async () => {
    const world = newWorld();
    const given = stackOfTwo(world);
    world.settings = { separators: { codes: [], keep: true } };
    const { result } = await runWorld(world, [given]);
    expect(result.documents).toEqual({ split: 1, delivered: 2 });
    expect(world.recognised).toHaveLength(5);
    expect(result.pages).toBe(5);
  });

  it("takes dossier, role and number of a kept sheet although nothing lies beside its paper", async () => {
    const world = newWorld();
    world.codes.set("s/1", sheet(A, 1, 1));
    world.settings = { separators: { codes: [], keep: true } };
    const { result } = await runWorld(world, [paper("s", 2, { hints: [] })]);
    expect(result).toMatchObject({ documents: { split: 1, delivered: 1 }, pages: 2, left: 0 });
    const part = [...world.settled.values()].find(({ outcome }) => outcome.state === "delivered");
    expect(part?.outcome).toMatchObject({ dossier: A, pages: 2, document: { role: "result" } });
    expect(part?.facts.evidence).toMatchObject([{ from: "sheet", text: "1/1" }]);
  });

  it("quarantines the secret paper alone and leaves nothing of it", async () => {
    const world = newWorld();
    const given = stackOfTwo(world);
    // Not in the top quarter: only on the first page of a paper does it count there.
    const low = { ...line("MẬT"), box: { x0: 0, y0: 70, x1: 50, y1: 80 } };
    world.reads.set("s/2", async () => [low]);
    world.reads.set("s/3", async () => [line("nội dung của trang sau")]);
    const { result } = await runWorld(world, [given]);
    expect(result.documents).toEqual({ split: 1, delivered: 1, quarantined: 1 });
    const texts = [...world.objects.values()].map(String);
    expect(texts.some((text) => text.includes("MẬT") || text.includes('"nội"'))).toBe(false);
    expect(texts.some((text) => text.includes("s/5"))).toBe(true);
  });

  it("is held where a sheet was missed, and only the paper that may hold another's pages", async () => {
    const world = newWorld();
    world.codes.set("s/1", sheet(A, 1)).set("s/3", sheet(C, 3));
    const { result, events } = await runWorld(world, [paper("s", 4, { hints: [] })]);
    expect(result.documents).toEqual({ split: 1, held: 1, delivered: 1 });
    expect(events).toContainEqual(
      expect.objectContaining({ type: "document", reason: "missing_sheet", detail: "2/3" }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "warning",
        reason: "missing_sheet",
        detail: expect.stringContaining("expected 3 sheets, found 2; missing 2/3"),
      }),
    );
  });

  it("is held whole under --strict when a sheet is missing", async () => {
    const world = newWorld();
    world.settings = { strict: true };
    world.codes.set("s/1", sheet(A, 1, 2));
    const { result } = await runWorld(world, [paper("s", 2, { hints: [] })]);
    expect(result.documents).toEqual({ held: 1 });
  });

  it("tells how many dossiers were expected and found", async () => {
    const world = newWorld();
    const given = { ...stackOfTwo(world), expected: { dossiers: 3 } };
    const { events } = await runWorld(world, [given]);
    expect(events).toContainEqual(
      expect.objectContaining({
        reason: "missing_sheet",
        detail: "cần 3 hồ sơ, thấy 2 / expected 3 dossiers, found 2",
      }),
    );
  });

  it("tells that pages are not as many as somebody counted, and is held under --strict", async () => {
    const world = newWorld();
    const given = { ...stackOfTwo(world), expected: { pages: 6 } };
    const { events } = await runWorld(world, [given]);
    const warned = expect.objectContaining({ type: "warning", reason: "page_count", detail: "5 ≠ 6" });
    expect(events).toContainEqual(warned);
    const strict = newWorld();
    strict.settings = { strict: true };
    const { result } = await runWorld(strict, [{ ...stackOfTwo(strict), expected: { pages: 6 } }]);
    expect(result.documents).toEqual({ held: 1 });
  });

  it("stops between two papers when asked to, and the next run delivers the rest", async () => {
    const world = newWorld();
    const given = stackOfTwo(world);
    const soft = new AbortController();
    let deliveries = 0;
    world.onDeliver = () => {
      deliveries++;
      soft.abort();
    };
    const { result } = await runWorld(world, [given], { soft: soft.signal });
    expect(result).toMatchObject({ documents: { split: 1, delivered: 1 }, left: 1 });
    const rest = await runWorld(world, [given]);
    expect(rest.result).toMatchObject({ documents: { split: 1, delivered: 2 }, left: 0 });
    expect(deliveries).toBe(2);
  });

  it("met a second time is one duplicate, in every run", async () => {
    const world = newWorld();
    const given = stackOfTwo(world);
    for (const _run of [1, 2]) {
      const { result } = await runWorld(world, [given, { ...given, name: "copy" }]);
      expect(result.documents).toEqual({ split: 1, delivered: 2, duplicate: 1 });
    }
  });

  it("is planned as it will end: a paper behind which a sheet is missing is held", async () => {
    const world = newWorld();
    const given = paper("s", 4, { hints: [] });
    world.codes.set("s/1", sheet(A, 1)).set("s/3", sheet(C, 3));
    await runWorld(world, [given]);
    const planned = [];
    for await (const { state, reason } of planCandidate(given, world.context)) planned.push([state, reason]);
    expect(planned).toEqual([
      ["split", null],
      ["held", "missing_sheet"],
      ["delivered", null],
    ]);
  });

  it("contradicting the folder's code is held, never filed by guess", async () => {
    const world = newWorld();
    world.codes.set("s/1", sheet(B, 1, 1));
    const { result } = await runWorld(world, [paper("s", 2, { hints: [hint(A)] })]);
    expect(result.documents).toEqual({ split: 1, held: 1 });
  });
});

describe("a code printed on the paper", () => {
  it("links a paper that has no other", async () => {
    const world = newWorld();
    world.codes.set("p/2", qr(`https://dvc.example/${A}`));
    await runWorld(world, [paper("p", 2, { hints: [] })]);
    const [end] = [...world.settled.values()];
    expect(end?.outcome).toMatchObject({ state: "delivered", dossier: A });
    expect(end?.facts.evidence).toEqual([{ code: A, from: "barcode", text: "p. 2", verified: false }]);
  });

  it("contradicting the folder's code holds it", async () => {
    const world = newWorld();
    world.codes.set("p/1", qr(B));
    const { ends } = await runWorld(world, [paper("p", 1, { hints: [hint(A)] })]);
    expect(ends["p"]).toBe("held ambiguous_dossier");
  });

  it("divides a stack of papers where it changes", async () => {
    const world = newWorld();
    world.codes.set("p/1", qr(A)).set("p/3", qr(B));
    const { result } = await runWorld(world, [paper("p", 3, { hints: [] })]);
    expect(result.documents).toEqual({ split: 1, delivered: 2 });
  });

  it("that is a web link means nothing", async () => {
    const world = newWorld();
    world.codes.set("p/1", qr("https://q.me-qr.com/JE3JAoA0"));
    const { ends } = await runWorld(world, [paper("p", 2)]);
    expect(ends["p"]).toBe("delivered");
  });
});

describe("blank pages and counted pages", () => {
  it("are told when fewer or more pages came than somebody counted, and held under --strict", async () => {
    const world = newWorld();
    const given = paper("p", 2, { expected: { pages: 3 } });
    const { events, ends } = await runWorld(world, [given], { reach: { sign: false, deliver: false } });
    expect(ends["p"]).toBe("unsigned");
    expect(events).toContainEqual(expect.objectContaining({ reason: "page_count", detail: "2 ≠ 3" }));
    world.settings = { strict: true };
    expect((await runWorld(world, [given])).ends["p"]).toBe("held page_count");
  });
});
