import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ERRORS, isOperational } from "../../src/domain/errors.ts";
import type { AugmentedPage, PdfTools } from "../../src/domain/pdf-port.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { HEIGHT, WIDTH, faxBytes, picture } from "../pdf/sample-images.ts";
import { FULL_IMAGE, onePagePdf, run, scratch } from "../pdf/small-pdf.ts";
import { mutations } from "./mutate.ts";
import { NASTIES } from "./pdf-nasties.ts";

const place = scratch();
const tools = createPdfTools({ workFolder: place.folder, pageTimeoutMs: 3000 });
afterAll(async () => {
  await tools.close();
  place.clean();
});

/** Repairs and drawings have their own; the main thread's share is far below. */
const LIMIT_MS = 10_000;
const MEMORY_BYTES = 1_200_000_000;
const COUNT = 300;

const LINE = {
  words: [{ text: "Quyết", confidence: 1, box: { x0: 10, y0: 10, x1: 90, y1: 30 } }],
  box: { x0: 10, y0: 10, x1: 90, y1: 30 },
};
const READ: AugmentedPage = { index: 0, turn: 0, width: 400, height: 300, lines: [LINE] };

/** One small file of each kind that offices send. */
async function sources(): Promise<Record<string, Buffer>> {
  const size = `/Width ${WIDTH}/Height ${HEIGHT}/BitsPerComponent`;
  const hello = "BT /F0 20 Tf 30 200 Td (Hello paper world) Tj ET ".repeat(8);
  const text = onePagePdf({ content: hello });
  const jpeg = await picture().resize(WIDTH, HEIGHT).jpeg({ quality: 40 }).toBuffer();
  const packed = join(place.folder, "packed.pdf");
  run("qpdf", "--object-streams=generate", "--linearize", place.put("text.pdf", text), packed);
  const parms = `/DecodeParms<</K -1/Columns ${WIDTH}/Rows ${HEIGHT}>>`;
  return {
    text,
    streams: readFileSync(packed),
    jpeg: onePagePdf({
      content: FULL_IMAGE,
      image: { dict: `${size} 8/ColorSpace/DeviceRGB/Filter/DCTDecode`, data: jpeg },
    }),
    fax: onePagePdf({
      content: FULL_IMAGE,
      image: {
        dict: `${size} 1/ColorSpace/DeviceGray/Filter/CCITTFaxDecode${parms}`,
        data: await faxBytes(),
      },
    }),
    mixed: onePagePdf({
      content: `q 200 0 0 300 200 0 cm /Im0 Do Q ${hello.repeat(4)}`,
      image: { dict: `${size} 8/ColorSpace/DeviceRGB/Filter/DCTDecode`, data: jpeg },
    }),
  };
}

type Step = (path: string) => Promise<unknown>;

const STEPS: Readonly<Record<string, (pdf: PdfTools) => Step>> = {
  inspect: (pdf) => (path) => pdf.inspect(path),
  pageImage: (pdf) => (path) => pdf.pageImage(path, 0),
  pageText: (pdf) => (path) => pdf.pageText(path, 0),
  draw: (pdf) => (path) => pdf.draw(path, 0, 36),
  augment: (pdf) => (path) => pdf.augment(path, `${path}-out`, { pages: [READ] }),
};

/** `ok`, or the code of a refusal that concerns this document only; anything else is a fault of ours. */
async function outcome(step: Step, path: string): Promise<string> {
  const start = performance.now();
  try {
    await step(path);
    return "ok";
  } catch (error) {
    if (!isOperational(error) || ERRORS[error.code].scope !== "document") throw error;
    return error.code;
  } finally {
    expect(performance.now() - start, path).toBeLessThan(LIMIT_MS);
  }
}

it(`${COUNT} damaged files end as a result or a refusal, in bounded time and memory`, async () => {
  const table = new Map<string, number>();
  const kinds = Object.entries(await sources());
  for (const [seed, [kind, source]] of kinds.entries()) {
    for (const damaged of mutations(source, seed + 1, COUNT / kinds.length)) {
      const path = place.put("damaged.pdf", damaged);
      for (const [name, step] of Object.entries(STEPS)) {
        const row = `${kind}\t${name}\t${await outcome(step(tools), path)}`;
        table.set(row, (table.get(row) ?? 0) + 1);
      }
    }
  }
  console.log([...table].map(([row, count]) => `${row}\t${count}`).join("\n"));
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
  expect([...table.values()].reduce((sum, count) => sum + count, 0)).toBe(COUNT * Object.keys(STEPS).length);
  expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(MEMORY_BYTES);
}, 120_000);

describe("a file with", () => {
  it.each(NASTIES)(
    "%s does no harm",
    async (name, make, expected) => {
      const path = place.put(`${name.replaceAll(/\W/gu, "")}.pdf`, make());
      const found: Record<string, string> = {};
      for (const [step, run] of Object.entries(STEPS)) {
        // Nobody asks further of a file that was refused.
        if (/^(?:ok|undefined)$/u.test(String(found["inspect"])))
          found[step] = await outcome(run(tools), path);
      }
      console.log(`${name}\t${JSON.stringify(found)}`);
      expect(found["inspect"]).toMatch(expected);
      expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(MEMORY_BYTES);
    },
    60_000,
  );
});
