import { afterAll, expect, it } from "vitest";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { onePagePdf, scratch } from "./small-pdf.ts";

const place = scratch();
const tools = createPdfTools({ workFolder: place.folder });
afterAll(async () => {
  await tools.close();
  place.clean();
});

/** Black on the left half. */
const HALF = "0 g 0 0 200 300 re f";
let counter = 0;
const put = (page: string): string => place.put(`${(counter += 1)}.pdf`, onePagePdf({ content: HALF, page }));

/** The grey value at shares of width and height. */
function greyAt(
  { pgm, width, height }: { pgm: Buffer; width: number; height: number },
  x: number,
  y: number,
) {
  return pgm[pgm.length - width * height + Math.floor(y * height) * width + Math.floor(x * width)];
}

it("draws a page as people see it, as a grey PGM of the resolution asked for", async () => {
  const drawn = await tools.draw(put(""), 0, 144);
  expect(drawn).toMatchObject({ width: 800, height: 600 });
  expect(drawn.pgm.toString("latin1", 0, 15)).toBe("P5\n800 600\n255\n");
  expect(drawn.pgm).toHaveLength(15 + 800 * 600);
  expect([greyAt(drawn, 0.25, 0.5), greyAt(drawn, 0.75, 0.5)]).toEqual([0, 255]);
});

it("turns it as it is shown", async () => {
  const drawn = await tools.draw(put("/Rotate 90"), 0, 72);
  expect(drawn).toMatchObject({ width: 300, height: 400 });
  expect([greyAt(drawn, 0.5, 0.25), greyAt(drawn, 0.5, 0.75)]).toEqual([0, 255]);
});

it("draws a wall chart coarser instead of filling the memory", async () => {
  const drawn = await tools.draw(put("/UserUnit 40"), 0, 300);
  expect(drawn.width * drawn.height).toBeLessThanOrEqual(36_000_000);
  expect(drawn.width * drawn.height).toBeGreaterThan(35_000_000);
});

it("names a page that is not there", async () => {
  const refusal = expect.objectContaining({ code: "unreadable" }) as Error;
  await expect(tools.draw(put(""), 7, 72)).rejects.toThrow(refusal);
});
