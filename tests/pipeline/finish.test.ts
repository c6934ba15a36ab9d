import { describe, expect, it } from "vitest";
import type { Candidate } from "../../src/domain/document.ts";
import { OperationalError } from "../../src/domain/errors.ts";
import type { Sha256 } from "../../src/domain/ids.ts";
import { finishWorld, signingWorld, withoutScans } from "./finish-world.ts";
import { newWorld, paper, runWorld, SIGNATURE, type World } from "./world.ts";
import { hash } from "./world-objects.ts";

const NO_SIGN = { sign: false, deliver: true } as const;
const NO_DELIVER = { sign: true, deliver: false } as const;

/** What cron leaves in the night; the scans are gone in the morning. */
async function night(papers: readonly Candidate[], reach = NO_SIGN as { sign: boolean; deliver: boolean }) {
  const world = newWorld();
  await runWorld(world, papers, { reach });
  return world;
}

const waitingOf = (world: World, { id }: Candidate) => world.settled.get(id)?.facts.waiting;
const papersNamed = (count: number) => Array.from({ length: count }, (_, index) => paper(`p${index}`));

describe("documents that wait for a signature", () => {
  it("are signed and delivered without their scans", async () => {
    const given = paper("a", 3);
    const world = await night([given]);
    withoutScans(world);
    const { asked, context } = signingWorld(world);
    const { ends, events, result } = await finishWorld(world, context);
    expect(ends).toEqual({ a: "delivered" });
    expect(events[0]).toEqual({ type: "plan", documents: 1, pending: 1 });
    expect(result).toMatchObject({ documents: { delivered: 1 }, pages: 3, left: 0 });
    expect(asked).toHaveLength(1);
    expect(world.delivered.get(given.id)?.location).toContain("chữ của a/3");
    expect(waitingOf(world, given)).toBeUndefined();
    expect(world.settled.get(given.id)?.facts).toMatchObject({ lane: "built", signatures: [SIGNATURE] });
    expect(world.settled.get(given.id)?.facts.pages).toHaveLength(3);
  });

  it("are not signed again by a later run, whatever is set by then", async () => {
    const world = await night([paper("a")]);
    const { asked, context } = signingWorld(world);
    await finishWorld(world, context, { reach: NO_DELIVER });
    const settings = world.context.settings.signing;
    world.settings = { signing: { ...settings, appearance: "tt01-scan", level: "B-T" } };
    const other = signingWorld(world, { certificate: hash("other key") });
    const cron = await runWorld(world, [paper("a")], { context: other.context, reach: NO_SIGN });
    expect(cron.ends["a"]).toBe("delivered");
    expect([asked.length, other.asked.length]).toEqual([1, 0]);
  });

  it("go to the warehouse later with the same file", async () => {
    const given = paper("a");
    const world = await night([given]);
    const { asked, context } = signingWorld(world);
    expect((await finishWorld(world, context, { reach: NO_DELIVER })).ends).toEqual({ a: "undelivered" });
    const signed = world.settled.get(given.id)?.facts.file;
    withoutScans(world);
    expect((await finishWorld(world, context)).result.documents).toEqual({});
    expect((await finishWorld(world, context, { deliverOnly: true })).ends).toEqual({ a: "delivered" });
    expect(world.delivered.get(given.id)?.sha256).toBe(signed);
    expect(asked).toHaveLength(1);
  });

  it("wait on when the warehouse is away, signed once", async () => {
    const given = paper("a");
    const world = await night([given]);
    const { asked, context } = signingWorld(world);
    world.onDeliver = () => {
      throw new OperationalError("target_unreachable");
    };
    const { ends, result } = await finishWorld(world, context);
    expect([ends, [...result.exits]]).toEqual([{ a: "failed target_unreachable" }, [5]]);
    expect(waitingOf(world, given)?.stage).toBe("signed");
    world.onDeliver = () => undefined;
    expect((await finishWorld(world, context, { deliverOnly: true })).ends).toEqual({ a: "delivered" });
    expect(asked).toHaveLength(1);
  });

  it("tell who signed, also when another command takes up a signature that was kept", async () => {
    const given = paper("a");
    const world = await night([given]);
    world.settings = { officer: "nv-0200" as Candidate["officer"] };
    const { context } = signingWorld(world);
    const dead = { ...context.ledger, settle: () => Promise.reject(new OperationalError("ledger")) };
    const dying = Object.create(context, { ledger: { value: dead } }) as typeof context;
    expect((await finishWorld(world, dying)).result.failure).toMatchObject({ code: "ledger" });
    world.soft.abort();
    const next = { ...world, soft: new AbortController(), context };
    world.settings = { officer: "nv-0300" as Candidate["officer"] };
    const { asked, context: morning } = signingWorld(next);
    expect((await finishWorld(next, morning)).ends).toEqual({ a: "delivered" });
    expect(asked).toEqual([]);
    expect(world.settled.get(given.id)?.facts.signedBy).toMatchObject({ actor: "nv-0200", level: "B-B" });
  });

  it("are signed anew when the first signature was a test that may not be delivered", async () => {
    const given = paper("a");
    const world = newWorld();
    const test = signingWorld(world, { test: true, certificate: hash("test key") });
    expect((await runWorld(world, [given], { context: test.context })).ends["a"]).toBe("held certificate");
    withoutScans(world);
    const same = await finishWorld(world, test.context);
    expect([same.ends, test.asked.length]).toEqual([{ a: "held certificate" }, 1]);
    const real = signingWorld(world, { certificate: hash("real key") });
    expect((await finishWorld(world, real.context)).ends).toEqual({ a: "delivered" });
    expect(real.asked).toHaveLength(1);
    expect(world.settled.get(given.id)?.outcome).toMatchObject({ state: "delivered", test: false });
  });

  it("need a run again when a work file is gone, and the run makes it again", async () => {
    const given = paper("a");
    const world = await night([given]);
    const { context } = signingWorld(world);
    for (const [name, bytes] of world.objects)
      if (bytes.toString().startsWith("pdf")) world.objects.delete(name);
    expect((await finishWorld(world, context)).ends).toEqual({ a: "failed damaged_object" });
    expect(waitingOf(world, given)).toBeUndefined();
    expect((await runWorld(world, [given], { context })).ends["a"]).toBe("delivered");
  });

  it("need a run again when another version left them, and nothing else becomes of them", async () => {
    const [old, fresh] = [paper("old"), paper("new")];
    const world = await night([old, fresh]);
    const { context } = signingWorld(world);
    const known = await context.ledger.waitingRecord(old.id);
    const record = JSON.stringify({ ...(JSON.parse(known?.record ?? "{}") as object), version: 99 });
    const ledger = {
      ...context.ledger,
      waitingRecord: async (id: Candidate["id"]) =>
        id === old.id ? { stage: "assembled" as const, record } : context.ledger.waitingRecord(id),
    };
    const own = Object.create(context, { ledger: { value: ledger } }) as typeof context;
    const { ends, events, result } = await finishWorld(world, own);
    expect(ends).toEqual({ old: "unsigned", new: "delivered" });
    expect(events).toContainEqual(
      expect.objectContaining({ type: "warning", reason: "needs_run", file: "old" }),
    );
    expect(result.exits).toEqual(new Set([0, 6]));
    expect(result.left).toBe(0);
    expect((await runWorld(world, [old], { context: own })).ends["old"]).toBe("delivered");
  });

  it("stop waiting when a run finds them secret", async () => {
    const given = paper("a");
    const world = await night([given]);
    expect(waitingOf(world, given)?.stage).toBe("assembled");
    world.steps.clear();
    world.reads.set("a/1", async () => {
      throw new OperationalError("secret_mark");
    });
    expect((await runWorld(world, [given], { reach: NO_SIGN })).ends["a"]).toBe("quarantined secret_mark");
    expect(waitingOf(world, given)).toBeUndefined();
  });

  it("leave no name of a person's folder behind that signing would need", async () => {
    const given = paper("a");
    const world = await night([given]);
    const record = JSON.parse(waitingOf(world, given)?.record ?? "{}") as { pdf: object };
    expect(Object.keys(record.pdf)).not.toContain("path");
  });
});

