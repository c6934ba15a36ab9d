import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { isInterrupted } from "../../src/domain/interrupted.ts";
import { createLocalEngine } from "../../src/engines/local.ts";

async function* numbers(count: number, given: number[] = []): AsyncGenerator<number> {
  for (let number = 0; number < count; number++) {
    given.push(number);
    yield number;
  }
}

describe("the local engine", () => {
  it("works on every item once, in order of their coming, a few at a time", async () => {
    const { engine } = createLocalEngine({ jobs: 2, soft: new AbortController().signal });
    const orders: number[] = [];
    let [open, most] = [0, 0];
    await engine.run(numbers(50), async (item, order) => {
      expect(order).toBe(item);
      orders.push(order);
      most = Math.max(most, ++open);
      await pause(1);
      open--;
    });
    expect(orders).toEqual(Array.from({ length: 50 }, (_, order) => order));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(6);
  });

  it("does not list a whole batch before its first document ends", async () => {
    const { engine } = createLocalEngine({ jobs: 2, soft: new AbortController().signal });
    const given: number[] = [];
    let atFirstEnd = 0;
    await engine.run(numbers(10_000, given), async (item) => {
      await pause(0);
      if (item === 0) atFirstEnd = given.length;
    });
    expect(given).toHaveLength(10_000);
    expect(atFirstEnd).toBeLessThan(20);
  });

  it("takes nothing new after a failure, lets what runs end, and rejects with the first failure", async () => {
    const { engine } = createLocalEngine({ jobs: 2, soft: new AbortController().signal });
    const ended: number[] = [];
    const running = engine.run(numbers(1000), async (item) => {
      await pause(item === 2 ? 1 : 10);
      if (item === 2) throw new Error("disk full");
      ended.push(item);
    });
    await expect(running).rejects.toThrow("disk full");
    expect(ended).toEqual(expect.arrayContaining([0, 1]));
    expect(ended.length).toBeLessThan(30);
  });

  it("lets running documents end when the listing itself breaks", async () => {
    const { engine } = createLocalEngine({ jobs: 2, soft: new AbortController().signal });
    const ended: number[] = [];
    async function* breaking(): AsyncGenerator<number> {
      yield 1;
      throw new Error("the folder went away");
    }
    const running = engine.run(breaking(), async (item) => {
      await pause(5);
      ended.push(item);
    });
    await expect(running).rejects.toThrow("the folder went away");
    expect(ended).toEqual([1]);
  });

  it("begins nothing once it is asked to stop", async () => {
    const soft = new AbortController();
    const { engine, pages } = createLocalEngine({ jobs: 2, soft: soft.signal });
    const begun: number[] = [];
    await engine.run(numbers(100), async (item) => {
      begun.push(item);
      if (item === 3) soft.abort();
      await pause(1);
    });
    expect(begun.length).toBeLessThan(12);
    const refused = await pages.run(0, async () => 1).catch((error: unknown) => error);
    expect(isInterrupted(refused)).toBe(true);
  });
});

describe("the page pool", () => {
  it("runs two pages more than there are workers, pages of earlier documents first", async () => {
    const { pages } = createLocalEngine({ jobs: 1, soft: new AbortController().signal });
    const begun: string[] = [];
    let [open, most] = [0, 0];
    const work = (name: string, order: number): Promise<void> =>
      pages.run(order, async () => {
        begun.push(name);
        most = Math.max(most, ++open);
        await pause(2);
        open--;
      });
    await Promise.all([
      work("first", 0),
      work("second", 0),
      work("third", 0),
      work("late", 9),
      work("early", 1),
      work("late too", 9),
    ]);
    expect(begun).toEqual(["first", "second", "third", "early", "late", "late too"]);
    expect(most).toBe(3);
  });

  it("gives the failure of a page to that page alone", async () => {
    const { pages } = createLocalEngine({ jobs: 1, soft: new AbortController().signal });
    const bad = pages.run(0, () => Promise.reject(new Error("page 1")));
    await expect(bad).rejects.toThrow("page 1");
    await expect(pages.run(0, async () => 2)).resolves.toBe(2);
  });
});
