import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Worker } from "node:worker_threads";
import { afterAll, describe, expect, it } from "vitest";
import type { PreparedPage } from "../../src/domain/page-ports.ts";
import type { Line } from "../../src/domain/reading.ts";
import { testImaging } from "../support/imaging.ts";
import { checkLanguageData } from "../../src/ocr/language-data.ts";
import { createPool } from "../../src/ocr/pool.ts";
import { spawnThread } from "../../src/ocr/tesseract-thread.ts";
import { createTesseractJs } from "../../src/ocr/tesseractjs.ts";
import { PARAGRAPH, rawPage, textPage } from "../imaging/made-pages.ts";

const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus/vn-scans");
const never = new AbortController().signal;
const imaging = testImaging();
const vietnamese = { languages: ["vie"], tessdata: null };
const engine = createTesseractJs({ jobs: 1, ...vietnamese, pageTimeoutMs: 120_000 });
const folder = mkdtempSync(join(tmpdir(), "sohoa-ocr-"));

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

async function prepared(lines: readonly string[]): Promise<PreparedPage> {
  const { prepared } = await imaging.normalize(rawPage(await textPage(lines)));
  if (prepared === undefined) throw new Error("not prepared");
  return prepared;
}

const wordsOf = (lines: readonly Line[]) => lines.flatMap((line) => line.words.map((word) => word.text));

/** Multiset recall: Σ min(count read, count in truth) ÷ Σ count in truth. */
function recall(read: readonly string[], truth: string): number {
  const wanted = truth.normalize("NFC").split(/\s+/u).filter(Boolean);
  const left = new Map<string, number>();
  for (const word of read) left.set(word, (left.get(word) ?? 0) + 1);
  const found = wanted.filter((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count > 0;
  });
  return found.length / wanted.length;
}

it("reads a Vietnamese page with boxes and confidence, and leaves no file in the working folder", async () => {
  const page = await prepared(PARAGRAPH);
  const lines = await engine.read(page, never);
  expect(recall(wordsOf(lines), PARAGRAPH.join(" "))).toBeGreaterThan(0.95);
  expect(lines.length).toBe(PARAGRAPH.length);
  for (const { box, words } of lines)
    for (const word of words) {
      expect(word.confidence).toBeGreaterThan(0.5);
      expect(word.box.x0).toBeGreaterThanOrEqual(box.x0);
      expect(word.box.x1).toBeLessThanOrEqual(Math.min(box.x1, page.width));
    }
  expect(readdirSync(process.cwd()).filter((name) => name.includes("traineddata"))).toEqual([]);
});

it("names engine, version and model", () => {
  expect(engine.identity).toBe("tesseract.js 7.0.0, vie 4.0.0_best_int");
});

describe("language data", () => {
  it("is found inside the package, and in a folder of unpacked files when one is set", async () => {
    const [file] = checkLanguageData(vietnamese);
    expect(file).toMatchObject({ language: "vie", found: true });
    const unpacked = join(folder, "vie.traineddata");
    writeFileSync(unpacked, gunzipSync(readFileSync(file?.path ?? "")));
    const own = createTesseractJs({ jobs: 1, languages: ["vie"], tessdata: folder, pageTimeoutMs: 60_000 });
    expect(wordsOf(await own.read(await prepared(["Thông báo"]), never))).toEqual(["Thông", "báo"]);
    await own.close();
  });

  it("is asked for by its path when a language is missing", async () => {
    const settings = { languages: ["vie", "lao"], tessdata: null };
    expect(checkLanguageData(settings).map(({ found }) => found)).toEqual([true, false]);
    const ocr = createTesseractJs({ jobs: 1, ...settings, pageTimeoutMs: 60_000 });
    const refused = ocr.read(await prepared(["Thông báo"]), never);
    await expect(refused).rejects.toMatchObject({ code: "language_data" });
    await expect(refused).rejects.toThrow("lao.traineddata");
    await ocr.close();
  });

  it("that is broken says engine_start instead of waiting for ever", async () => {
    writeFileSync(join(folder, "xxx.traineddata"), "not a model");
    const ocr = createTesseractJs({ jobs: 1, languages: ["xxx"], tessdata: folder, pageTimeoutMs: 60_000 });
    await expect(ocr.read(await prepared(["a b c d"]), never)).rejects.toMatchObject({
      code: "engine_start",
    });
    await ocr.close();
  });
});

describe("a thread that ends", () => {
  const [model] = checkLanguageData(vietnamese);
  const threads: Worker[] = [];
  const pool = createPool({
    size: 1,
    startLimitMs: 60_000,
    jobLimitMs: 60_000,
    spawn: () => {
      const options = { languages: ["vie"], folder: dirname(model?.path ?? ""), gzip: true };
      const worker = spawnThread(options);
      threads.push(worker.thread);
      return worker;
    },
  });
  afterAll(() => pool.close());

  it("in the middle of a page is replaced, and the page is read all the same", async () => {
    const page = await prepared(PARAGRAPH);
    await pool.run({ image: page.pgm, dpi: 200, segmentation: 3 }, never);
    const reading = pool.run({ image: page.pgm, dpi: 200, segmentation: 3 }, never);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await threads[0]?.terminate();
    expect(await reading).toContain("\tVIỆT\n");
    expect(threads.length).toBe(2);
  });
});

it("is stopped when a page takes too long, and when the run is interrupted", async () => {
  const hurried = createTesseractJs({ jobs: 1, ...vietnamese, pageTimeoutMs: 50 });
  const page = await prepared(PARAGRAPH);
  await expect(hurried.read(page, never)).rejects.toMatchObject({ code: "page_timeout" });
  const start = Date.now();
  await expect(hurried.read(page, AbortSignal.timeout(20))).rejects.toMatchObject({ name: "TimeoutError" });
  expect(Date.now() - start).toBeLessThan(2000);
  await hurried.close();
});

describe.skipIf(!existsSync(CORPUS))("real pages (skipped: ../shared/corpus not found)", () => {
  it.each([
    ["dl_2025_0003.jpg", "dl_2025_0003_gt.txt"],
    ["ailab_4_1.jpg", "ailab_4_1_gt.txt"],
    ["ailab_4_1_v4_rotated.jpg", "ailab_4_1_gt.txt"],
  ])("%s keeps a word recall of 0.85", async (image, truth) => {
    const path = join(CORPUS, image);
    const page = await imaging.normalize({ image: { kind: "file", path, frame: 0 }, turn: 0, how: "file" });
    if (page.prepared === undefined) throw new Error("blank");
    const words = wordsOf(await engine.read(page.prepared, never));
    expect(recall(words, readFileSync(join(CORPUS, truth), "utf8"))).toBeGreaterThanOrEqual(0.85);
  });
});
