import { describe, expect, it } from "vitest";
import type { Line } from "../../../src/domain/reading.ts";
import { calibrate, calibrateLines } from "../../../src/ocr/confidence/calibrate.ts";
import { MODELS, STATED } from "../../../src/ocr/confidence/tables.ts";

const FAST = "tesseract 5.3.0, vie fast";
const BEST = "tesseract.js 7.0.0, vie 4.0.0_best_int";
const LOOKS = { common: "nhân", possible: "khâm", neutral: "Street", garbage: "ƒ[¿" };
const NUMBERS = Array.from({ length: 101 }, (_, index) => index / 100);

describe("a calibrated confidence", () => {
  it.each(Object.entries(LOOKS))(
    "rises with the engine's number for %s words and stays in 0..1",
    (_, text) => {
      for (const identity of [FAST, BEST]) {
        const values = NUMBERS.map((confidence) => calibrate({ text, confidence }, identity));
        expect(values).toEqual(values.toSorted((a, b) => a - b));
        expect(values[0]).toBeGreaterThanOrEqual(0);
        expect(values.at(-1)).toBeLessThanOrEqual(1);
      }
    },
  );

  it("believes what nobody prints far less than a common syllable with the same number", () => {
    const [common, garbage] = ["nhân", "ƒ[¿"].map((text) => calibrate({ text, confidence: 0.92 }, FAST));
    expect(common).toBeGreaterThan(0.9);
    expect(garbage).toBeLessThan(0.5);
  });

  it("is the table's own value at its points and lies between them elsewhere", () => {
    const [low = 0, high = 0] = STATED.slice(3, 5);
    const [from = 0, to = 0] = MODELS.best_int.common.slice(3, 5);
    const at = (confidence: number): number => calibrate({ text: "nhân", confidence }, BEST);
    expect(at(low)).toBeCloseTo(from, 10);
    expect(at((low + high) / 2)).toBeCloseTo((from + to) / 2, 10);
  });

  it("takes the more careful table for a model that is not known", () => {
    for (const confidence of NUMBERS) {
      const word = { text: "nhân", confidence };
      const least = Math.min(calibrate(word, FAST), calibrate(word, BEST));
      expect(calibrate(word, "tesseract 5.3.0, vie 3912064")).toBe(least);
    }
  });
});

it("has a rising value in 0..1 for every point of every table", () => {
  for (const table of Object.values(MODELS)) {
    for (const rights of Object.values(table)) {
      expect(rights).toHaveLength(STATED.length);
      expect(rights).toEqual(rights.toSorted((a, b) => a - b));
      expect(rights.every((right) => right >= 0 && right <= 1)).toBe(true);
    }
  }
});

it("changes the confidence of lines and nothing else", () => {
  const box = { x0: 1, y0: 2, x1: 30, y1: 12 };
  const word = { text: "Đơn", raw: "Ðơn", box, confidence: 0.9 };
  const line: Line = { words: [word, { text: "ký", box, confidence: 0.2 }], box, look: "block 300 dpi" };
  const [made] = calibrateLines([line], FAST);
  const confidences = made?.words.map(({ confidence }) => confidence);
  expect(confidences).toEqual(line.words.map((each) => calibrate(each, FAST)));
  expect(made).toEqual({
    ...line,
    words: line.words.map((each) => ({ ...each, confidence: calibrate(each, FAST) })),
  });
});
