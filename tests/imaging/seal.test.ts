import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, it } from "vitest";
import { readSeal } from "../../src/imaging/seal.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-seal-"));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const RED = { r: 208, g: 16, b: 32 };

function square(side: number, alpha = 0.5) {
  return sharp({ create: { width: side, height: side, channels: 4, background: { ...RED, alpha } } });
}

async function made(name: string, side: number, density?: number, alpha?: number): Promise<string> {
  const picture = square(side, alpha);
  await (density === undefined ? picture : picture.withMetadata({ density })).png().toFile(path(name));
  return path(name);
}

it("takes the size from a plausible density, else that of the seals in state files", async () => {
  expect((await readSeal(await made("300.png", 450, 300))).widthPt).toBeCloseTo(108, 0);
  expect((await readSeal(await made("600.png", 850, 600))).widthPt).toBeCloseTo(102, 0);
  expect((await readSeal(await made("screen.png", 450, 72))).widthPt).toBe(109);
  expect((await readSeal(await made("bare.png", 450))).widthPt).toBe(109);
  expect((await readSeal(await made("odd.png", 450, 7620))).widthPt).toBe(109);
});

it("keeps colours and transparency, at most at 300 dpi", async () => {
  const seal = await readSeal(await made("large.png", 1700, 1200));
  expect([seal.width, seal.height]).toEqual([425, 425]);
  const colours = [seal.rgb[0] ?? 0, seal.rgb[1] ?? 0, seal.rgb[2] ?? 0];
  for (const [index, value] of [208, 16, 32].entries())
    expect(Math.abs((colours[index] ?? 0) - value)).toBeLessThanOrEqual(2); // scaled with its transparency
  expect(seal.alpha?.length).toBe(425 * 425);
  expect(seal.alpha?.[0]).toBe(128);
  expect((await readSeal(await made("opaque.png", 450, 300, 1))).alpha).toBeUndefined();
});

it("reads grey, palette and 16-bit pictures", async () => {
  await square(300).greyscale().png().toFile(path("grey.png"));
  await square(300).png({ palette: true }).toFile(path("palette.png"));
  await square(300).toColourspace("rgb16").png().toFile(path("deep.png"));
  for (const name of ["grey.png", "palette.png", "deep.png"]) {
    const seal = await readSeal(path(name));
    expect(seal.rgb.length).toBe(seal.width * seal.height * 3);
    expect(seal.alpha?.[0]).toBeCloseTo(128, -1);
  }
  expect([...(await readSeal(path("deep.png"))).rgb.subarray(0, 3)]).toEqual([208, 16, 32]);
});

it("names the setting when there is no usable PNG", async () => {
  await square(100).jpeg().toFile(path("photo.jpg"));
  const png = await square(300, 1).png({ compressionLevel: 0 }).toBuffer();
  writeFileSync(path("cut.png"), png.subarray(0, 5000));
  writeFileSync(path("heavy.png"), Buffer.concat([png, Buffer.alloc(9_000_000)]));
  await square(4100, 1).png().toFile(path("wide.png"));
  const names = ["photo.jpg", "cut.png", "heavy.png", "wide.png", "absent.png"];
  for (const name of names) {
    const refusal = { code: "settings", detail: expect.stringContaining(`signing.seal ${name}: `) as string };
    await expect(readSeal(path(name)), name).rejects.toThrow(expect.objectContaining(refusal));
  }
});
