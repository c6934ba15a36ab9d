import { expect, it } from "vitest";
import { parseDictionary, textString } from "../../src/signing/pdf-dictionary.ts";
import { pdfDate } from "../../src/signing/verify/signature-time.ts";

it("splits a dictionary into entries whose text stays as it was", () => {
  const text = String.raw`<</Type/Page /A [1 (]\)>>) <</B 2>>] % note
    /R 12 0 R/N -3.5/S (a (b) /c)/H <0A> /D << /E /F >>/Last/Name>>`;
  expect([...(parseDictionary(text) ?? [])]).toEqual([
    ["Type", "/Page"],
    ["A", String.raw`[1 (]\)>>) <</B 2>>]`],
    ["R", "12 0 R"],
    ["N", "-3.5"],
    ["S", "(a (b) /c)"],
    ["H", "<0A>"],
    ["D", "<< /E /F >>"],
    ["Last", "/Name"],
  ]);
});

it.each(["", "no dictionary", "<< /A", "<< /A (open >>", "<< A 1 >>", `<< /A ${"[".repeat(100_000)} >>`])(
  "gives nothing for damaged text %#",
  (text) => {
    expect(parseDictionary(text)).toBeUndefined();
  },
);

it("writes Vietnamese text as UTF-16 with its mark", () => {
  expect(textString("Thử")).toBe("<FEFF005400681EED>");
});

it.each([
  ["(D:20261121170500+07'00')", "2026-11-21T17:05:00+07:00"],
  ["(D:20261121170500Z)", "2026-11-21T17:05:00Z"],
  ["(D:20261121170500-03'30)", "2026-11-21T17:05:00-03:30"],
  ["(D:20261121)", "2026-11-21T00:00:00"],
  ["<00>", undefined],
])("reads the PDF date %s", (text, iso) => {
  expect(pdfDate(text)).toBe(iso);
});
