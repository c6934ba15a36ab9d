import { expect, it } from "vitest";
import type { Line } from "../../../src/domain/reading.ts";
import { redTextOf } from "../../../src/ocr/adaptive/red-text.ts";

function line(text: string, y0: number, confidence = 0.95): Line {
  const words = text.split(" ").map((word, index) => {
    const box = { x0: 100 + index * 100, y0, x1: 180 + index * 100, y1: y0 + 30 };
    return { text: word, box, confidence };
  });
  return { words, box: { x0: 100, y0, x1: 80 + words.length * 100, y1: y0 + 30 } };
}

const textOf = (lines: readonly Line[]) =>
  lines.map(({ look, words }) => `${look}: ${words.map(({ text }) => text).join(" ")}`);

it("takes a red title where the page shows nothing", () => {
  const found = redTextOf([line("QUYẾT ĐỊNH", 300)], [line("Căn cứ Luật", 400)]);
  expect(textOf(found)).toEqual(["red ink: QUYẾT ĐỊNH"]);
});

it("leaves the ring text of a seal, and print nobody can be sure of", () => {
  const ring = [
    line("NVN„ %@ _z", 300, 0.4),
    line("ỦY BAN NHÂN DÂN", 500, 0.3),
    line("|", 700),
    line("HƯƠNG", 800, 0.85),
  ];
  expect(redTextOf(ring, [])).toEqual([]);
});

it("never repeats what the page itself shows: only the words that were missing are taken", () => {
  const page = [line("Số điện thoại liên", 300)];
  const red = [line("Số điện thoại liên hệ: khẩn", 301)];
  expect(textOf(redTextOf(red, page))).toEqual(["red ink: hệ: khẩn"]);
});
