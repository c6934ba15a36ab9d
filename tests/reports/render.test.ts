import { expect, it } from "vitest";
import type { Report, ReportRow } from "../../src/domain/report.ts";
import { vietnameseCount, vietnameseRate, vietnameseShare } from "../../src/reports/numbers.ts";
import { renderCsv } from "../../src/reports/render-csv.ts";
import { renderJson } from "../../src/reports/render-json.ts";
import { renderTable } from "../../src/reports/render-table.ts";

const ROW: ReportRow = {
  key: "H57.132",
  name: "UBND phường Thủy Dương",
  level: "xã",
  received: 147_000,
  componentsDigitized: 133_345,
  componentsRate: 90.71,
  resolved: 8_374,
  resultsDigitized: 2_685,
  resultsRate: 32.06,
  resultsSigned: 1_000,
  resultsSignedRate: 11.94,
  reused: 0,
  reuseRate: null,
  late: 12,
  quota: 1_200,
  done: 1_177,
  quotaRate: 98.08,
  weekendDone: 300,
  assessment: "Không đạt",
};

const REPORT: Report = {
  asOf: "2026-11-22",
  period: "2026-11",
  measure: "portal",
  by: "unit",
  source: "Mẫu số: danh mục hồ sơ một cửa (mot-cua.csv), cập nhật ngày 20/11/2026.",
  rows: [ROW, { ...ROW, key: "H57.2", name: "" }],
  total: { ...ROW, key: "total", name: "Tổng số", level: "" },
};

it("writes numbers as Vietnamese papers do", () => {
  expect([0, 999, 1_000, 133_345, 1_234_567].map(vietnameseCount)).toEqual([
    "0",
    "999",
    "1.000",
    "133.345",
    "1.234.567",
  ]);
  expect([98.1, 32.06, 100, 0, 99.5, null].map(vietnameseRate)).toEqual([
    "98,1%",
    "32,06%",
    "100%",
    "0%",
    "99,5%",
    "—",
  ]);
  expect(vietnameseShare(null, 7, null)).toBe("7");
  expect(vietnameseShare(null, 0, 0)).toBe("— (0/0)");
});

it("prints a table with every rate's terms, the period, the day, the formula and the source", () => {
  const text = renderTable(REPORT, "vi");
  expect(text).toContain("90,71% (133.345/147.000)");
  expect(text).toContain("32,06% (2.685/8.374)");
  expect(text).toContain("98,08% (1.177/1.200)");
  expect(text).toContain("25,49% (300/1.177)");
  expect(text).toContain("UBND phường Thủy Dương (H57.132)");
  expect(text).toMatch(/Tổng số .*Không đạt/u);
  expect(text).toContain("Kỳ báo cáo: 2026-11; tính đến ngày 22/11/2026");
  expect(text).toContain("Cách tính: portal");
  expect(text).toContain(REPORT.source);
});

it("keeps the columns straight with Vietnamese letters and prints no colours into pipes", () => {
  const lines = renderTable(REPORT, "vi")
    .split("\n")
    .filter((line) => /^[│┌├└]/u.test(line));
  expect(lines.length).toBeGreaterThan(5);
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  expect(renderTable(REPORT, "vi").includes("\u001B")).toBe(false);
});

it("shows counts alone when there is no register, and speaks English when asked", () => {
  const bare = { ...ROW, received: null, resolved: null, late: null, componentsRate: null, assessment: null };
  const text = renderTable({ ...REPORT, measure: "strict", period: null, rows: [bare], total: bare }, "en");
  expect(text).toMatch(/│ +133\.345 │/u);
  expect(text).not.toContain("/147.000");
  expect(text).toContain("Period: from the beginning; as of 22/11/2026");
  expect(text).toContain("test signatures never count");
  const english = { ...REPORT, total: { ...REPORT.total, name: "Total" } };
  expect(renderTable(english, "en")).toMatch(/Total .*Fail/u);
  expect(renderTable({ ...REPORT, rows: [] }, "vi")).toContain("Chưa có số liệu trong kỳ.");
});

it("writes CSV that Excel opens as UTF-8, with dots in numbers and no live formulas", () => {
  const evil = ['=HYPERLINK("http://x")', "+84", "-1", "@sum"].map((name) => ({ ...ROW, name }));
  const text = renderCsv({ ...REPORT, rows: [ROW, ...evil] });
  const lines = text.split("\r\n");
  expect(text.startsWith("\uFEFFkey,name,level,received,")).toBe(true);
  expect(lines[1]).toBe(
    "H57.132,UBND phường Thủy Dương,xã,147000,133345,90.71,8374,2685,32.06,1000,11.94,0,,12,1200,1177,98.08,300," +
      `Không đạt,2026-11-22,2026-11,portal,"${REPORT.source}"`,
  );
  expect(lines[2]).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(lines.slice(3, 6).map((line) => line.split(",")[1])).toEqual(["'+84", "'-1", "'@sum"]);
  expect(lines[6]).toMatch(/^total,Tổng số,/u);
  expect(lines.at(-1)).toBe("");
});

it("writes JSON with the promised names and nothing rounded again", () => {
  const parsed = JSON.parse(renderJson(REPORT)) as Report;
  expect(parsed).toEqual(REPORT);
  expect(Object.keys(parsed.total)).toEqual(Object.keys(ROW));
});
