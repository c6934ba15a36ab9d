import { describe, expect, it } from "vitest";
import { OperationalError } from "../../src/domain/errors.ts";
import { newWorld, paper, runWorld, SIGNATURE, type World } from "./world.ts";

function withTestKey(world: World): World["context"] {
  const { context } = world;
  const signer = async () => {
    const real = await context.signer();
    return {
      ...real,
      test: true,
      sign: async (...given: Parameters<typeof real.sign>) => ({
        ...(await real.sign(...given)),
        test: true,
      }),
    };
  };
  // `settings` is a getter, so the context is inherited, not copied.
  return Object.create(context, { signer: { value: signer } }) as World["context"];
}

describe("signing and delivery", () => {
  it("stops before the signature with --no-sign and goes on from there without reading again", async () => {
    const world = newWorld();
    const reach = { sign: false, deliver: true };
    expect((await runWorld(world, [paper("a")], { reach })).ends["a"]).toBe("unsigned");
    expect(world.delivered.size).toBe(0);
    expect((await runWorld(world, [paper("a")])).ends["a"]).toBe("delivered");
    expect(world.recognised).toHaveLength(1);
  });

  it("stops before the warehouse with --no-deliver", async () => {
    const world = newWorld();
    const { ends } = await runWorld(world, [paper("a")], { reach: { sign: true, deliver: false } });
    expect(ends["a"]).toBe("undelivered");
    expect(world.delivered.size).toBe(0);
  });

  it("holds what a test key signed unless test signatures are allowed", async () => {
    const world = newWorld();
    const context = withTestKey(world);
    expect((await runWorld(world, [paper("a")], { context })).ends["a"]).toBe("held certificate");
    expect(world.delivered.size).toBe(0);
    world.settings = { allowTestSignature: true };
    const given = paper("a");
    expect((await runWorld(world, [given], { context })).ends["a"]).toBe("delivered");
    expect(world.settled.get(given.id)?.outcome).toMatchObject({ signed: true, test: true });
  });

  it("delivers a paper that is signed already as it is", async () => {
    const world = newWorld();
    const given = paper("a.signed");
    await runWorld(world, [given]);
    expect(world.delivered.get(given.id)?.sha256).toBe(given.files[0]?.sha256);
    expect(world.settled.get(given.id)?.facts.signatures).toEqual([SIGNATURE]);
  });

  it("delivers a signed paper even when nothing may be signed", async () => {
    const world = newWorld();
    const { ends } = await runWorld(world, [paper("a.signed")], { reach: { sign: false, deliver: true } });
    expect(ends["a.signed"]).toBe("delivered");
  });

  it("holds a paper whose own signature is broken", async () => {
    const world = newWorld();
    const broken = { ...SIGNATURE, verdict: "invalid", reasons: ["changed"] } as const;
    Object.assign(world.context.verifier, {
      verify: async () => ({ verdict: "invalid", signatures: [broken] }),
    });
    expect((await runWorld(world, [paper("a.signed")])).ends["a.signed"]).toBe("held signature_broken");
    expect(world.delivered.size).toBe(0);
  });

  it("asks the warehouse once when a run is cut between receipt and outcome", async () => {
    const world = newWorld();
    const given = paper("a");
    let asked = 0;
    world.onDeliver = () => void asked++;
    await runWorld(world, [given]);
    world.rows.delete(given.id); // the receipt was kept, the outcome was not
    expect((await runWorld(world, [given])).ends["a"]).toBe("delivered");
    expect(asked).toBe(1);
  });

  it("fails for now when the warehouse is away and goes on without reading or signing again", async () => {
    const world = newWorld();
    world.onDeliver = () => {
      throw new OperationalError("target_unreachable");
    };
    const { ends, result } = await runWorld(world, [paper("a")]);
    expect(ends["a"]).toBe("failed target_unreachable");
    expect([...result.exits]).toEqual([5]);
    world.onDeliver = () => undefined;
    const steps = [...world.steps.keys()];
    expect((await runWorld(world, [paper("a")])).ends["a"]).toBe("delivered");
    expect([...world.steps.keys()]).toEqual(steps);
  });

  it("stops the batch when the warehouse refuses the login", async () => {
    const world = newWorld();
    world.onDeliver = () => {
      throw new OperationalError("target_login");
    };
    const { result } = await runWorld(world, [paper("a"), paper("b")]);
    expect(result.failure).toMatchObject({ code: "target_login" });
    expect([...world.rows.values()].every(({ state }) => state === "pending")).toBe(true);
  });
});
