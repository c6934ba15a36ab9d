import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Worker } from "node:worker_threads";
import { afterAll, describe, expect, it } from "vitest";
import type { Line } from "../../src/domain/reading.ts";
import { testImaging } from "../support/imaging.ts";
import { checkLanguageData } from "../../src/ocr/language-data.ts";
import { createPool } from "../../src/ocr/pool.ts";
import { spawnThread } from "../../src/ocr/tesseract-thread.ts";
import { createTesseractJs } from "../../src/ocr/tesseractjs.ts";
import { drawnView } from "./drawn-view.ts";
import { engineContract } from "./engine-contract.ts";

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

describe("the embedded engine", () => {
  engineContract(
    (options) => Promise.resolve(createTesseractJs(options)),
    () => readdirSync(process.cwd()).filter((name) => name.includes("traineddata")),
  );
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
    expect(wordsOf(await own.read(await drawnView(["Thông báo"]), never))).toEqual(["Thông", "báo"]);
    await own.close();
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
    const { pgm } = await drawnView(Array.from({ length: 10 }, () => "Ủy ban nhân dân phường thông báo"));
    const job = { image: pgm, dpi: 200, segmentation: 3 };
    await pool.start(job, never);
    const reading = pool.run(job, never);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await threads[0]?.terminate();
    expect((await reading).match(/\tphường\n/gu)?.length).toBe(10);
    expect(threads.length).toBe(2);
  });
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
