import { expect, it } from "vitest";
import { lastFew } from "../../src/intake/last-few.ts";

it("remembers what was asked last, by weight, and asks again for the rest", async () => {
  const asked: string[] = [];
  const remember = lastFew<number>(10, (weight) => weight);
  const ask = (key: string, weight: number) =>
    remember(key, async () => {
      asked.push(key);
      return weight;
    });
  await ask("a", 4);
  await ask("b", 4);
  await ask("a", 4);
  await ask("c", 4);
  expect([await ask("a", 4), asked]).toEqual([4, ["a", "b", "c"]]);
  await ask("b", 4);
  await ask("huge", 99);
  await ask("huge", 99);
  await ask("b", 4);
  expect(asked).toEqual(["a", "b", "c", "b", "huge", "b"]);
});

it("asks once for many who wait, and forgets a failure", async () => {
  let asked = 0;
  const remember = lastFew<string>(10, () => 1);
  const failing = async () => {
    asked++;
    throw new Error("no");
  };
  const both = await Promise.allSettled([remember("a", failing), remember("a", failing)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect([asked, await remember("a", async () => "yes")]).toEqual([1, "yes"]);
});
