import { expect, it } from "vitest";
import { assess, assessBoth, countDossier, NO_COUNTS, percent, rate } from "../../src/domain/rates.ts";
import type { DossierRow } from "../../src/domain/register.ts";
import type { DocumentFact } from "../../src/domain/report.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";

const RULE = VN_2025_07.assessment;
const AS_OF = "2026-11-22";
const CODE = "H57.132-260804-0583";

const dossier = (over: Partial<DossierRow> = {}) =>
  ({
    code: CODE,
    unit: "H57.132",
    procedure: "1.001193",
    procedureName: "",
    received: "2026-08-04",
    due: null,
    resolved: null,
    state: 2,
    officer: null,
    noResult: false,
    level: "",
    ...over,
  }) as DossierRow;

const paper = (over: Partial<DocumentFact> = {}): DocumentFact => ({
  dossier: CODE,
  unit: "H57.132",
  officer: "nv-1",
  role: "component",
  skipped: false,
  delivered: "2026-08-05",
  signed: true,
  validSignature: "real",
  ...over,
});

const portal = (row: DossierRow, ...papers: DocumentFact[]) =>
  countDossier(row, papers, "portal", RULE, AS_OF);
const strict = (row: DossierRow, ...papers: DocumentFact[]) =>
  countDossier(row, papers, "strict", RULE, AS_OF);

it.each([
  [2_685, 8_374, 32.06],
  [10_823, 10_823, 100],
])("reproduces the published rate of %d / %d = %d %%", (numerator, denominator, published) => {
  expect(percent(numerator, denominator)).toBe(published);
});

/** Quảng Ninh to 10-2024 and Hạ Long: rates were printed with one decimal, denominators not at all. */
it.each([
  [133_345, 146_937, 147_098, 90.7],
  [52_113, 147_839, 148_258, 35.2],
  [51_776, 52_220, 52_272, 99.1],
  [51_846, 52_986, 53_039, 97.8],
  [128_066, 128_904, 129_033, 99.3],
  [124_779, 132_815, 132_955, 93.9],
  [180_803, 184_024, 184_210, 98.2],
  [179_309, 185_717, 185_908, 96.5],
  [24_953, 25_066, 25_091, 99.5],
  [33_363, 35_399, 35_436, 94.2],
])("prints %d over any of %d..%d as %d %%", (numerator, least, most, published) => {
  const oneDecimal = (denominator: number) => Math.round((1_000 * numerator) / denominator) / 10;
  for (const denominator of [least, Math.floor((least + most) / 2), most]) {
    expect(oneDecimal(denominator)).toBe(published);
    expect(Math.abs(percent(numerator, denominator) - published)).toBeLessThan(0.0501);
  }
});

it("rounds halves up and exactly, where binary fractions would not", () => {
  expect(percent(1, 3)).toBe(33.33);
  expect(percent(2, 3)).toBe(66.67);
  expect(percent(1, 32)).toBe(3.13); // 3,125
  expect(percent(201, 20_000)).toBe(1.01); // 1,005: (1.005 * 100) is 100.49999999999999
  expect(percent(79_999, 100_000)).toBe(80);
});

it("judges the ratio before rounding", () => {
  expect(assess(79_999, 100_000, "portal", RULE)).toBe("Không đạt");
  expect(assess(8, 10, "portal", RULE)).toBe("Đạt");
});

it("prints 0 without a verdict where the portal has nothing to count, and a dash where strict has none", () => {
  expect(rate(0, 0, "portal")).toBe(0);
  expect(rate(0, 0, "strict")).toBeNull();
  expect(assess(0, 5, "portal", RULE)).toBeNull();
  expect(assess(0, 5, "strict", RULE)).toBe("Không đạt");
  expect(assess(0, 0, "strict", RULE)).toBeNull();
});

