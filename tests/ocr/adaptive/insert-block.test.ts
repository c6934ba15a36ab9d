import { expect, it } from "vitest";
import type { Line } from "../../../src/domain/reading.ts";
import { insertBlock } from "../../../src/ocr/adaptive/insert-block.ts";

function line(text: string, x0: number, y0: number, x1: number): Line {
  const box = { x0, y0, x1, y1: y0 + 30 };
  return { box, words: [{ text, box, confidence: 0.9 }] };
}

const order = (lines: readonly Line[]) => lines.map(({ words }) => words[0]?.text);

const LEFT = [line("cơ quan", 100, 100, 500), line("số", 150, 150, 450)];
const RIGHT = [
  line("quốc hiệu", 800, 100, 1500),
  line("tiêu ngữ", 900, 150, 1400),
  line("ngày", 950, 210, 1400),
];
const BODY = [line("thân 1", 100, 400, 1500), line("thân 2", 100, 440, 1500)];
const TOP = line("trang 1", 100, 20, 1500);

it("puts the right column of a head after the left one, with or without a line above both", () => {
  expect(order(insertBlock([...LEFT, ...BODY], RIGHT))).toEqual(order([...LEFT, ...RIGHT, ...BODY]));
  expect(order(insertBlock([TOP, ...LEFT, ...BODY], RIGHT))).toEqual(
    order([TOP, ...LEFT, ...RIGHT, ...BODY]),
  );
});

it("puts the left column before the right one", () => {
  expect(order(insertBlock([...RIGHT, ...BODY], LEFT))).toEqual(order([...LEFT, ...RIGHT, ...BODY]));
  expect(order(insertBlock([TOP, ...RIGHT, ...BODY], LEFT))).toEqual(
    order([TOP, ...LEFT, ...RIGHT, ...BODY]),
  );
});

it("puts a line of a column between those above and below it, from top to bottom whatever the order found", () => {
  const [first, second, third] = RIGHT;
  if (first === undefined || second === undefined || third === undefined) throw new Error("no lines");
  expect(order(insertBlock([...LEFT, first, third, ...BODY], [second]))).toEqual(
    order([...LEFT, ...RIGHT, ...BODY]),
  );
  expect(order(insertBlock([...LEFT, first, ...BODY], [third, second]))).toEqual(
    order([...LEFT, ...RIGHT, ...BODY]),
  );
});

it("lets the block on the left end before a signer's block, and keeps rows of a table together", () => {
  const receivers = [500, 540, 580, 620].map((y) => line(`nơi nhận ${y}`, 100, y, 500));
  const signer = line("CHỦ TỊCH", 900, 500, 1300);
  expect(order(insertBlock([...BODY, ...receivers], [signer]))).toEqual(
    order([...BODY, ...receivers, signer]),
  );
  const cells = [line("1", 100, 500, 150), line("đơn", 300, 500, 600)];
  const next = [line("2", 100, 550, 150), line("giấy", 300, 550, 600), line("x", 900, 550, 990)];
  const lost = line("bản chính", 900, 500, 1100);
  expect(order(insertBlock([...cells, ...next], [lost]))).toEqual(order([...cells, lost, ...next]));
});

it("puts lines above and below everything there, and on an empty page", () => {
  const low = line("cuối", 100, 900, 400);
  expect(order(insertBlock([...BODY, low], [TOP]))).toEqual(order([TOP, ...BODY, low]));
  expect(order(insertBlock(BODY, [low]))).toEqual(order([...BODY, low]));
  expect(order(insertBlock([], RIGHT))).toEqual(order(RIGHT));
  expect(order(insertBlock(BODY, []))).toEqual(order(BODY));
});
