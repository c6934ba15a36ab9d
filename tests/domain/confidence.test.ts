import { describe, expect, it } from "vitest";
import { isLowConfidence, lineConfidence, pageConfidence, weakLines } from "../../src/domain/confidence.ts";
import type { Line } from "../../src/domain/reading.ts";

const box = { x0: 0, y0: 0, x1: 10, y1: 10 };
const line = (text: string, ...confidences: number[]): Line => ({
  box,
  words: text.split(" ").map((word, index) => ({ text: word, box, confidence: confidences[index] ?? 0.98 })),
});

const SURE = Array.from({ length: 20 }, () => line("Căn cứ Luật Tổ chức chính quyền địa phương;"));
const SIGNATURE = line("ÂU ˆ 2z", 0.1, 0.05, 0.1);

describe("confidence of a line", () => {
  it("is the share of its letters that can be expected to be right", () => {
    expect(lineConfidence(line("quyền a", 1, 0))).toBeCloseTo(5 / 6);
  });

  it("does not count marks beside letters, and counts them alike where there are only marks", () => {
    expect(lineConfidence(line("| quyền", 0, 0.9))).toBeCloseTo(0.9);
    expect(lineConfidence(line("| -", 0, 0.5))).toBeCloseTo(0.25);
    expect(lineConfidence({ words: [] })).toBe(1);
  });
});

describe("weak lines", () => {
  it("are those below the threshold, with their place in the reading", () => {
    const lines = [...SURE, line("Sổ: ÿÏ", 0.3, 0.1), SIGNATURE];
    expect(weakLines({ lines }, 0.6)).toEqual([
      { line: 20, box, confidence: expect.closeTo(0.2, 5) },
      { line: 21, box, confidence: expect.closeTo(0.0875, 1) },
    ]);
  });

  it("do not contain strokes read as marks", () => {
    expect(weakLines({ lines: [line("| ~ -", 0, 0, 0)] }, 0.6)).toEqual([]);
  });
});

describe("confidence of a page", () => {
  it("is whole for a page without words", () => {
    expect(pageConfidence({ lines: [] }, 0.6)).toEqual({ mean: 1, least: 1, weakShare: 0, letters: 0 });
  });

  it("is not lowered by a signature: too few letters for a line", () => {
    const page = pageConfidence({ lines: [...SURE, SIGNATURE] }, 0.6);
    expect(page.least).toBeCloseTo(0.98);
    expect(page.weakShare).toBeLessThan(0.01);
    expect(isLowConfidence(page, 0.6)).toBe(false);
  });

  it("names the least sure line that has enough letters", () => {
    const weak = line("Sở Tài chính", 0.5, 0.4, 0.3);
    const page = pageConfidence({ lines: [...SURE, weak] }, 0.6);
    expect(page.least).toBeCloseTo(lineConfidence(weak));
    expect(isLowConfidence(page, 0.6)).toBe(false);
  });

  it("is low for a page of garbage, and for one of which a third is", () => {
    const garbage = (lines: number): Line[] =>
      Array.from({ length: lines }, () => line("pedujnƒpedujn XoInbeuXoInb", 0.1, 0.2));
    expect(isLowConfidence(pageConfidence({ lines: garbage(12) }, 0.6), 0.6)).toBe(true);
    const third = pageConfidence({ lines: [...SURE, ...garbage(15)] }, 0.6);
    expect(third.mean).toBeGreaterThan(0.8);
    expect(isLowConfidence(third, 0.6)).toBe(true);
    expect(isLowConfidence(pageConfidence({ lines: [...SURE, ...garbage(6)] }, 0.6), 0.6)).toBe(false);
  });

  it("is not low for a page with a mark or two and no text", () => {
    expect(isLowConfidence(pageConfidence({ lines: [SIGNATURE] }, 0.6), 0.6)).toBe(false);
  });
});
