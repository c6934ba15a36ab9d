import { expect, it } from "vitest";
import {
  findDossierCodes,
  parseDossierCode,
  parseUnitCode,
  readDossierCell,
  receivedDay,
} from "../../src/domain/codes.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";

const TODAY = "2026-11-22";
const grammar = VN_2025_07.codes;
const parse = (text: string) => parseDossierCode(text, grammar, TODAY);
const find = (text: string) => findDossierCodes(text, grammar, TODAY);
const cell = (text: string) => readDossierCell(text, grammar, TODAY);

it.each([
  "000.17.22.H56-210531-0001",
  "000.00.19.H47-260105-0001",
  "H56.14-240823-0001",
  "H57.132-260804-0583",
  "G15-261122-123456",
])("reads the code %s as it stands", (code) => {
  expect(parse(code)).toBe(code);
  expect(find(code)).toEqual([code]);
});

it.each([
  [" h57.132-260804-0583 ", "H57.132-260804-0583"],
  ["H57.132 260804 0583", "H57.132-260804-0583"],
  ["H57.132_260804_0583", "H57.132-260804-0583"],
  ["H57.132 – 260804 — 0583", "H57.132-260804-0583"],
  ["H57.132  -  260804 -0583", "H57.132-260804-0583"],
])("brings %j to normal form", (text, code) => {
  expect(parse(text)).toBe(code);
});

it.each([
  ["H40-240230-0001", "30 February"],
  ["H40-241301-0001", "month 13"],
  ["H40-240200-0001", "day 0"],
  ["H57.132-261123-0001", "tomorrow"],
  ["H57.132-260804-058", "3 digits"],
  ["H57.132-260804-0583123", "7 digits"],
  ["H5.132-260804-0583", "one digit after the letter"],
  ["Đ57.132-260804-0583", "a letter outside the grammar"],
  ["00.17.22.H56-210531-0001", "a short group"],
  [`H57.${"1".repeat(32)}-260804-0583`, "36 characters of organisation"],
  ["H14.1999.1180.ND.001.020", "an archive code"],
  ["", "nothing"],
])("refuses %s: %s", (text) => {
  expect(parse(text)).toBeUndefined();
});

it("accepts an organisation of 35 characters", () => {
  expect(parse(`H57.${"1".repeat(31)}-260804-0583`)).toBeDefined();
});

it("does not read the day into a code of another style", () => {
  expect(find("văn thư H14.1999.1180.ND.001.020 và 574/UBND-KTTH")).toEqual([]);
});

it.each([
  ["H57.132-260804-0583_01.pdf", ["H57.132-260804-0583"]],
  ["H57.132-260804-0583-01.pdf", ["H57.132-260804-0583"]],
  ["scan_h57.132-260804-0583.pdf", ["H57.132-260804-0583"]],
  ["scan-H57.132-260804-0583.pdf", []],
  ["https://dvc.example.vn/tra-cuu?ma=000.17.22.H56-210531-0001&x=1", ["000.17.22.H56-210531-0001"]],
  ["hồ sơ H57.132 - 260804 - 0583 (bản 2)", ["H57.132-260804-0583"]],
  ["H40-240230-0001.pdf", []],
  [
    "H57.132-260804-0583 H57.132-260804-0584 h57.132-260804-0583",
    ["H57.132-260804-0583", "H57.132-260804-0584"],
  ],
])("finds in %j the codes %j", (text, codes) => {
  expect(find(text)).toEqual(codes);
});

it.each([
  ["H57.132-260804-0583 - Số phiếu: 26.10229", "H57.132-260804-0583"],
  ["000.00.19.H47-260105-0001 (đã trả)", "000.00.19.H47-260105-0001"],
  ["Mã hồ sơ: H57.132-260804-0583", "H57.132-260804-0583"],
  ["H57.132 260804 0583", "H57.132-260804-0583"],
  ["H57.132-260804-0583; H57.132-260804-0584", undefined],
  ["H40-240230-0001 - Số phiếu: 26.10229", undefined],
  ["không có", undefined],
])("reads the cell %j as %s", (text, code) => {
  expect(cell(text)).toBe(code);
});

it("gives the day of receipt", () => {
  const code = parse("H57.132-260804-0583");
  expect(code && receivedDay(code)).toBe("2026-08-04");
});

it("reads both styles of unit code and nothing longer than the law allows", () => {
  const unit = (text: string) => parseUnitCode(text, grammar);
  expect(unit(" h57.132 ")).toBe("H57.132");
  expect(unit("000.00.14.H56")).toBe("000.00.14.H56");
  expect(unit("H57")).toBe("H57");
  expect(unit("Huế")).toBeUndefined();
  expect(unit(`H57.${"1".repeat(32)}`)).toBeUndefined();
});
