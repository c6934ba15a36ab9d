import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { CLEAN_STEPS } from "../../src/domain/page-change.ts";
import { applyChanges, planChanges, type CleanFacts } from "../../src/imaging/clean/clean-page.ts";
import { foldOf } from "../../src/imaging/fold.ts";
import { FACTS, inkIn, resized } from "./clean-pages.ts";
import type { Page } from "./made-pages.ts";

const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");
const present = existsSync(CORPUS);
if (!present) console.log("SKIP: ../shared/corpus not found");
const PDF_DPI = 100;
const BILEVEL = { ...FACTS, colour: false, bilevel: true };

async function image(name: string): Promise<Page> {
  const { data, info } = await sharp(join(CORPUS, name))
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const page = { data: spreadOut(data, info.channels), width: info.width, height: info.height };
  return page.height > 2400 ? resized(page, 2339 / page.height) : page;
}

function spreadOut(data: Buffer, channels: number): Buffer {
  return channels === 3
    ? data
    : Buffer.from(Uint8Array.from({ length: data.length * 3 }, (_, i) => data[Math.floor(i / 3)] ?? 0));
}

/** The first two pages as poppler draws them. */
function pagesOf(pdf: string): Page[] {
  const given = ["-r", String(PDF_DPI), "-f", "1", "-l", "2", join(CORPUS, "vn-scans", pdf)];
  let rest = execFileSync("pdftoppm", given, { maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "ignore"] });
  const pages: Page[] = [];
  while (rest.length > 0) {
    const [head = "", width, height] =
      /^P6\s+(\d+)\s+(\d+)\s+255\s/u.exec(rest.toString("latin1", 0, 40)) ?? [];
    const end = head.length + Number(width) * Number(height) * 3;
    pages.push({ data: rest.subarray(head.length, end), width: Number(width), height: Number(height) });
    rest = rest.subarray(end);
  }
  return pages;
}

/** What is planned but for straightening, a second plan on the result included, and by how much it is straightened. */
function planned(
  page: Page,
  facts: Partial<CleanFacts> = {},
): { readonly kinds: string; readonly skew: number } {
  const found = planChanges(page, { ...FACTS, ...facts }, CLEAN_STEPS);
  const again = planChanges(applyChanges(page, found, 1), { ...FACTS, ...facts }, CLEAN_STEPS);
  const kinds = found.flatMap(({ kind }) => (kind === "deskew" ? [] : [kind]));
  const [skew = 0] = found.flatMap((change) => (change.kind === "deskew" ? [change.degrees] : []));
  return { kinds: [...kinds, ...again.map(({ kind }) => `again ${kind}`)].join(", "), skew };
}

/** A skew of 0.2° is the least that is removed; what is near it may stay. */
function expectPlan(page: Page, dpi: number, [kinds, skew]: Expected): void {
  const plan = planned(page, { dpi });
  expect(plan.kinds).toBe(kinds);
  if (plan.skew !== 0 || Math.abs(skew) > 0.35) expect(Math.abs(plan.skew - skew)).toBeLessThan(0.15);
  expect(foldOf(page)).toBeUndefined();
}

/** Changes without straightening; skew in degrees. */
type Expected = readonly [kinds: string, skew: number];

const PDFS: Record<string, readonly [Expected, Expected]> = {
  "05.signed_20250517_044750.pdf": [
    ["", 0],
    ["", 0],
  ],
  // A black line at the very top of both.
  "05CT_20250517_033418.pdf": [
    ["borders", 0.5],
    ["borders", -1.3],
  ],
  "2352 ( 07-CT-UBND).signed_20250221_092046.pdf": [
    ["", 0],
    ["", 0],
  ],
  "23BC.signed_20250510_124908.pdf": [
    ["", 0.3],
    ["", 0.85],
  ],
  "299 UB.signed_20250510_124908.pdf": [
    ["", 0.25],
    ["", 0],
  ],
  "51 QĐ UB.signed_20250219_231940.pdf": [
    ["", 0],
    ["", 0],
  ],
  "574 UB.signed_20250510_124908.pdf": [
    ["", -0.8],
    ["", 0],
  ],
  "87 QĐUB.signed_20250513_163530.pdf": [
    ["", 0.45],
    ["", 0.4],
  ],
  "DHDL_01.pdf": [
    ["", -0.15],
    ["", -0.25],
  ],
  "Luat_54.2014.QH13.pdf": [
    ["", 0],
    ["", 0],
  ],
  "ailab_1.pdf": [
    ["", 0.2],
    ["", 0],
  ],
  "dl_2025_0006.pdf": [
    ["", 0.2],
    ["", -0.2],
  ],
  "vietsample1.pdf": [
    ["", 0],
    ["", 0],
  ],
};

const IMAGES: Record<string, Expected> = {
  "vn-scans/photo_nd30_2020.jpg": ["light", -0.4],
  "vn-scans/ailab_4_1.jpg": ["", 0],
  "vn-scans/ailab_4_1_v4_rotated.jpg": ["", -1],
  // Black marks at the lower right edge.
  "vn-scans/dl_2025_0003.jpg": ["borders", 0.2],
  "vn-scans/nd28_2021_p1.jpg": ["", -0.35],
  "vn-scans/to_khai_dang_ky_khai_sinh_mock.jpg": ["", 0],
  "scans/blank1.jpg": ["", 0],
  "scans/ocr_test.jpg": ["", 0],
  // Its printed bars run out of the picture: no borders.
  "scans/skewed.jpg": ["", 16],
};

describe.skipIf(!present)("the corpus", () => {
  it.each(Object.entries(IMAGES))("%s: %j", async (name, expected) => {
    const page = await image(name);
    expectPlan(page, Math.max(page.width, page.height) / 11.69, expected);
  });

  it.skipIf(!existsSync("/usr/bin/pdftoppm"))(
    "knows what is expected of every PDF of Vietnamese scans",
    () => {
      const names = readdirSync(join(CORPUS, "vn-scans")).filter((name) => name.endsWith(".pdf"));
      expect(names.map((name) => name.normalize("NFC")).toSorted()).toEqual(Object.keys(PDFS).toSorted());
    },
  );

  it.skipIf(!existsSync("/usr/bin/pdftoppm")).each(Object.entries(PDFS))("%s: %j", (name, expected) => {
    const pages = pagesOf(name);
    expect(pages).toHaveLength(2);
    pages.forEach((page, i) => expectPlan(page, PDF_DPI, expected[i] ?? ["", 0]));
  });

  it("scans/imgsrc001.png: takes the black block off, sets the lines straight, and keeps the text", async () => {
    const page = await image("scans/imgsrc001.png");
    const changes = planChanges(page, BILEVEL, CLEAN_STEPS);
    expect(changes.map(({ kind }) => kind)).toEqual(["borders", "deskew"]);
    const [borders, deskew] = changes;
    expect(deskew?.kind === "deskew" && Math.abs(deskew.degrees + 4)).toBeLessThan(0.1);
    const clean = applyChanges(page, borders === undefined ? [] : [borders], 1);
    const text = { x: 300, y: 0 };
    expect(inkIn(clean)).toBe(inkIn(page, text));
    expect(inkIn(clean, text)).toBe(inkIn(page, text));
  });
});
