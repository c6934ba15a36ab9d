import sharp from "sharp";
import { expect, it } from "vitest";
import type { PlacedImage } from "../../src/domain/page-ports.ts";
import { testImaging } from "../support/imaging.ts";

const imaging = testImaging();

/** A4 at 200 dpi, white, with a black square of 2 cm in its upper left corner. */
async function scan(turn: PlacedImage["turn"] = 0): Promise<PlacedImage> {
  const square = await sharp({ create: { width: 160, height: 160, channels: 3, background: "#000" } })
    .png()
    .toBuffer();
  const bytes = await sharp({ create: { width: 1654, height: 2339, channels: 3, background: "#fff" } })
    .composite([{ input: square, left: 80, top: 80 }])
    .jpeg()
    .toBuffer();
  return { image: { kind: "encoded", bytes, frame: 0 }, turn, how: "embedded" };
}

/** Where the ink lies, as shares of the page. */
async function inkOf(page: PlacedImage) {
  const { pgm, width, height } = await imaging.glance(page);
  expect(pgm.length).toBe(width * height);
  const dark = [...pgm.entries()].filter(([, grey]) => grey < 128).map(([at]) => at);
  const xs = dark.map((at) => (at % width) / width);
  const ys = dark.map((at) => Math.floor(at / width) / height);
  const round = (share: number) => Math.round(share * 50) / 50;
  const ends = (all: number[]) => [round(Math.min(...all)), round(Math.max(...all))];
  return { width, height, x: ends(xs), y: ends(ys) };
}

it("shows a scan at half its size, in grey", async () => {
  const seen = await inkOf(await scan());
  expect(seen).toMatchObject({ width: 813, height: 1150, x: [0.04, 0.14], y: [0.04, 0.1] });
});

it.each([
  [90, [0.9, 0.96], [0.04, 0.14]],
  [180, [0.86, 0.96], [0.9, 0.96]],
  [270, [0.04, 0.1], [0.86, 0.96]],
] as const)("shows it as the page stands, turned by %d degrees", async (turn, x, y) => {
  expect(await inkOf(await scan(turn))).toMatchObject({ x, y });
});

it("refuses what cannot be decoded", async () => {
  const image = { kind: "encoded", bytes: Buffer.from("no picture"), frame: 0 } as const;
  const code = expect.objectContaining({ name: "OperationalError" }) as Error;
  await expect(imaging.glance({ image, turn: 0, how: "embedded" })).rejects.toThrow(code);
});
