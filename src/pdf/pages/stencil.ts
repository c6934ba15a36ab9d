import type { PdfObject } from "../../pdf-syntax/objects.ts";
import { isKind } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode } from "../../pdf-syntax/page-tree.ts";
import { createLexer } from "../../pdf-syntax/lexer.ts";
import { parseOperation } from "../../pdf-syntax/parser.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";

/** A page that is one image takes a handful of operators. */
const MAX_OPERATORS = 200;
const MAX_CONTENT = 64 * 1024;

/** What leaves the fill colour black, which it is from the start (ISO 32000-1, 8.6.8). */
const HARMLESS = new Set([
  "q",
  "Q",
  "cm",
  "Do",
  "w",
  "J",
  "j",
  "M",
  "d",
  "i",
  "n",
  "re",
  "W",
  "W*",
  "BT",
  "ET",
  "Tr",
  "Tf",
  "Td",
  "Tm",
]);

/**
 * Whether what the page paints through a stencil mask is black: scanners store 1-bit pages so. False when in doubt, also
 * for pages whose mask lies inside a form.
 */
export function paintsBlack(file: PdfFile, page: PdfPageNode): boolean {
  const contents = file.get(page.dict, "Contents");
  const streams = isKind(contents, "array") ? contents.items.map((item) => file.resolve(item)) : [contents];
  const parts = streams
    .slice(0, 20)
    .map((stream) => (isKind(stream, "stream") ? file.decode(stream).bytes : Buffer.alloc(0)));
  if (streams.length > 20 || parts.reduce((sum, part) => sum + part.length, 0) > MAX_CONTENT) return false;
  const lexer = createLexer(Buffer.concat(parts.flatMap((part) => [part, Buffer.from("\n")])));
  const room: PdfObject[] = [];
  for (let count = 0; count < MAX_OPERATORS; count += 1) {
    const step = parseOperation(lexer, room);
    if (step === undefined) return true;
    const { operator, operands } = step;
    if (!HARMLESS.has(operator) && !setsBlack(operator, operands)) return false;
  }
  return false;
}

function setsBlack(operator: string, operands: readonly PdfObject[]): boolean {
  const values = operands.map((value) => (typeof value === "number" ? value : "?")).join(" ");
  if (operator === "g" || operator === "G") return values === "0";
  if (operator === "rg" || operator === "RG") return values === "0 0 0";
  return (operator === "k" || operator === "K") && values === "0 0 0 1";
}
