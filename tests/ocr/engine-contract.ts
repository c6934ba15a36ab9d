import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OcrEngine } from "../../src/domain/page-ports.ts";
import type { Line } from "../../src/domain/reading.ts";
import { drawnView } from "./drawn-view.ts";

export interface ContractOptions {
  readonly languages: readonly string[];
  readonly tessdata: string | null;
  readonly jobs: number;
  readonly pageTimeoutMs: number;
}

type Open = (options: ContractOptions) => Promise<OcrEngine>;

const never = new AbortController().signal;
const USUAL: ContractOptions = { languages: ["vie"], tessdata: null, jobs: 2, pageTimeoutMs: 60_000 };
const HEAD = [
  "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
  "Độc lập - Tự do - Hạnh phúc",
  "Căn cứ Nghị định số 61/2018/NĐ-CP của Chính phủ",
];
/** Takes any engine longer than the limits below. */
const LONG = Array.from(
  { length: 30 },
  () => "Ủy ban nhân dân phường thông báo kết quả số hóa hồ sơ trong quý này",
);

const textOf = (lines: readonly Line[]): string =>
  lines.map(({ words }) => words.map(({ text }) => text).join(" ")).join("\n");

/** What every engine promises (see `OcrEngine`); `left` lists files of readings that are on the machine. */
export function engineContract(open: Open, left: () => readonly string[]): void {
  let engine: OcrEngine;
  beforeAll(async () => {
    engine = await open(USUAL);
  });
  afterAll(() => engine.close());

  it("reads Vietnamese lines with boxes and confidence", async () => {
    const view = await drawnView(HEAD);
    const lines = await engine.read(view, never);
    expect(textOf(lines)).toBe(HEAD.join("\n"));
    for (const { box, words } of lines)
      for (const word of words) {
        expect(word.confidence).toBeGreaterThan(0.5);
        expect(word.box.x0).toBeGreaterThanOrEqual(box.x0);
        expect(word.box.x1).toBeLessThanOrEqual(Math.min(box.x1, view.width));
        expect(word.box.y1).toBeLessThanOrEqual(view.height);
      }
  });

  it("cuts a view into lines as it is told, call by call", async () => {
    const [three, one] = [await drawnView(HEAD), await drawnView(HEAD.slice(1, 2))];
    const [block, sparse, line] = await Promise.all([
      engine.read(three, never, "block"),
      engine.read(three, never, "sparse"),
      engine.read(one, never, "line"),
    ]);
    expect(textOf(block)).toBe(HEAD.join("\n"));
    expect(textOf(sparse).split(/\s+/u).toSorted()).toEqual(HEAD.join(" ").split(" ").toSorted());
    expect(textOf(line)).toBe(HEAD[1]);
    // Taken as one line, three make no sense: the mode is really another one.
    expect(textOf(await engine.read(three, never, "line"))).not.toContain(HEAD[2]);
  });

  it("finds nothing on a blank view", async () => {
    expect(await engine.read(await drawnView([]), never)).toEqual([]);
  });

  it("keeps the answers of a hundred views apart, several at a time, and leaves none of them behind", async () => {
    const texts = Array.from({ length: 100 }, (_, i) => `Hồ sơ số ${101 + i}`);
    const views = await Promise.all(texts.map((text) => drawnView([text])));
    const before = left().length;
    const read = await Promise.all(views.map((view) => engine.read(view, never, "line")));
    // Where one word ends is the model's matter, and now and then it errs.
    expect(read.map((lines) => textOf(lines).replaceAll(" ", ""))).toEqual(
      texts.map((text) => text.replaceAll(" ", "")),
    );
    expect(left().length).toBe(before);
  });

  it("gives up a view that takes too long and one that is interrupted, and reads the next one", async () => {
    const hurried = await open({ ...USUAL, jobs: 1, pageTimeoutMs: 60 });
    const view = await drawnView(LONG);
    await expect(hurried.read(view, never)).rejects.toMatchObject({ code: "page_timeout" });
    await hurried.close();
    const start = performance.now();
    await expect(engine.read(view, AbortSignal.timeout(60))).rejects.toMatchObject({ name: "TimeoutError" });
    expect(performance.now() - start).toBeLessThan(5000);
    expect(textOf(await engine.read(await drawnView(["Thông báo"]), never, "line"))).toBe("Thông báo");
  });

  brokenData(open);
}

function brokenData(open: Open): void {
  describe("language data", () => {
    const folder = mkdtempSync(join(tmpdir(), "sohoa-tessdata-"));
    afterAll(() => rmSync(folder, { recursive: true }));

    async function openAndRead(language: string): Promise<void> {
      const engine = await open({ ...USUAL, languages: [language], tessdata: folder });
      try {
        await engine.read(await drawnView(["Thông báo"]), never, "line");
      } finally {
        await engine.close();
      }
    }

    it("that is missing is asked for by name and folder", async () => {
      const refused = openAndRead("lao");
      await expect(refused).rejects.toMatchObject({ code: "language_data" });
      await expect(refused).rejects.toThrow(
        `put lao.traineddata into the folder named by ocr.tessdata (${folder})`,
      );
    });

    it("that is broken says engine_start instead of waiting for ever", async () => {
      writeFileSync(join(folder, "xxx.traineddata"), "not a model");
      await expect(openAndRead("xxx")).rejects.toMatchObject({ code: "engine_start" });
      expect(readdirSync(folder)).toEqual(["xxx.traineddata"]);
    });
  });
}
