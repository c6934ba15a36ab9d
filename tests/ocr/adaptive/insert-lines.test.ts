import { expect, it } from "vitest";
import type { Line } from "../../../src/domain/reading.ts";
import { insertLines } from "../../../src/ocr/adaptive/insert-lines.ts";

function line(text: string, x0: number, y0: number, x1: number, y1 = y0 + 30): Line {
  const box = { x0, y0, x1, y1 };
  return { box, words: [{ text, box, confidence: 0.9 }] };
}

const order = (lines: readonly Line[]) => lines.map(({ words }) => words[0]?.text);

const LEFT = [line("cơ quan", 100, 100, 500), line("số", 150, 200, 450)];
const RIGHT = [line("quốc hiệu", 800, 100, 1500), line("ngày", 900, 200, 1400)];
const BODY = [line("thân 1", 100, 400, 1500), line("thân 2", 100, 450, 1500)];

it("puts a line under the one above it in its own column, though the columns are read one after the other", () => {
  const page = [...LEFT, ...RIGHT, ...BODY];
  const found = [line("tiêu ngữ", 850, 150, 1450), line("tên cơ quan", 120, 150, 480)];
  expect(order(insertLines(page, found))).toEqual([
    "cơ quan",
    "tên cơ quan",
    "số",
    "quốc hiệu",
    "tiêu ngữ",
    "ngày",
    "thân 1",
    "thân 2",
  ]);
});

it("puts words beside their neighbours on the line, left or right of them", () => {
  const page = [line("trước", 100, 100, 300), line("sau", 100, 200, 900)];
  expect(order(insertLines(page, [line("cùng dòng", 320, 102, 600)]))).toEqual(["trước", "cùng dòng", "sau"]);
  const indented = [line("trên", 100, 100, 900), line("phải", 400, 200, 900)];
  expect(order(insertLines(indented, [line("trái", 100, 200, 380)]))).toEqual(["trên", "trái", "phải"]);
});

it("puts a line that stands above everything first, and one below everything last", () => {
  const found = [line("cuối", 100, 900, 400), line("đầu", 100, 10, 400)];
  expect(order(insertLines(BODY, found))).toEqual(["đầu", "thân 1", "thân 2", "cuối"]);
  expect(order(insertLines([], found))).toEqual(["đầu", "cuối"]);
});
