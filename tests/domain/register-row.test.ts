import { expect, it } from "vitest";
import { parseRegisterRow } from "../../src/domain/register-row.ts";
import { headerKey, REGISTER_COLUMNS, REGISTER_KINDS } from "../../src/domain/register.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";

const TODAY = "2026-11-22";
const parse = (kind: (typeof REGISTER_KINDS)[number], cells: Record<string, string>) =>
  parseRegisterRow(kind, cells, VN_2025_07.codes, TODAY);

it("compares headers without case, accents, spaces and punctuation", () => {
  for (const header of ["Mã hồ sơ", "maHoSo", "MA_HO_SO", "mã hồ sơ:"])
    expect(headerKey(header)).toBe("mahoso");
  expect(headerKey("Đơn vị")).toBe("donvi");
});

it.each(REGISTER_KINDS)("gives no two columns of %s the same header", (kind) => {
  const keys = Object.values(REGISTER_COLUMNS[kind]).flatMap(({ names }) => names.map(headerKey));
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});

it.each([
  ["dossiers", ["mã hồ sơ", "Mã TTHC", "Ngày tiếp nhận", "Trạng thái", "Ngày hẹn trả", "Mã cán bộ"]],
  ["quotas", ["maCanBo", "ky", "loai", "chiTieu"]],
  ["units", ["code", "parent", "level", "name", "validFrom", "validTo", "successor"]],
] as const)("knows the usual headers of %s", (kind, headers) => {
  const keys = new Set(Object.values(REGISTER_COLUMNS[kind]).flatMap(({ names }) => names.map(headerKey)));
  expect(headers.filter((header) => !keys.has(headerKey(header)))).toEqual([]);
});

it("takes unit and day of receipt out of the dossier code when the export has no such columns", () => {
  expect(parse("dossiers", { code: "000.17.22.H56-210531-0001" })).toMatchObject({
    row: { unit: "000.17.22.H56", received: "2021-05-31", state: null },
  });
});

it("accepts a procedure with its local tail and refuses another form", () => {
  const code = "H57.132-260804-0583";
  expect(parse("dossiers", { code, procedure: "1.001193.000.00.00.h56" })).toMatchObject({
    row: { procedure: "1.001193.000.00.00.H56" },
  });
  expect(parse("dossiers", { code, procedure: "ABC" })).toMatchObject({ error: { en: /"procedure"/u } });
});

it.each([
  ["units", { code: "H57.132" }, "name"],
  ["officers", { id: "nv 1", name: "A" }, "id"],
  ["dossiers", {}, "code"],
  ["dossiers", { code: "H57.132-260804-0583", received: "2026-12-01" }, "received"],
  ["dossiers", { code: "H57.132-260804-0583", due: "31/02/2026" }, "due"],
  ["quotas", { officer: "nv-1", period: "2026-11", target: "-3" }, "target"],
  ["quotas", { officer: "nv-1", period: "2026-11", kind: "trang", target: "3" }, "kind"],
] as const)("says which column of %s is wrong or empty: %j", (kind, cells, column) => {
  const parsed = parse(kind, { ...cells });
  expect("error" in parsed && parsed.error.en).toContain(`"${column}"`);
});
