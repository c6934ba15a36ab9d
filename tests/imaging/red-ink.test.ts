import { describe, expect, it } from "vitest";
import { testImaging } from "../support/imaging.ts";
import { PARAGRAPH, rawPage, textPage, withBox } from "./made-pages.ts";

const imaging = testImaging();
const STAMP = { left: 300, top: 200, width: 300, height: 60 };

/** Dark samples of a PGM inside and outside the stamp, for pages that are not scaled. */
async function redInk(box: readonly [number, number, number]) {
  const stamped = withBox(await textPage(PARAGRAPH), STAMP, box);
  const { redInk } = await imaging.normalize(rawPage(stamped));
  if (redInk === undefined) return undefined;
  const { pgm, width, height, scale } = redInk;
  const samples = pgm.subarray(pgm.length - width * height);
  const stamp = { x: (STAMP.left + 150) * scale, y: (STAMP.top + 30) * scale };
  const dark = samples.filter((value) => value < 128).length;
  return { dark, inStamp: samples[Math.round(stamp.y) * width + Math.round(stamp.x)] ?? 255, scale };
}

describe("the red ink of a page", () => {
  it("shows a red stamp dark and nothing of the black text", async () => {
    const found = await redInk([200, 32, 46]);
    expect(found?.inStamp).toBeLessThan(60);
    const area = STAMP.width * STAMP.height * (found?.scale ?? 0) ** 2;
    expect(found?.dark).toBeGreaterThan(area * 0.95);
    expect(found?.dark).toBeLessThan(area * 1.05);
  });

  it("is absent from a page without red, also when its paper or ink is yellowish, brown or blue", async () => {
    expect(await redInk([20, 20, 20])).toBeUndefined();
    expect(await redInk([235, 215, 175])).toBeUndefined();
    expect(await redInk([30, 40, 160])).toBeUndefined();
  });
});
