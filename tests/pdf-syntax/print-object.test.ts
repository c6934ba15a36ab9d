import { expect, it } from "vitest";
import { printObject } from "../../src/pdf-syntax/print-object.ts";
import { createLexer } from "../../src/pdf-syntax/lexer.ts";
import type { PdfObject } from "../../src/pdf-syntax/objects.ts";
import { parseObject } from "../../src/pdf-syntax/parser.ts";

const parsed = (text: string): PdfObject => parseObject(createLexer(Buffer.from(text, "latin1")));

it.each([
  "null",
  "[true false null]",
  "[0 -1 3.25 -.5 1234567890 0.00000001]",
  "/Plain",
  "/With#20blank#2Fslash#23hash#e1#bb#a6",
  "(text \\(with\\) brackets \\\\ and \\n line ends)",
  "<00ff28295c>",
  "[12 0 R 13 5 R 14 15]",
  "<</A<</B[/C(d)<</E 1 0 R>>]>>/F null/G#20H 2>>",
])("prints %s so that it reads the same", (text) => {
  const object = parsed(text);
  expect(parsed(printObject(object))).toEqual(object);
});

it("knows no exponents", () => {
  expect([1e-7, 1.5e-9, 123_456.789, 0.1 + 0.2].map(printObject)).toEqual([
    "0.0000001",
    "0",
    "123456.789",
    "0.3",
  ]);
});
