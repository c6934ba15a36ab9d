import { expect, it } from "vitest";
import type { PreparedPage } from "../../../src/domain/page-ports.ts";
import type { Line } from "../../../src/domain/reading.ts";
import { splitStamped } from "../../../src/ocr/adaptive/split-stamped.ts";

const [WIDTH, HEIGHT] = [400, 100];

function redInk(grey: number): PreparedPage {
  const pgm = Buffer.concat([Buffer.from("P5\n400 100\n255\n"), Buffer.alloc(WIDTH * HEIGHT, grey)]);
  return { pgm, width: WIDTH, height: HEIGHT, dpi: 200, scale: 1, skewDegrees: 0 };
}

const box = { x0: 100, y0: 20, x1: 160, y1: 50 };
const line = (text: string): Line => ({ box, words: [{ text, box, confidence: 0.9 }] });
const split = (text: string, red: PreparedPage | undefined = redInk(0)) =>
  splitStamped([line(text)], red).flatMap(({ words }) => words.map((word) => word.text));

it("parts two words joined by a spot of a stamp, each with its part of the box", () => {
  expect(split("tờ-bản")).toEqual(["tờ", "bản"]);
  expect(split("PHÓ.CHỦ")).toEqual(["PHÓ", "CHỦ"]);
  expect(split("nhắc:các,")).toEqual(["nhắc", "các,"]);
  const [{ words } = { words: [] }] = splitStamped([line("tờ-bản")], redInk(0));
  expect(words.map((word) => [word.box.x0, word.box.x1])).toEqual([
    [100, 120],
    [130, 160],
  ]);
});

it.each(["NĐ-CP", "QĐ-UBND", "công-te-nơ", "KT.CHỦ", "12-bản", "xuât-bản"])("never parts %s", (text) => {
  expect(split(text)).toEqual([text]);
});

it("parts nothing where there is no red ink", () => {
  expect(split("tờ-bản", redInk(255))).toEqual(["tờ-bản"]);
  expect(splitStamped([line("tờ-bản")], undefined)).toEqual([line("tờ-bản")]);
});
