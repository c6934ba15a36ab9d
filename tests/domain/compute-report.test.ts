import { expect, it } from "vitest";
import { computeReport } from "../../src/domain/compute-report.ts";
import { parsePeriod } from "../../src/domain/period.ts";
import type { DossierRow, QuotaRow } from "../../src/domain/register.ts";
import type { DocumentFact, ReportFacts, ReportRequest } from "../../src/domain/report.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";

const RULE = VN_2025_07.assessment;

const dossier = (seq: string, unit: string, over: Partial<DossierRow> = {}) =>
  ({
    code: `${unit}-261102-${seq}`,
    unit,
    procedure: "1.001193.000.00.00.H57",
    procedureName: "Đăng ký khai sinh",
    received: "2026-11-02",
    due: null,
    resolved: null,
    state: 9,
    officer: null,
    noResult: false,
    level: "4",
    ...over,
  }) as DossierRow;

const paper = (dossierCode: string, over: Partial<DocumentFact> = {}): DocumentFact => ({
  dossier: dossierCode,
  unit: dossierCode.split("-")[0] ?? "",
  officer: "nv-1",
  role: "component",
  skipped: false,
  delivered: "2026-11-20",
  signed: true,
  validSignature: "real",
  ...over,
});

const documents = [
  paper("H57.1-261102-0001"),
  paper("H57.1-261102-0001", { role: "result", delivered: "2026-11-21" }),
  paper("H57.2-261102-0001", { officer: "nv-2", delivered: "2026-11-22" }),
];

const quota = (officer: string, period: string, kind: QuotaRow["kind"], target: number) =>
  ({ officer, period, kind, target }) as QuotaRow;

const facts = (over: Partial<ReportFacts> = {}): ReportFacts => ({
  register: { dossiers: 10, file: "mot-cua.csv", imported: "2026-11-20" },
  dossiers: [
    dossier("0001", "H57.1"),
    dossier("0002", "H57.1", { state: 2, due: "2026-11-03" }),
    dossier("0001", "H57.2", { officer: "nv-2" as never }),
  ],
  documents,
  work: documents,
  quotas: [],
  units: new Map([
    ["H57.1", { name: "Sở Tư pháp", level: "tỉnh" }],
    ["H57.2", { name: "Phường An Cựu", level: "xã" }],
  ]),
  officers: new Map([
    ["nv-1", { name: "Nguyễn Thị Đoan Trang", unit: "H57.1" }],
    ["nv-2", { name: "Trần Văn B", unit: "H57.2" }],
  ]),
  ...over,
});

const request = (over: Partial<ReportRequest> = {}): ReportRequest => ({
  by: "unit",
  measure: "portal",
  period: parsePeriod("2026-11") ?? null,
  asOf: "2026-11-22",
  ...over,
});

const report = (over: Partial<ReportRequest> = {}, given: Partial<ReportFacts> = {}) =>
  computeReport(facts(given), request(over), RULE);

it("gives each unit its figures and sums them, with the total's rates from the sums", () => {
  const { rows, total, period, asOf, measure, source } = report();
  expect({ period, asOf, measure }).toEqual({ period: "2026-11", asOf: "2026-11-22", measure: "portal" });
  expect(source).toBe(
    "Mẫu số: danh mục hồ sơ một cửa (mot-cua.csv), cập nhật ngày 20/11/2026, 3/10 hồ sơ của danh mục nằm trong kỳ, trong đó 3 hồ sơ được tính là tiếp nhận theo trạng thái.",
  );
  expect(rows).toEqual([
    {
      key: "H57.1",
      name: "Sở Tư pháp",
      level: "tỉnh",
      received: 2,
      componentsDigitized: 1,
      componentsRate: 50,
      resolved: 1,
      resultsDigitized: 1,
      resultsRate: 100,
      resultsSigned: 1,
      resultsSignedRate: 100,
      reused: 0,
      reuseRate: null,
      late: 1,
      quota: null,
      done: 2,
      quotaRate: null,
      weekendDone: 1,
      assessment: "Không đạt",
    },
    expect.objectContaining({
      key: "H57.2",
      received: 1,
      componentsRate: 100,
      resultsRate: 0,
      assessment: "Đạt",
    }),
  ]);
  expect(total).toMatchObject({
    received: 3,
    componentsDigitized: 2,
    componentsRate: 66.67,
    resultsRate: 50,
  });
  expect(total).toMatchObject({ done: 3, weekendDone: 2, late: 1 });
});

