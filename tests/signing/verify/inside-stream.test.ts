import { expect, it } from "vitest";
import type { PdfObject } from "../../../src/pdf-syntax/objects.ts";
import type { XrefEntry } from "../../../src/pdf-syntax/xref.ts";
import { streamFinder } from "../../../src/signing/verify/inside-stream.ts";

const OBJECTS = 1_000_000;
const LENGTH = 40;

/** Objects of 100 bytes each, the streams with 40 bytes of data from their 20th byte on; listed backwards. */
function fileOf(count: number) {
  const places = new Map<number, XrefEntry>();
  for (let num = count; num > 0; num -= 1) places.set(num, { at: "file", offset: num * 100 });
  const dict = { kind: "dict", entries: new Map<string, PdfObject>([["Length", LENGTH]]) } as const;
  return {
    places,
    source: { size: (count + 1) * 100, read: () => Buffer.alloc(0), close: () => undefined },
    resolve: (object: PdfObject | undefined): PdfObject => {
      const num = typeof object === "object" && object?.kind === "ref" ? object.num : 0;
      return num % 2 === 0 ? { kind: "stream", dict, start: num * 100 + 20 } : dict;
    },
    get: () => LENGTH,
    checkEnd: () => undefined,
  };
}

it("tells data of streams from all else", () => {
  const inside = streamFinder(fileOf(10));
  expect([419, 420, 459, 460, 520, 99, 5000].map(inside)).toEqual([
    false,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(streamFinder(undefined)(420)).toBe(false);
});

it("answers a thousand questions about a million objects at once", () => {
  const inside = streamFinder(fileOf(OBJECTS));
  const from = process.cpuUsage();
  const answers = Array.from({ length: 1000 }, (_, index) => inside(200 + index * 200 + 30));
  // Going through all objects for each question took 10 s.
  expect(process.cpuUsage(from).user / 1e6).toBeLessThan(3);
  expect(answers.every(Boolean)).toBe(true);
});
