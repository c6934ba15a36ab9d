import { describe, expect, it } from "vitest";
import type { Reading } from "../../src/domain/reading.ts";
import { hasSecretMark, hasSecretStamp } from "../../src/domain/secret-mark.ts";

const HEIGHT = 1000;

/** A page with these lines, the first at `top`, 30 pixels apart. */
function page(lines: readonly string[], top = 50): Reading {
  return {
    width: 700,
    height: HEIGHT,
    engine: "fake",
    lines: lines.map((text, at) => {
      const box = { x0: 50, y0: top + at * 30, x1: 300, y1: top + at * 30 + 20 };
      return { box, words: text.split(" ").map((word) => ({ text: word, box, confidence: 0.9 })) };
    }),
  };
}

describe("a state-secret mark", () => {
  it.each([
    "MẬT",
    "TỐI MẬT",
    "TUYỆT MẬT",
    "TỐIMẬT",
    "TOI MAT",
    "TUYẸT MẠT",
    "| MẬT |",
    "MẬT.",
    "[ TỐI MẬT ]",
    "M Ậ T",
    "T Ố I M Ậ T",
  ])("is found in %j alone on a line", (text) => {
    expect(hasSecretMark(page(["ỦY BAN NHÂN DÂN", text, "Số: 12/BC"]), 1)).toBe(true);
  });

  it.each([
    "Giữ bí mật thông tin người tố cáo",
    "BẢO VỆ BÍ MẬT NHÀ NƯỚC",
    "MẬT ĐỘ DÂN SỐ",
    "mật",
    "Mật",
    "MẮT",
    "TỐI",
    "HỎA TỐC",
  ])("is not seen in %j", (text) => {
    expect(hasSecretMark(page([text]), 1)).toBe(text === "MẮT");
  });

  it("counts anywhere on the first page, on the others only in the top quarter", () => {
    expect(hasSecretMark(page(["MẬT"], 900), 1)).toBe(true);
    expect(hasSecretMark(page(["MẬT"], 100), 2)).toBe(true);
    expect(hasSecretMark(page(["MẬT"], 400), 2)).toBe(false);
  });

  it("is not found on an empty page", () => {
    expect(hasSecretMark(page([]), 1)).toBe(false);
  });
});

it.each([
  ["MẬT", true],
  ["IMẬT", true],
  ["TUYỆT MÃ", true],
  ["TỐI MẬ", true],
  ["HỎA TỐC", false],
  ["CÔNG VĂN ĐẾN", false],
  ["UBND XÃ MẬT SƠN", false],
  ["bí mật", false],
])("reads %j on a red stamp as secret: %s", (text, secret) => {
  expect(hasSecretStamp(page([text]).lines)).toBe(secret);
});
