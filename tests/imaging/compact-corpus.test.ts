import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { imageBytes } from "../../src/domain/image-bytes.ts";
import type { PdfImage, PlacedImage } from "../../src/domain/page-ports.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { encodePage } from "../../src/imaging/encode.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";
import { drawnPage } from "./drawn-page.ts";

const CORPUS = join(import.meta.dirname, "../../../shared/corpus");
const folder = mkdtempSync(join(tmpdir(), "sohoa-compact-"));
const tools = createPdfTools({ workFolder: folder });
afterAll(async () => {
  await tools.close();
  rmSync(folder, { recursive: true });
});
if (!existsSync(CORPUS)) process.stderr.write("skipped: no ../shared/corpus\n");

const OPTIONS = { maxPixels: 100_000_000, profile: VN_2025_07.profiles.compact };
const A4 = { width: 595.28, height: 841.89 };

interface Encoded {
  readonly name: string;
  readonly image: PdfImage;
  readonly sheets: number;
}

/** Pages that are pictures of paper; born-digital ones go another way. */
async function placedPages(path: string): Promise<PlacedImage[]> {
  if (!path.endsWith(".pdf")) {
    const { pages = 1 } = await sharp(path).metadata();
    return Array.from({ length: pages }, (_, frame) => ({
      image: { kind: "file", path, frame },
      turn: 0,
      how: "file",
    }));
  }
  const info = await tools.inspect(path).catch(() => ({ pages: [] }));
  const scans = info.pages.flatMap(({ kind }, index) => (kind === "scan" ? [index] : []));
  return Promise.all(scans.map((index) => tools.pageImage(path, index)));
}

/** Files without a size on paper are A4, as far as they are long. */
async function paperOf({ image, paper }: PlacedImage) {
  const size =
    image.kind === "raw" ? image : await sharp(image.kind === "file" ? image.path : image.bytes).metadata();
  const { width, height } = size;
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  const dpi =
    paper === undefined
      ? Math.max((long / A4.height) * 72, (short / A4.width) * 72)
      : Math.sqrt((width * height * 72 * 72) / (paper.widthPt * paper.heightPt));
  return { dpi, sheets: ((width / dpi) * (height / dpi) * 72 * 72) / (A4.width * A4.height), width, height };
}

async function encoded(path: string): Promise<Encoded[]> {
  const done: Encoded[] = [];
  for (const [index, page] of (await placedPages(path)).entries()) {
    const { dpi, sheets } = await paperOf(page);
    const image = await encodePage(page, { changes: [], dpi }, OPTIONS);
    done.push({ name: `${path.slice(CORPUS.length + 1)} ${index + 1}`, image, sheets });
  }
  return done;
}

const row = ({ name, image, sheets }: Encoded): string => {
  const how = image.passedThrough ? "own bytes" : image.ink === undefined ? image.filter : "mixed raster";
  return `${(imageBytes(image) / 1024).toFixed(1).padStart(7)} KB  ${sheets.toFixed(2)} A4  ${how.padEnd(14)}  ${name}`;
};

describe.skipIf(!existsSync(CORPUS))("the compact profile on real scans", () => {
  it("takes at most 150 KB an A4 page on average, and no page grows beyond its file", async () => {
    const names = ["vn-scans", "scans"].flatMap((part) =>
      readdirSync(join(CORPUS, part))
        .filter((name) => /\.(?:pdf|jpg|png|tif)$/u.test(name))
        .map((name) => join(CORPUS, part, name)),
    );
    const pages: Encoded[] = [];
    for (const name of names) pages.push(...(await encoded(name)));
    const sum = pages.reduce((bytes, { image }) => bytes + imageBytes(image), 0);
    const sheets = pages.reduce((all, page) => all + page.sheets, 0);
    const mean = sum / sheets / 1024;
    process.stdout.write(
      `${pages.map(row).join("\n")}\n${mean.toFixed(1)} KB an A4 page, ${pages.length} pages\n`,
    );
    expect(pages.length).toBeGreaterThan(40);
    expect(mean).toBeLessThan(150);
    for (const name of names) {
      const own = pages.filter((page) => page.name.startsWith(`${name.slice(CORPUS.length + 1)} `));
      const bytes = own.reduce((all, { image }) => all + imageBytes(image), 0);
      expect(bytes, name).toBeLessThanOrEqual(readFileSync(name).length);
    }
  }, 120_000);

  it.skipIf(!existsSync("/usr/bin/tesseract"))(
    "is as readable as the scan it was made from",
    async () => {
      const path = join(CORPUS, "vn-scans/dl_2025_0003.jpg");
      const truth = wordsOf(readFileSync(path.replace(".jpg", "_gt.txt"), "utf8"));
      const page: PlacedImage = { image: { kind: "file", path, frame: 0 }, turn: 0, how: "file" };
      const { dpi, width, height } = await paperOf(page);
      const recalls: number[] = [];
      for (const profile of [VN_2025_07.profiles.nd30, VN_2025_07.profiles.compact]) {
        const image = await encodePage(page, { changes: [], dpi }, { ...OPTIONS, profile });
        const { data, ...size } = await drawnPage(image, { width, height, dpi }, 200);
        const png = join(folder, "page.png");
        writeFileSync(
          png,
          await sharp(data, { raw: { ...size, channels: 3 } })
            .greyscale()
            .png()
            .toBuffer(),
        );
        const env = { ...process.env, OMP_THREAD_LIMIT: "1" };
        const said = execFileSync("/usr/bin/tesseract", [png, "-", "-l", "vie"], {
          env,
          stdio: "pipe",
        }).toString();
        recalls.push(recall(truth, wordsOf(said)));
      }
      const [original = 1, compact = 0] = recalls;
      process.stdout.write(`word recall: scan ${original.toFixed(3)}, compact ${compact.toFixed(3)}\n`);
      expect(compact).toBeGreaterThan(original - 0.01);
    },
    120_000,
  );
});

function wordsOf(text: string): Map<string, number> {
  const words = new Map<string, number>();
  for (const [word] of text.normalize("NFC").matchAll(/[\p{L}\p{N}]+/gu))
    words.set(word, (words.get(word) ?? 0) + 1);
  return words;
}

function recall(truth: Map<string, number>, said: Map<string, number>): number {
  let [hit, all] = [0, 0];
  for (const [word, count] of truth) {
    hit += Math.min(count, said.get(word) ?? 0);
    all += count;
  }
  return hit / all;
}
