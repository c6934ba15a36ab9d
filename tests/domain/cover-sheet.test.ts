import { expect, it } from "vitest";
import { parseDossierCode } from "../../src/domain/codes.ts";
import { type CoverSheet, formatSheet, isSheetType, parseSheet } from "../../src/domain/cover-sheet.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";

const TODAY = "2026-11-22";
const grammar = VN_2025_07.codes;
const parse = (text: string) => parseSheet(text, grammar, TODAY);
const [dossier] = ["H57.132-260804-0583"].flatMap((text) => parseDossierCode(text, grammar, TODAY) ?? []);
if (dossier === undefined) throw new Error("the code of these tests");
const SHEET: CoverSheet = { dossier, number: 3, of: 12, set: "0a1b2c3d" };

it.each<CoverSheet>([
  SHEET,
  { ...SHEET, role: "component", type: "TCXH-01" },
  { ...SHEET, role: "result" },
  { ...SHEET, type: "G15.KQ/2024 đơn", number: 12 },
])("reads back what it wrote: %j", (sheet) => {
  expect(parse(formatSheet(sheet))).toEqual(sheet);
});

it("writes one short line that people can read too", () => {
  expect(formatSheet({ ...SHEET, role: "component", type: "TCXH-01" })).toBe(
    "SOHOA1|H57.132-260804-0583|TP|TCXH-01|3/12|0a1b2c3d",
  );
});

it.each([
  ["nothing", ""],
  ["a bare code", "H57.132-260804-0583"],
  ["another version", "SOHOA2|H57.132-260804-0583|||3/12|0a1b2c3d"],
  ["no dossier", "SOHOA1||TP||3/12|0a1b2c3d"],
  ["a dossier from the future", "SOHOA1|H57.132-270804-0583|||3/12|0a1b2c3d"],
  ["an unknown role", "SOHOA1|H57.132-260804-0583|XX||3/12|0a1b2c3d"],
  ["a role that every object has", "SOHOA1|H57.132-260804-0583|constructor||3/12|0a1b2c3d"],
  ["a place behind the end", "SOHOA1|H57.132-260804-0583|||13/12|0a1b2c3d"],
  ["place zero", "SOHOA1|H57.132-260804-0583|||0/12|0a1b2c3d"],
  ["a short set", "SOHOA1|H57.132-260804-0583|||3/12|0a1b2c3"],
  ["one field too many", "SOHOA1|H57.132-260804-0583||||3/12|0a1b2c3d"],
  ["text behind it", "SOHOA1|H57.132-260804-0583|||3/12|0a1b2c3d|x"],
  ["a second line", "SOHOA1|H57.132-260804-0583|||3/12|0a1b2c3d\nx"],
  ["markup as type", "SOHOA1|H57.132-260804-0583||<b>|3/12|0a1b2c3d"],
])("is no sheet: %s", (_, text) => {
  expect(parse(text)).toBeUndefined();
});

it("lets types be codes, not prose", () => {
  expect(["TCXH-01", "000.00.00.G15-KQ0123", "Đơn 2"].every(isSheetType)).toBe(true);
  expect(["", "a|b", " x", "x".repeat(41), "a\nb"].some(isSheetType)).toBe(false);
});
