import { describe, expect, it } from "vitest";
import type { NormalizedPage, PlacedImage, PreparedPage, Stance } from "../../src/domain/page-ports.ts";
import type { Line } from "../../src/domain/reading.ts";
import { readUpright } from "../../src/pipeline/stages/upright.ts";
import { line } from "./world.ts";

const PLACED: PlacedImage = { image: { kind: "file", path: "/p.jpg", frame: 0 }, turn: 0, how: "file" };
const TEXT = "Ủy ban nhân dân xã Thí Điểm xác nhận nội dung nêu trên là đúng sự thật";
/** Just more than a quarter of an A4 page at 200 dpi. */
const SIZE = 1024;

/**
 * A paper that lies right when turned by `lies`: its samples then grow from top to bottom, which a view of any part of
 * it shows as well. Anything else reads as garbage nobody is sure of.
 */
function paper(lies: Stance["turn"], guess: Stance, words = TEXT, confidence = 0.93, size = SIZE) {
  const reads: string[] = [];
  const normalize = async ({ turn }: PlacedImage): Promise<NormalizedPage> => {
    const off = (turn - lies + 360) % 360;
    const grow = Array.from({ length: size * size }, (_, at) =>
      Math.floor((Math.floor(at / size) * 128) / size),
    );
    const samples = off === 0 ? grow : off === 180 ? grow.toReversed() : grow.map(() => 64);
    const prepared = {
      pgm: Buffer.concat([Buffer.from(`P5\n${size} ${size}\n255\n`), Buffer.from(samples)]),
      width: size,
      height: size,
      dpi: 200,
      scale: 1,
      skewDegrees: 0,
    };
    return {
      width: size,
      height: size,
      dpi: 200,
      colour: true,
      blank: false,
      skewDegrees: 0,
      findings: [],
      changes: [],
      stance: guess,
      prepared,
    };
  };
  const read = async (view: PreparedPage): Promise<readonly Line[]> => {
    const samples = view.pgm.subarray(view.pgm.length - view.width * view.height);
    const upright = (samples.at(0) ?? 0) < (samples.at(-1) ?? 0);
    reads.push(view.width === size ? "page" : "view");
    return upright ? [line(words, confidence)] : [line("ƯeI †j qw lỉ zx", 0.3)];
  };
  return { reads, run: async () => readUpright(PLACED, await normalize(PLACED), { normalize, read }) };
}

describe("reading a page the right way up", () => {
  it("reads once what lies right", async () => {
    const { run, reads } = paper(0, { turn: 0, confidence: 0.9 });
    expect(await run()).toMatchObject({ turn: 0, unsure: false });
    expect(reads).toEqual(["page"]);
  });

  it("reads once what the shape of its lines tells to turn, for the reading proves it", async () => {
    const { run, reads } = paper(180, { turn: 180, confidence: 0.9 });
    expect(await run()).toMatchObject({ turn: 180, unsure: false });
    expect(reads).toEqual(["page"]);
  });

  it.each([90, 180, 270] as const)(
    "finds out by small views that a page must be turned by %i",
    async (lies) => {
      const { run, reads } = paper(lies, { turn: 0, confidence: 0.2 });
      const { turn, lines, unsure } = await run();
      expect({ turn, unsure, words: lines[0]?.words.length }).toEqual({
        turn: lies,
        unsure: false,
        words: 17,
      });
      expect(reads).toEqual(["page", "view", "view", "view", "view", "page"]);
    },
  );

  it("reads a small page whole to find how it lies: its parts have too few words to tell", async () => {
    const { run, reads } = paper(90, { turn: 0, confidence: 0.2 }, TEXT, 0.93, 64);
    expect(await run()).toMatchObject({ turn: 90, unsure: false });
    expect(new Set(reads)).toEqual(new Set(["page"]));
  });

  it("does not believe a confident guess that reading contradicts", async () => {
    const { run } = paper(0, { turn: 180, confidence: 0.99 });
    expect(await run()).toMatchObject({ turn: 0, unsure: false });
  });

  it("is unsure of text that reads badly whichever way it is held", async () => {
    const { run } = paper(0, { turn: 0, confidence: 0.1 }, TEXT + TEXT + TEXT, 0.4);
    expect(await run()).toMatchObject({ turn: 0, unsure: true });
  });

  it("leaves a photo with a word or two as it lies and holds nobody up for it", async () => {
    const { run } = paper(0, { turn: 0, confidence: 0 }, "ảnh", 0.2);
    expect(await run()).toMatchObject({ turn: 0, unsure: false });
  });
});