it("says how many dossiers lie in the period and how many of them count as received", () => {
  // State 1 is handed in but not received, state 3 refused: neither is in a denominator.
  const dossiers = [1, 3, 9].map((state) => dossier(`000${state}`, "H57.1", { state }));
  const { source, total } = report({ measure: "strict" }, { dossiers });
  expect(source).toMatch(/ 3\/10 hồ sơ của danh mục nằm trong kỳ, trong đó 1 hồ sơ được tính là tiếp nhận/u);
  expect(total.name).toBe("Tổng số");
  const english = report({ lang: "en" }, { dossiers });
  expect(english.source).toContain("3 of its 10 dossiers lie in the period, 1 of them count as received");
  expect(english.total).toMatchObject({ name: "Total", received: 1 });
});

it("gives a dossier without an officer in the register to who digitized it, else to nobody", () => {
  const { rows } = report({ by: "officer" });
  expect(rows.map(({ key, name, received, done }) => [key, name, received, done])).toEqual([
    ["", "", 1, 0],
    ["nv-1", "Nguyễn Thị Đoan Trang", 1, 2],
    ["nv-2", "Trần Văn B", 1, 1],
  ]);
});

it("groups by level, by the national procedure and by dossier too", () => {
  expect(report({ by: "level" }).rows.map(({ key, received }) => [key, received])).toEqual([
    ["tỉnh", 2],
    ["xã", 1],
  ]);
  expect(report({ by: "procedure" }).rows).toMatchObject([
    { key: "1.001193", name: "Đăng ký khai sinh", level: "4", received: 3, done: 3 },
  ]);
  expect(report({ by: "dossier" }).rows).toHaveLength(3);
});

it("sums quotas inside the period for officers and their units, longest first", () => {
  const quotas = [
    quota("nv-1", "2026-11", "all", 4),
    quota("nv-1", "2026-W47", "all", 1),
    quota("nv-1", "2026-Q4", "all", 99),
    quota("nv-2", "2026-11", "result", 5),
    quota("nv-3", "2026-11", "all", 7),
  ];
  const byOfficer = report({ by: "officer" }, { quotas }).rows;
  expect(byOfficer.map(({ key, quota: set, done, quotaRate }) => [key, set, done, quotaRate])).toEqual([
    ["", null, 0, null],
    ["nv-1", 4, 2, 50],
    ["nv-2", 5, 0, 0],
    ["nv-3", 7, 0, 0],
  ]);
  const byUnit = report({}, { quotas });
  expect(byUnit.rows.map(({ quota: set }) => set)).toEqual([4, 5]);
  expect(report({ by: "procedure" }, { quotas }).total.quota).toBeNull();
});

it("gives counts and no rate when there is no register, and says why", () => {
  const { rows, total, source } = report({}, { register: null });
  expect(source).toContain("không tính tỷ lệ");
  expect(report({ lang: "en" }, { register: null }).source).toContain("no rates");
  expect(rows[0]).toMatchObject({
    received: null,
    componentsDigitized: 1,
    componentsRate: null,
    resolved: null,
    resultsRate: null,
    late: null,
    assessment: null,
    done: 2,
  });
  expect(total).toMatchObject({ received: null, componentsDigitized: 2, done: 3 });
});

it("prints an empty total when there is nothing in the period", () => {
  const { rows, total } = report({}, { dossiers: [], documents: [], work: [] });
  expect(rows).toEqual([]);
  expect(total).toMatchObject({
    key: "total",
    name: "Tổng số",
    received: 0,
    componentsRate: 0,
    assessment: null,
  });
});
