import { describe, expect, it } from "vitest";
import { hint, newWorld, paper, runWorld } from "./world.ts";

const FIRST = "H57.132-260804-0583";
const SECOND = "H57.132-260811-0077";

describe("the link to a dossier", () => {
  it("holds a paper without a code", async () => {
    const { ends } = await runWorld(newWorld(), [paper("a", 1, { hints: [] })]);
    expect(ends["a"]).toBe("held no_dossier");
  });

  it("holds a paper with two codes and keeps both as evidence", async () => {
    const world = newWorld();
    const given = paper("a", 1, { hints: [hint(FIRST), hint(SECOND, "file")] });
    expect((await runWorld(world, [given])).ends["a"]).toBe("held ambiguous_dossier");
    const evidence = world.settled.get(given.id)?.facts.evidence ?? [];
    expect(evidence.map(({ code, from }) => `${from} ${code}`)).toEqual([
      `folder ${FIRST}`,
      `file ${SECOND}`,
    ]);
  });

  it("takes the same code said twice as one", async () => {
    const { ends } = await runWorld(newWorld(), [
      paper("a", 1, { hints: [hint(FIRST), hint(FIRST, "file")] }),
    ]);
    expect(ends["a"]).toBe("delivered");
  });

  it("accepts a code on its grammar alone while the register is empty, marked unverified", async () => {
    const world = newWorld();
    const given = paper("a");
    expect((await runWorld(world, [given])).ends["a"]).toBe("delivered");
    expect(world.settled.get(given.id)?.facts.evidence).toMatchObject([{ code: FIRST, verified: false }]);
  });

  it("holds an unverified code when the register is required", async () => {
    const world = newWorld();
    world.settings = { requireRegister: true };
    expect((await runWorld(world, [paper("a")])).ends["a"]).toBe("held unknown_dossier");
  });

  it("holds a code the register does not know, and verifies one it knows", async () => {
    const world = newWorld();
    world.register.add(FIRST);
    const known = paper("known");
    const { ends } = await runWorld(world, [known, paper("stray", 1, { hints: [hint(SECOND)] })]);
    expect(ends).toEqual({ known: "delivered", stray: "held unknown_dossier" });
    expect(world.settled.get(known.id)?.facts.evidence).toMatchObject([{ verified: true }]);
  });

  it("takes a held paper up again once the register knows its code, without reading it again", async () => {
    const world = newWorld();
    world.register.add(SECOND);
    const given = paper("a", 2);
    expect((await runWorld(world, [given])).ends["a"]).toBe("held unknown_dossier");
    world.register.add(FIRST);
    expect((await runWorld(world, [given])).ends["a"]).toBe("delivered");
    expect(world.recognised).toHaveLength(2);
  });
});
