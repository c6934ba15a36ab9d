import { expect, it } from "vitest";
import { linesOfTsv } from "../../src/ocr/tsv.ts";

const row = (...cells: readonly (string | number)[]): string => cells.join("\t");

it("keeps Tesseract's order of lines and gives each line the box around its words", () => {
  const tsv = [
    row(1, 1, 0, 0, 0, 0, 0, 0, 500, 700, -1, ""),
    row(4, 1, 1, 1, 1, 0, 10, 20, 200, 30, -1, ""),
    row(5, 1, 1, 1, 1, 1, 10, 22, 50, 20, 96.5, "Căn"),
    row(5, 1, 1, 1, 1, 2, 70, 20, 40, 30, 90, "cứ"),
    row(5, 1, 2, 1, 1, 1, 300, 10, 60, 20, 12, "Số:"),
    "",
  ].join("\n");
  expect(linesOfTsv(tsv)).toEqual([
    {
      box: { x0: 10, y0: 20, x1: 110, y1: 50 },
      words: [
        { text: "Căn", box: { x0: 10, y0: 22, x1: 60, y1: 42 }, confidence: 0.965 },
        { text: "cứ", box: { x0: 70, y0: 20, x1: 110, y1: 50 }, confidence: 0.9 },
      ],
    },
    {
      box: { x0: 300, y0: 10, x1: 360, y1: 30 },
      words: [{ text: "Số:", box: { x0: 300, y0: 10, x1: 360, y1: 30 }, confidence: 0.12 }],
    },
  ]);
});

it("writes Vietnamese letters: composed, and Đ instead of the Icelandic Ð", () => {
  const decomposed = "Ðiện".normalize("NFD");
  const [line] = linesOfTsv(row(5, 1, 1, 1, 1, 1, 0, 0, 9, 9, 80, decomposed));
  expect(line?.words[0]?.text).toBe("\u0110iện".normalize("NFC"));
});

it("drops words without letters and lines without words, and keeps confidence within 0 and 1", () => {
  const tsv = [
    row(5, 1, 1, 1, 1, 1, 0, 0, 9, 9, 95, " "),
    row(5, 1, 1, 1, 2, 1, 0, 20, 9, 9, -1, "a"),
    row(5, 1, 1, 1, 2, 2, 0, 20, 9, 9, 100.4, "b\u00a0"),
  ].join("\n");
  expect(linesOfTsv(tsv).map((line) => line.words.map(({ text, confidence }) => [text, confidence]))).toEqual(
    [
      [
        ["a", 0],
        ["b", 1],
      ],
    ],
  );
});
