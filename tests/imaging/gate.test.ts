import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import sharp from "sharp";
import { createGate } from "../../src/imaging/process/gate.ts";
import { pageMegapixels } from "../../src/imaging/process/page-megapixels.ts";

function watched(room: number) {
  const gate = createGate(room);
  const begun: string[] = [];
  const seen = { inside: 0, most: 0 };
  const pass = (name: string, weight: number): Promise<void> =>
    gate.pass(weight, async () => {
      begun.push(name);
      seen.inside += weight;
      seen.most = Math.max(seen.most, seen.inside);
      await pause(3);
      seen.inside -= weight;
    });
  return { pass, begun, seen, gate };
}

it("lets pages in side by side while they fit, and never more", async () => {
  const { pass, seen } = watched(20);
  await Promise.all([9, 9, 9, 4, 12, 9, 1].map((weight, index) => pass(`${index}`, weight)));
  expect(seen.most).toBeGreaterThan(9);
  expect(seen.most).toBeLessThanOrEqual(20);
});

it("lets a page that is larger than all the room work alone, and in its turn", async () => {
  const { pass, begun, gate } = watched(20);
  let inside = 0;
  const huge = async (): Promise<void> => {
    begun.push("huge");
    expect(inside).toBe(0);
    inside++;
    await pause(3);
    inside--;
  };
  const small = (name: string): Promise<void> =>
    gate.pass(9, async () => {
      inside++;
      begun.push(name);
      await pause(3);
      inside--;
    });
  await Promise.all([small("first"), gate.pass(100, huge), small("after"), pass("last", 1)]);
  expect(begun).toEqual(["first", "huge", "after", "last"]);
});

it.each([Number.NaN, Infinity, -Infinity])(
  "lets work of weight %s in alone, and others after it",
  async (weight) => {
    const { gate, pass, begun, seen } = watched(20);
    const odd = async (): Promise<void> => {
      begun.push("odd");
      expect(seen.inside).toBe(0);
      await pause(3);
      expect(seen.inside).toBe(0);
    };
    await Promise.all([pass("first", 9), gate.pass(weight, odd), pass("after", 9), pass("last", 9)]);
    expect(begun).toEqual(["first", "odd", "after", "last"]);
  },
);

it("gives its room back when work fails", async () => {
  const { gate, pass, begun } = watched(10);
  await expect(gate.pass(10, () => Promise.reject(new Error("unreadable")))).rejects.toThrow("unreadable");
  await pass("next", 10);
  expect(begun).toEqual(["next"]);
});

const white = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#fff" } });
const paper = { turn: 0, how: "embedded" } as const;
const encoded = (bytes: Buffer) => pageMegapixels({ ...paper, image: { kind: "encoded", bytes, frame: 0 } });

it("weighs a page by the size its head states, whatever its format", async () => {
  const image = white(1000, 500);
  expect(await encoded(await image.jpeg().toBuffer())).toBe(0.5);
  expect(await encoded(await image.png().toBuffer())).toBe(0.5);
  expect(await encoded(await image.tiff().toBuffer())).toBe(0.5);
  const raw = { kind: "raw", bytes: Buffer.alloc(6), width: 2000, height: 3000, channels: 1 } as const;
  expect(await pageMegapixels({ ...paper, image: raw })).toBe(6);
});

it("takes a page whose head says nothing for a large one", async () => {
  expect(await encoded(Buffer.from("no picture at all"))).toBe(24);
  expect(await pageMegapixels({ ...paper, image: { kind: "file", path: "/nowhere.jpg", frame: 0 } })).toBe(
    24,
  );
});