it("passes only when every rate that has a verdict passes", () => {
  const counts = { ...NO_COUNTS, received: 10, componentsDigitized: 9, resolved: 10, resultsDigitized: 7 };
  expect(assessBoth(counts, "portal", RULE)).toBe("Không đạt");
  expect(assessBoth({ ...counts, resultsDigitized: 8 }, "portal", RULE)).toBe("Đạt");
  expect(assessBoth({ ...counts, resultsDigitized: 0 }, "portal", RULE)).toBe("Đạt");
  expect(assessBoth({ ...counts, resultsDigitized: 0 }, "strict", RULE)).toBe("Không đạt");
  expect(assessBoth(NO_COUNTS, "strict", RULE)).toBeNull();
});

it.each([1, 3, 11])("leaves a dossier in state %d out of everything", (state) => {
  expect(portal(dossier({ state }), paper())).toEqual(NO_COUNTS);
});

it("counts a dossier in the portal once it has a component row, whatever became of the paper", () => {
  expect(portal(dossier())).toMatchObject({ received: 1, componentsDigitized: 0 });
  expect(portal(dossier(), paper({ delivered: null, signed: false }), paper())).toMatchObject({
    received: 1,
    componentsDigitized: 1,
  });
});

it("counts a result in the portal when its file is there or the procedure has none, for resolved dossiers only", () => {
  const result = paper({ role: "result", validSignature: "none" });
  expect(portal(dossier({ state: 9 }), result)).toMatchObject({
    resolved: 1,
    resultsDigitized: 1,
    resultsSigned: 0,
  });
  expect(portal(dossier({ state: 9, noResult: true }))).toMatchObject({ resolved: 1, resultsDigitized: 1 });
  expect(portal(dossier({ state: 4 }), result)).toMatchObject({ resolved: 0, resultsDigitized: 0 });
  expect(portal(dossier({ state: 7 }), { ...result, delivered: null })).toMatchObject({
    resultsDigitized: 0,
  });
});

it("counts strictly only when every required paper is delivered and signed with a real key", () => {
  expect(strict(dossier())).toMatchObject({ received: 0, componentsDigitized: 0 });
  expect(strict(dossier(), paper(), paper())).toMatchObject({ received: 1, componentsDigitized: 1 });
  expect(strict(dossier(), paper(), paper({ signed: false }))).toMatchObject({
    received: 1,
    componentsDigitized: 0,
  });
  expect(strict(dossier(), paper(), paper({ skipped: true, delivered: null }))).toMatchObject({
    componentsDigitized: 1,
  });
  expect(strict(dossier(), paper({ skipped: true, delivered: null }))).toMatchObject({ received: 0 });
});

it("takes procedures without result and excused results out of the strict denominator", () => {
  const result = paper({ role: "result" });
  expect(strict(dossier({ state: 9 }), result)).toMatchObject({
    resolved: 1,
    resultsDigitized: 1,
    resultsSigned: 1,
  });
  expect(strict(dossier({ state: 9 }))).toMatchObject({ resolved: 1, resultsDigitized: 0 });
  expect(strict(dossier({ state: 9, noResult: true }))).toMatchObject({ resolved: 0, resultsDigitized: 0 });
  expect(strict(dossier({ state: 9 }), { ...result, skipped: true, delivered: null })).toMatchObject({
    resolved: 0,
  });
});

it("never counts a test key in strict, and counts its signature as such in the portal", () => {
  const result = paper({ role: "result", signed: false, validSignature: "test" });
  expect(strict(dossier({ state: 9 }), result)).toMatchObject({ resultsDigitized: 0, resultsSigned: 0 });
  expect(portal(dossier({ state: 9 }), result)).toMatchObject({ resultsDigitized: 1, resultsSigned: 1 });
});

it("tells late dossiers by their day of resolution, or by the day of the report", () => {
  const due = "2026-11-10";
  expect(portal(dossier({ due, state: 9, resolved: "2026-11-11" })).late).toBe(1);
  expect(portal(dossier({ due, state: 9, resolved: "2026-11-10" })).late).toBe(0);
  expect(portal(dossier({ due, state: 9 })).late).toBe(0);
  expect(portal(dossier({ due, state: 4 })).late).toBe(1);
  expect(portal(dossier({ due: AS_OF, state: 4 })).late).toBe(0);
  expect(portal(dossier({ due, state: 9, resolved: "2026-11-30" }))).toMatchObject({ resolved: 0, late: 1 });
});
