import { expect, it } from "vitest";
import { mutations } from "./mutate.ts";

const source = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 37) % 251));

it("damages every copy, and the same way for the same seed", () => {
  const first = [...mutations(source, 7, 200)];
  expect(first).toHaveLength(200);
  expect(first.some((copy) => copy.equals(source))).toBe(false);
  expect([...mutations(source, 7, 200)]).toEqual(first);
  expect([...mutations(source, 8, 200)]).not.toEqual(first);
});

it("cuts, lengthens and alters, and leaves the source as it was", () => {
  const before = Buffer.from(source);
  const lengths = [...mutations(source, 1, 200)].map((copy) => Math.sign(copy.length - source.length));
  expect(new Set(lengths)).toEqual(new Set([-1, 0, 1]));
  expect(source.equals(before)).toBe(true);
});
