import { describe, expect, it } from "vitest";
import type { Sha256 } from "../../src/domain/ids.ts";
import { OperationalError } from "../../src/domain/errors.ts";
import { hash } from "./world-objects.ts";
import { line, newWorld, paper, runWorld, type World } from "./world.ts";

const readings = ({ objects }: World): string[] =>
  [...objects.values()].map(String).filter((text) => text.includes('"lines"'));

describe("reading pages", () => {
  it("keeps each page: a second run recognises nothing and gives the same receipt", async () => {
    const world = newWorld();
    const given = paper("a", 3);
    await runWorld(world, [given], { reach: { sign: true, deliver: false } });
    const { events } = await runWorld(world, [given]);
    expect(world.recognised).toHaveLength(3);
    const kept = events.flatMap((event) => (event.type === "page" ? [event.kept] : []));
    expect(kept).toEqual([true, true, true]);
    const first = world.delivered.get(given.id);
    world.rows.delete(given.id);
    await runWorld(world, [given]);
    expect(world.delivered.get(given.id)).toBe(first);
  });

  it("keeps the other pages when one times out, and the next run reads only that one", async () => {
    const world = newWorld();
    const given = paper("a", 4);
    world.reads.set("a/2", async () => {
      throw new OperationalError("page_timeout");
    });
    expect((await runWorld(world, [given])).ends["a"]).toBe("failed page_timeout");
    expect(world.recognised.toSorted()).toEqual(["a/1", "a/2", "a/3", "a/4"]);
    world.reads.delete("a/2");
    world.recognised.length = 0;
    expect((await runWorld(world, [given])).ends["a"]).toBe("delivered");
    expect(world.recognised).toEqual(["a/2"]);
  });

  it("does not begin the other pages when one fails for good", async () => {
    const world = newWorld();
    world.reads.set("a/1", async () => {
      throw new OperationalError("unreadable");
    });
    expect((await runWorld(world, [paper("a", 30)])).ends["a"]).toBe("failed unreadable");
    expect(world.recognised.length).toBeLessThan(12);
  });

  it("reads a page again whose reading was lost", async () => {
    const world = newWorld();
    const given = paper("a", 2);
    await runWorld(world, [given], { reach: { sign: false, deliver: false } });
    const lost = [...world.objects].find(([, bytes]) => bytes.toString().includes("a/2"))?.[0] as Sha256;
    expect(world.objects.delete(lost)).toBe(true);
    await runWorld(world, [given]);
    expect(world.recognised).toEqual(["a/1", "a/2", "a/2"]);
    expect(world.rows.get(given.id)?.state).toBe("delivered");
  });

  it("fails for now when the source changes while the run is at it", async () => {
    const world = newWorld();
    world.changed.add("a/2");
    expect((await runWorld(world, [paper("a", 2), paper("b")])).ends).toEqual({
      a: "failed source_changed",
      b: "delivered",
    });
  });

  it("reads again under another profile, but not because of a setting recognition does not depend on", async () => {
    const world = newWorld();
    const given = paper("a");
    const reach = { sign: false, deliver: false };
    await runWorld(world, [given], { reach });
    world.settings = { lang: "en", jobs: 7, targets: ["folder:/elsewhere"] };
    await runWorld(world, [given], { reach });
    expect(world.recognised).toHaveLength(1);
    world.settings = { profile: "archive" };
    await runWorld(world, [given], { reach });
    expect(world.recognised).toHaveLength(2);
  });

  it("holds a badly read page under --strict and only marks it otherwise", async () => {
    const world = newWorld();
    world.reads.set("a/1", async () => [line("mờ quá không ai đọc nổi", 0.2)]);
    const given = paper("a");
    world.settings = { strict: true };
    expect((await runWorld(world, [given])).ends["a"]).toBe("held low_confidence");
    world.settings = {};
    expect((await runWorld(world, [given])).ends["a"]).toBe("delivered");
    expect(world.settled.get(given.id)?.facts.pages[0]?.findings).toEqual(["low_confidence"]);
  });
});

it("says of a page with ink and not one word that it has no text, and delivers it", async () => {
  const world = newWorld();
  world.reads.set("a/1", async () => []);
  const given = paper("a");
  expect((await runWorld(world, [given])).ends["a"]).toBe("delivered");
  expect(world.settled.get(given.id)?.facts.pages[0]?.findings).toEqual(["no_text"]);
});

describe("a state-secret mark", () => {
  it("quarantines the paper, wipes what its other pages left and keeps nothing", async () => {
    const world = newWorld();
    const given = paper("a", 3);
    world.reads.set("a/3", async () => {
      await new Promise((done) => setTimeout(done, 20));
      return [line("TỐI MẬT")];
    });
    expect((await runWorld(world, [given])).ends["a"]).toBe("quarantined secret_mark");
    expect(world.recognised).toHaveLength(3);
    expect([...world.objects.keys()]).toEqual([]);
    expect([...world.steps.keys()]).toEqual([]);
    expect(world.settled.get(given.id)?.facts).toMatchObject({ pages: [], file: null });
  });

  it("is found in the red ink, which recognition does not see, and the red ink's words are not kept", async () => {
    const world = newWorld();
    world.reads.set("ink of red/1", async () => [line("MẬT")]);
    world.reads.set("ink of redseal/1", async () => [line("ỦY BAN NHÂN DÂN")]);
    const { ends } = await runWorld(world, [paper("red"), paper("redseal")]);
    expect(ends).toEqual({ red: "quarantined secret_mark", redseal: "delivered" });
    expect([...world.objects.values()].some((bytes) => bytes.includes("NHÂN DÂN"))).toBe(false);
  });

  it("outranks any other failure of the same paper", async () => {
    const world = newWorld();
    world.reads.set("a/1", async () => {
      throw new OperationalError("page_timeout");
    });
    world.reads.set("a/2", async () => [line("MẬT")]);
    expect((await runWorld(world, [paper("a", 2)])).ends["a"]).toBe("quarantined secret_mark");
  });

  it("leaves what the other papers of the batch hold, even a page of the same content", async () => {
    const world = newWorld();
    const same = async () => [line("cùng một nội dung")];
    for (const path of ["a/1", "b/1"]) world.reads.set(path, same);
    world.reads.set("a/2", async () => {
      await new Promise((done) => setTimeout(done, 20));
      return [line("MẬT")];
    });
    const { ends } = await runWorld(world, [paper("b"), paper("a", 2)]);
    expect(ends).toEqual({ a: "quarantined secret_mark", b: "delivered" });
    expect(readings(world)).toHaveLength(1);
    expect(world.delivered.get(hash("b"))?.location).toContain("cùng một nội dung");
  });

  it("is never taken up again by a later run", async () => {
    const world = newWorld();
    world.reads.set("a/1", async () => [line("MẬT")]);
    await runWorld(world, [paper("a")]);
    const { ends, events } = await runWorld(world, [paper("a")]);
    expect(ends["a"]).toBe("quarantined secret_mark");
    expect(events).toContainEqual(expect.objectContaining({ unchanged: true }));
    expect(world.recognised).toHaveLength(1);
  });
});
