import { expect, it } from "vitest";
import { OperationalError } from "../../../src/domain/errors.ts";
import type { OcrEngine, PreparedPage } from "../../../src/domain/page-ports.ts";
import type { Box, Line, Word } from "../../../src/domain/reading.ts";
import type { Look } from "../../../src/ocr/adaptive/look.ts";
import { readUncovered } from "../../../src/ocr/adaptive/read-uncovered.ts";
import { createRecognizer } from "../../../src/ocr/recognizer.ts";
import { blankPage, lineAt } from "./drawn-ink.ts";

const isWeak = ({ confidence }: Word): boolean => confidence < 0.5;

/** A page with one line read and one lost. */
function pageWithLost() {
  const drawing = blankPage(1200, 900);
  const read = lineAt(drawing.text(80, 60, 40), "Căn cứ");
  const lost = drawing.text(80, 400, 20);
  return { ...drawing, read, lost };
}

/** Reads a line in the middle of whatever it is shown. */
function reading(texts: readonly string[], confidence = 0.95) {
  const views: PreparedPage[] = [];
  const look: Look = async (view) => {
    views.push(view);
    const wide = view.width / (texts.length + 1);
    const words = texts.map((text, at) => {
      const box = { x0: 10 + at * wide, y0: 10, x1: at * wide + wide, y1: 30 };
      return { text, box, confidence };
    });
    const box: Box = { x0: 10, y0: 10, x1: view.width, y1: 30 };
    return words.length === 0 ? [] : [{ words, box }];
  };
  return { look, views };
}

it("adds the line that was lost, in pixels of the page, and says how it was found", async () => {
  const { page, read, lost } = pageWithLost();
  const { look, views } = reading(["Nghị", "định"]);
  const lines = await readUncovered(page(), [read], isWeak, look);
  expect(views.length).toBe(1);
  expect(lines.map(({ words }) => words.map(({ text }) => text).join(" "))).toEqual(["Căn cứ", "Nghị định"]);
  expect(lines[0]).toBe(read);
  expect(lines[1]?.look).toBe("uncovered ink");
  expect(Math.abs((lines[1]?.box.y0 ?? 0) - lost.y0)).toBeLessThan(12);
  expect(Math.abs((lines[1]?.box.x0 ?? 0) - lost.x0)).toBeLessThan(12);
});

it.each<[string, readonly string[], number]>([
  ["nothing", [], 1],
  ["what is no language", ["¡n", "_@~", "|!"], 0.9],
  ["weak words", ["Nghị", "định"], 0.3],
  ["strokes only", ["|", "—", "="], 0.95],
  ["a word alone, of which it is not sure", ["|", "Chuyển", "—"], 0.7],
  ["too few letters", ["và"], 0.95],
])("leaves the page as it is where it reads %s", async (_, texts, confidence) => {
  const { page, read } = pageWithLost();
  const lines = [read];
  expect(await readUncovered(page(), lines, isWeak, reading(texts, confidence).look)).toEqual(lines);
});

it("takes the words without the strokes around them", async () => {
  const { page, read } = pageWithLost();
  const lines = await readUncovered(page(), [read], isWeak, reading(["|", "Nghị", "-", "định", "—"]).look);
  expect(lines[1]?.words.map(({ text }) => text)).toEqual(["Nghị", "-", "định"]);
});

it("looks at nothing where every line was read", async () => {
  const { page, read, lost } = pageWithLost();
  const { look, views } = reading(["Nghị", "định"]);
  const lines = [read, lineAt(lost)];
  expect(await readUncovered(page(), lines, isWeak, look)).toBe(lines);
  expect(views).toEqual([]);
});

it("shows the engine paper where words were read", async () => {
  const { page, read, lost } = pageWithLost();
  const half = { ...lost, x1: lost.x0 + 138 };
  const { look, views } = reading([]);
  await readUncovered(page(), [read, lineAt(half)], isWeak, look);
  const [view] = views;
  expect(view?.width).toBeLessThan(280);
  expect(
    view === undefined ? 0 : [...view.pgm.subarray(-view.width * view.height)].filter((v) => v < 100).length,
  ).toBeGreaterThan(0);
  expect(
    view === undefined
      ? 0
      : view.pgm
          .subarray(-view.width * view.height)
          .subarray(0, 4)
          .every((v) => v > 200),
  ).toBe(true);
});

it("gives up after two looks in vain, and never reads more than a few per cent for nothing", async () => {
  const drawing = blankPage(1200, 1700);
  for (let y = 100; y < 1600; y += 150) for (const x of [100, 700]) drawing.text(x, y, 18);
  const page = drawing.page();
  const { look, views } = reading([]);
  await readUncovered(page, [], isWeak, look);
  expect(views.length).toBe(2);
  expect(views.reduce((sum, { width, height }) => sum + width * height, 0)).toBeLessThan(1200 * 1700 * 0.08);
});

it("looks at no more than six places and a quarter of a page, however much it finds", async () => {
  const drawing = blankPage(1200, 1700);
  for (let y = 100; y < 1600; y += 150) for (const x of [100, 700]) drawing.text(x, y, 18);
  const page = drawing.page();
  const { look, views } = reading(["Nghị", "định"]);
  const lines = await readUncovered(page, [], isWeak, look);
  expect(views.length).toBe(6);
  expect(lines.length).toBe(6);
  expect(views.reduce((sum, { width, height }) => sum + width * height, 0)).toBeLessThan(1200 * 1700 * 0.25);
});

it.each(["page_timeout", "engine_died"] as const)(
  "keeps the first reading when the look ends in %s",
  async (code) => {
    const { page, read } = pageWithLost();
    let looks = 0;
    const engine: OcrEngine = {
      identity: "fake 1",
      read: async () => {
        looks++;
        throw new OperationalError(code, "");
      },
      close: async () => undefined,
    };
    const lines: readonly Line[] = await createRecognizer(engine).refine(
      { prepared: page() },
      [read],
      new AbortController().signal,
    );
    expect(looks).toBeGreaterThan(0);
    expect(lines.map(({ words }) => words.map(({ text }) => text).join(" "))).toEqual(["Căn cứ"]);
  },
);
