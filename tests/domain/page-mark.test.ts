import { expect, it } from "vitest";
import type { Barcode } from "../../src/domain/barcode.ts";
import { marksOf, type PageMark } from "../../src/domain/page-mark.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";

const BOX = { x0: 0, y0: 0, x1: 0.1, y1: 0.1 };

function marks(...texts: readonly string[]): PageMark[] {
  const codes = texts.map((text): Barcode => ({ format: "QRCode", text, box: BOX }));
  return marksOf(codes, { grammar: VN_2025_07.codes, today: "2026-11-22", labels: ["^ASN[0-9]{5}$"] });
}

const CODE = "H57.132-260804-0583";

it.each(["PATCHT", "PATCH-T", "PATCH T", "patcht", " PATCHT\r\n", "PATCHT\u0007"])(
  "takes %j for a separator",
  (text) => {
    expect(marks(text)).toEqual([{ kind: "separator" }]);
  },
);

it("takes our own payload for a cover sheet, and one of two equal ones", () => {
  const text = `SOHOA1|${CODE}|KQ||1/2|0a1b2c3d`;
  const sheet = { dossier: CODE, role: "result", number: 1, of: 2, set: "0a1b2c3d" };
  expect(marks(text, text)).toEqual([{ kind: "sheet", sheet }]);
});

it("keeps the dossier of a sheet that is not wholly in order as a code", () => {
  expect(marks(`SOHOA1|${CODE}|KQ||2/1|0a1b2c3d`)).toEqual([{ kind: "code", code: CODE }]);
});

it("takes what the settings name for a label", () => {
  expect(marks("ASN00123", "ASN123")).toEqual([{ kind: "label", text: "ASN00123" }]);
});

it.each([
  CODE,
  `Mã hồ sơ: ${CODE}; ngày 04/08/2026`,
  `https://dichvucong.example/tra-cuu?ma=${CODE.toLowerCase()}&x=1`,
])("finds the dossier code in %j", (text) => {
  expect(marks(text)).toEqual([{ kind: "code", code: CODE }]);
});

it("names every dossier on the page", () => {
  expect(marks(CODE, "H57.132-260805-0012", CODE)).toHaveLength(2);
});

it("leaves no trace of links, identity cards and chance readings", () => {
  const card = "012345678901|123456789|NGUYỄN VĂN A|01011990|Nam|Thôn 1, Xã B|01012022";
  expect(marks("https://q.me-qr.com/JE3JAoA0", card, "", "8934567890121", "PATCH2")).toEqual([]);
});
