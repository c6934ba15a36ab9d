import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { run } from "../signing/judges.ts";
import { FIXTURES, sohoa } from "../support/program.ts";

/** One page as it lies in the scanner. */
export interface DrawnPage {
  readonly lines?: readonly string[];
  /** Stands alone at the top. */
  readonly mark?: string;
  /** A red stamp in a frame, set by hand: its words and how many degrees it is turned. */
  readonly stamp?: readonly [words: string, degrees: number];
  /** A blank back: its lines are those of the front, shining through. */
  readonly blank?: boolean;
  /** A JPEG that is the page as it is. */
  readonly picture?: string;
}

const MAKERS = join(FIXTURES, "make").replaceAll("\\", "/");

const PROGRAM = `
  import { readFileSync, writeFileSync } from "node:fs";
  import { sharp } from "file://${MAKERS}/fonts.mjs";
  import { imagePdf, jpegImage } from "file://${MAKERS}/pdf.mjs";
  import { scanPage, toJpeg } from "file://${MAKERS}/scan.mjs";
  const jpegOf = async ({ items, blank, picture, stamp }, seed) => {
    if (picture) return readFileSync(picture);
    const bytes = await toJpeg(await scanPage({ rules: [], items }, { seed, bleed: blank ? 0.05 : undefined }));
    return stamp ? stamped(bytes, ...stamp) : bytes;
  };
  const stamped = async (bytes, words, degrees) => {
    const red = words.length * 46 + 60;
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="400"><g transform="rotate(' + degrees +
      ' 400 200)" fill="#cc1122" stroke="#cc1122"><rect x="' + (400 - red / 2) + '" y="145" width="' + red +
      '" height="110" fill="none" stroke-width="7"/><text x="400" y="228" text-anchor="middle" stroke="none" ' +
      'font-family="Tinos" font-weight="bold" font-size="70">' + words + "</text></g></svg>";
    return sharp(bytes).composite([{ input: Buffer.from(svg), left: 60, top: 120 }]).jpeg().toBuffer();
  };
  for (const [path, pages] of JSON.parse(readFileSync(0, "utf8"))) {
    const images = [];
    for (const [index, page] of pages.entries()) {
      const bytes = await jpegOf(page, index + 7);
      const { width, height } = await sharp(bytes).metadata();
      images.push(jpegImage(bytes, width, height));
    }
    writeFileSync(path, path.endsWith(".pdf") ? await imagePdf(images) : images[0].bytes);
  }`;

/**
 * Scans at 200 dpi, drawn as the fixtures are: image-only PDFs, or a JPEG of one page. In a process of its own, since
 * fontconfig is asked once per process.
 */
export function drawScans(scans: Readonly<Record<string, readonly DrawnPage[]>>): void {
  const pages = Object.entries(scans).map(([path, drawn]) => [path, drawn.map(laidOut)]);
  execFileSync(process.execPath, ["--input-type=module", "-e", PROGRAM], { input: JSON.stringify(pages) });
}

function laidOut({ lines = [], mark, ...page }: DrawnPage): object {
  const line = (text: string, y: number, size: number): object => {
    return { text, x: 100, y, size, style: "bold", anchor: "start" };
  };
  const text = lines.map((words, at) => line(words, 260 + at * 40, 14));
  return { ...page, items: mark === undefined ? text : [...text, line(mark, 120, 20)] };
}

/** What a person does with `sohoa sheets`: prints the PDF, and the scanner sees one picture a sheet. */
export async function printedSheets(folder: string, words: readonly string[]): Promise<DrawnPage[]> {
  const pdf = join(folder, "sheets.pdf");
  const { exit, err } = await sohoa(["sheets", ...words, "--out", pdf]);
  expect(exit, err).toBe(0);
  run("pdftoppm", ["-r", "200", "-jpeg", pdf, join(folder, "sheet")]);
  const pictures = readdirSync(folder).filter((name) => /^sheet-\d+\.jpg$/u.test(name));
  return pictures.toSorted().map((name) => ({ picture: join(folder, name) }));
}
