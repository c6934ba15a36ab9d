import { expect, it } from "vitest";
import { openPdf } from "../../../src/pdf-syntax/pdf-file.ts";

import { type Gap, intrudedGaps, isPaddedWithZeros } from "../../../src/signing/verify/gap-intruders.ts";
import { formPdf } from "./form-pdf.ts";

const bytes = formPdf();
const at = (text: string) => bytes.indexOf(text);
const around = (offset: number): Gap => [offset - 2, offset + 2];

it("finds objects, streams and tables that lie in a gap or across it", () => {
  const table = Number(/startxref\s+(\d+)/u.exec(bytes.toString("latin1"))?.[1]);
  const inStream = around(at("20 20 555.28"));
  const atObject = around(at("\n10 0 obj") + 1);
  const inDictionary = around(at("/T (ngay)"));
  const gaps = [around(table), inDictionary, inStream, atObject];
  const file = openPdf({
    size: bytes.length,
    read: (from, length) => bytes.subarray(from, from + length),
    close: () => undefined,
  });
  expect(new Set(intrudedGaps(file, gaps))).toEqual(new Set([around(table), inStream, atObject]));
  expect(intrudedGaps(file, [])).toEqual([]);
});

it.each<[string, string, boolean]>([
  ["DER and zeros", "3003020101000000", true],
  ["DER alone", "3003020101", true],
  ["DER and more", "300302010100000001", false],
  ["BER of indefinite length and zeros", "30800201010000000000", true],
  ["BER of indefinite length and more", "308002010100000041", false],
  ["a tag of several bytes", "bf8101020500000041", false],
])("tells padding behind %s", (_what, hex, padded) => {
  expect(isPaddedWithZeros(Buffer.from(hex, "hex"))).toBe(padded);
});
