import { describe, expect, it } from "vitest";
import type { CoverSheet } from "../../src/domain/cover-sheet.ts";
import type { DossierCode } from "../../src/domain/ids.ts";
import type { PageMark } from "../../src/domain/page-mark.ts";
import { divide, type DivisionRules } from "../../src/domain/page-parts.ts";

const A = "H57.132-260804-0583" as DossierCode;
const B = "H57.132-260805-0012" as DossierCode;
const RULES: DivisionRules = { keepSheets: false, coded: false };
const T: PageMark = { kind: "separator" };
const cover = (number: number, given: Partial<CoverSheet> = {}): PageMark => ({
  kind: "sheet",
  sheet: { dossier: A, number, of: 3, set: "0a1b2c3d", ...given },
});
const code = (dossier: DossierCode): PageMark => ({ kind: "code", code: dossier });

/** Each item is one page's marks; null is an ordinary page. */
function divided(pages: readonly (PageMark | null)[], rules: Partial<DivisionRules> = {}) {
  const marked = pages.map((mark, index) => ({ number: index + 1, marks: mark === null ? [] : [mark] }));
  return divide(marked, { ...RULES, ...rules });
}

const ranges = (pages: readonly (PageMark | null)[], rules?: Partial<DivisionRules>) =>
  divided(pages, rules)?.parts.map(({ first, last }) => [first, last]);

describe("a stack", () => {
  it("without marks is one paper", () => {
    expect(divided([null, null, null])).toBeUndefined();
  });

  it("is divided at a Patch-T sheet, which belongs to no paper", () => {
    expect(divided([null, T, null, null])).toMatchObject({
      parts: [
        { first: 1, last: 1 },
        { first: 3, last: 4 },
      ],
      sheets: [2],
    });
  });

  it("that is nothing but a sheet holds no paper", () => {
    expect(divided([T])).toMatchObject({ parts: [], sheets: [1] });
    expect(divided([T], { keepSheets: true })).toMatchObject({ parts: [], sheets: [1] });
  });

  it("keeps sheets as first pages when asked to, both sides of one sheet together", () => {
    expect(ranges([cover(1), cover(1), null, cover(2), null], { keepSheets: true })).toEqual([
      [1, 3],
      [4, 5],
    ]);
  });

  it("lets a Patch-T on a cover sheet announce the same paper, and gives no sheet's code to the paper behind the next", () => {
    const parts = divided([cover(1), T, null, T, null])?.parts;
    expect(parts?.map(({ first, sheet }) => [first, sheet?.number])).toEqual([
      [3, 1],
      [5, undefined],
    ]);
  });

  it("begins a paper at each label, which stays its first page", () => {
    const label: PageMark = { kind: "label", text: "ASN00123" };
    const pages = [label, null, label, label, null, null, label, null, label, null];
    expect(ranges(pages)).toEqual([
      [1, 2],
      [3, 3],
      [4, 6],
      [7, 8],
      [9, 10],
    ]);
  });
});

describe("codes printed on papers", () => {
  it("divide a stack where they change, each reaching to the next", () => {
    expect(ranges([code(A), null, code(A), code(B), null])).toEqual([
      [1, 3],
      [4, 5],
    ]);
  });

  it("leave pages before the first code to themselves", () => {
    expect(ranges([null, code(A), code(B)])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it("divide nothing when there is one code only, wherever it stands", () => {
    expect(divided([null, code(A), null])).toBeUndefined();
  });

  it("divide nothing when names or a manifest settle the code, nor behind a cover sheet", () => {
    expect(divided([code(A), code(B)], { coded: true })).toBeUndefined();
    expect(ranges([cover(1), code(A), code(B)])).toEqual([[2, 3]]);
  });
});

describe("sheets printed together", () => {
  it("are counted, and one that was not read casts doubt on the paper before it", () => {
    const division = divided([cover(1), null, null, cover(3), null]);
    expect(division).toMatchObject({ found: 2, expected: 3, missing: ["2/3"] });
    expect(division?.parts.map(({ doubt }) => doubt)).toEqual(["2/3", undefined]);
  });

  it("cast no doubt when they lie in another order or in another stack", () => {
    const shuffled = divided([cover(2), null, cover(1), null, cover(3), null]);
    expect(shuffled?.parts.every(({ doubt }) => doubt === undefined)).toBe(true);
    const first = divided([cover(1), null, cover(2), null]);
    expect(first).toMatchObject({ found: 2, expected: 3, missing: ["3/3"] });
    expect(first?.parts.every(({ doubt }) => doubt === undefined)).toBe(true);
  });

  it("are missed when no paper lies behind them", () => {
    const division = divided([cover(1), null, cover(2), cover(3), null]);
    expect(division).toMatchObject({ found: 2, missing: ["2/3"] });
    expect(division?.parts.map(({ doubt }) => doubt)).toEqual([undefined, undefined]);
  });
});