describe("a paper that is signed already", () => {
  it("waits as a copy, so that it can be delivered when its folder is gone", async () => {
    const given = paper("a.signed");
    const world = newWorld();
    const bytes = "a.signed/1" as Sha256;
    // The fake copy has the bytes of the source's name, and so has its hash.
    expect((await runWorld(world, [given], { reach: NO_DELIVER })).ends["a.signed"]).toBe("undelivered");
    expect(world.objects.get(hash(bytes))?.toString()).toBe(bytes);
    withoutScans(world);
    const { ends } = await finishWorld(world, world.context, { deliverOnly: true });
    expect(ends).toEqual({ "a.signed": "delivered" });
    expect(world.delivered.get(given.id)?.sha256).toBe(given.files[0]?.sha256);
    expect(world.settled.get(given.id)?.facts.signedBy).toBeUndefined();
  });

  it("needs a run when it changed before it could be copied", async () => {
    const given = paper("a.signed");
    const world = newWorld();
    const verify = async () => {
      world.changed.add("a.signed/1");
      return { verdict: "valid", signatures: [SIGNATURE] };
    };
    Object.assign(world.context.verifier, { verify });
    await runWorld(world, [given], { reach: NO_DELIVER });
    expect(world.rows.get(given.id)?.state).toBe("undelivered");
    expect(waitingOf(world, given)).toBeUndefined();
  });
});

