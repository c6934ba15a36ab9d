import { expect, it } from "vitest";
import type { PreparedPage } from "../../../src/domain/page-ports.ts";
import type { Box, Line } from "../../../src/domain/reading.ts";
import { restoreMarks } from "../../../src/ocr/adaptive/restore-marks.ts";

/** A page of paper with black boxes on it. */
function pageWith(ink: readonly Box[], width = 400, height = 200): PreparedPage {
  const samples = Buffer.alloc(width * height, 250);
  for (const { x0, y0, x1, y1 } of ink)
    for (let y = y0; y < y1; y++) samples.fill(10, y * width + x0, y * width + x1);
  const pgm = Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), samples]);
  return { pgm, width, height, dpi: 200, scale: 1, skewDegrees: 0 };
}

const box = (x0: number, y0: number, x1: number, y1: number): Box => ({ x0, y0, x1, y1 });
const word = (text: string, at: Box, confidence = 0.95) => ({ text, box: at, confidence });

const LETTERS = box(50, 100, 120, 130);
const MARK = box(80, 90, 90, 95);
const [PLAIN, MARKED] = [pageWith([LETTERS]), pageWith([LETTERS, MARK])];
const LINE: Line = { box: LETTERS, words: [word("khâu", LETTERS)] };

/** An engine that reads the same word on whatever it is shown, in its middle. */
function reading(text: string, confidence = 0.9) {
  const views: PreparedPage[] = [];
  const look = async (view: PreparedPage) => {
    views.push(view);
    const at = box(30, view.height / 2 - 15, view.width - 30, view.height / 2 + 15);
    return [{ box: at, words: [word(text, at, confidence)] }];
  };
  return { look, views };
}

const textOf = (lines: readonly Line[]) => lines.map(({ words }) => words.map(({ text }) => text).join(" "));

it("reads a word again when there is ink above it, and takes the marks it had lost", async () => {
  const { look, views } = reading("khẩu");
  const [line] = await restoreMarks(MARKED, [LINE], look);
  expect(line).toMatchObject({ look: "upper marks", words: [{ text: "khẩu", box: LETTERS }] });
  // The word and its margin, not the page.
  expect(views.map(({ width, height }) => width * height < 15_000)).toEqual([true]);
});

it("does not look again at a page whose words have nothing above them, or cannot bear a second mark", async () => {
  const { look, views } = reading("khẩu");
  expect(await restoreMarks(PLAIN, [LINE], look)).toEqual([LINE]);
  const other: Line = { ...LINE, words: [word("minh", LETTERS)] };
  expect(await restoreMarks(MARKED, [other], look)).toEqual([other]);
  expect(views).toEqual([]);
});

it("leaves out what hangs down from the line above", async () => {
  const { look, views } = reading("khẩu");
  const tail = box(60, 60, 64, 98);
  expect(await restoreMarks(pageWith([LETTERS, tail]), [LINE], look)).toEqual([LINE]);
  await restoreMarks(pageWith([LETTERS, MARK, tail]), [LINE], look);
  const [view] = views;
  const dark = [...(view?.pgm ?? [])].slice(-(view?.width ?? 0) * (view?.height ?? 0)).filter((v) => v < 100);
  expect(dark.length).toBe(70 * 30 + 10 * 5);
});

it.each([
  ["another word", "hậu", 0.9],
  ["a guess", "khẩu", 0.3],
  ["a word less like Vietnamese", "khâủ", 0.9],
])("keeps the first reading against %s", async (_, again, confidence) => {
  const { look } = reading(again, confidence);
  expect(textOf(await restoreMarks(MARKED, [LINE], look))).toEqual(["khâu"]);
});

it("gives up a tone only for one read with more confidence, and never for none", async () => {
  const toned: Line = { box: LETTERS, words: [word("đối", LETTERS, 0.9)] };
  const after = async (text: string, confidence: number) =>
    textOf(await restoreMarks(MARKED, [toned], reading(text, confidence).look));
  expect(await after("đổi", 0.8)).toEqual(["đối"]);
  expect(await after("đổi", 0.95)).toEqual(["đổi"]);
  expect(await after("đôi", 0.95)).toEqual(["đối"]);
});