describe("an outage while signing", () => {
  it.each(["timestamp", "revocation", "signing_service"] as const)(
    "of %s ends sign after three papers and keeps all of them waiting",
    async (code) => {
      const papers = papersNamed(30);
      const world = await night(papers);
      const signing = signingWorld(world);
      signing.before = () => {
        throw new OperationalError(code);
      };
      const { result } = await finishWorld(world, signing.context);
      expect(result.failure).toMatchObject({ code });
      expect(result.documents.failed).toBeLessThan(10);
      expect(papers.every((one) => waitingOf(world, one)?.stage === "assembled")).toBe(true);
      const calm = { ...world, soft: new AbortController() };
      expect((await finishWorld(calm, world.context)).result.documents).toEqual({ delivered: 30 });
    },
  );

  it.each(["timestamp", "revocation", "signing_service"] as const)(
    "of %s does not end a run: reading goes on",
    async (code) => {
      const world = newWorld();
      const signing = signingWorld(world);
      signing.before = () => {
        throw new OperationalError(code);
      };
      const papers = papersNamed(30);
      const { result } = await runWorld(world, papers, { context: signing.context });
      expect(result.failure).toBeUndefined();
      expect(result.documents).toEqual({ failed: 30 });
      expect(world.recognised).toHaveLength(30);
    },
  );

  it("of the key itself ends everything at once and settles nothing", async () => {
    const papers = papersNamed(10);
    const world = await night(papers);
    const signing = signingWorld(world);
    signing.before = () => {
      if (signing.asked.length === 2) throw new OperationalError("token_missing");
    };
    const { result } = await finishWorld(world, signing.context);
    expect(result.failure).toMatchObject({ code: "token_missing" });
    expect(result.documents).toEqual({ delivered: 2 });
    expect(result.left).toBe(8);
    const states = papers.map(({ id }) => world.rows.get(id)?.state);
    expect(states.filter((state) => state === "unsigned")).toHaveLength(8);
    expect([...world.objects.keys()].filter((name) => name.startsWith("/temporary"))).toEqual([]);
  });

  it("by a person: what was begun ends, the rest waits", async () => {
    const papers = papersNamed(10);
    const world = await night(papers);
    const signing = signingWorld(world);
    signing.before = () => world.soft.abort();
    const { result } = await finishWorld(world, signing.context);
    expect(result.failure).toBeUndefined();
    expect(result.documents.delivered).toBeGreaterThan(0);
    expect(result.left).toBe(10 - (result.documents.delivered ?? 0));
    expect(result.left).toBeGreaterThan(0);
  });

  it("asks for the key once and only when something waits", async () => {
    const world = newWorld();
    let opened = 0;
    const prepare = async () => void opened++;
    expect((await finishWorld(world, world.context, { prepare })).result.left).toBe(0);
    expect(opened).toBe(0);
    await runWorld(world, papersNamed(3), { reach: NO_SIGN });
    await finishWorld(world, world.context, { prepare, limit: 2 });
    expect(opened).toBe(1);
    expect([...world.rows.values()].filter(({ state }) => state === "unsigned")).toHaveLength(1);
  });
});
