import type { ByteSource } from "../../pdf-syntax/byte-source.ts";
import type { PdfDict, PdfObject } from "../../pdf-syntax/objects.ts";
import { isInteger, isKind } from "../../pdf-syntax/objects.ts";
import type { PdfPageNode } from "../../pdf-syntax/page-tree.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";

const MAX_FIELDS = 20_000;

/**
 * Counts signature dictionaries whose ByteRange is filled in, from the form's fields and the pages' widgets.
 * `original` is searched byte by byte when the structure shows none: missing one would mean rewriting a
 * signed paper, which destroys what makes it valid.
 */
export function countSignatures(file: PdfFile, pages: readonly PdfPageNode[], original: ByteSource): number {
  const found = new Set<string>();
  const seen = new Set<number>();
  const form = file.dict(file.dict(file.trailer.entries.get("Root")).entries.get("AcroForm"));
  const waiting: PdfObject[] = [...file.array(form.entries.get("Fields"))];
  for (const page of pages) waiting.push(...file.array(page.dict.entries.get("Annots")));
  for (let field = waiting.pop(); field !== undefined; field = waiting.pop()) {
    if (isKind(field, "ref")) {
      if (seen.has(field.num) || seen.size > MAX_FIELDS) continue;
      seen.add(field.num);
    }
    const dict = file.dict(field);
    const value = file.dict(dict.entries.get("V"));
    const range = filledRange(file, value);
    if (range !== undefined) found.add(range);
    waiting.push(...file.array(dict.entries.get("Kids")).slice(0, MAX_FIELDS));
  }
  return found.size > 0 ? found.size : searchRanges(original);
}

function filledRange(file: PdfFile, dict: PdfDict): string | undefined {
  const numbers = file.array(dict.entries.get("ByteRange")).map((item) => file.resolve(item));
  const contents = file.get(dict, "Contents");
  if (!isKind(contents, "string") || contents.bytes.every((byte) => byte === 0)) return undefined;
  return numbers.every((number) => isInteger(number)) && isFilled(numbers) ? numbers.join(" ") : undefined;
}

function isFilled(range: readonly number[]): boolean {
  const [start = 1, length = 0, next = 0, rest = 0] = range;
  return start === 0 && length > 0 && next > length && rest > 0;
}

const BLOCK = 4 * 1024 * 1024;
const OVERLAP = 256;

function searchRanges(source: ByteSource): number {
  const found = new Set<string>();
  for (let offset = 0; offset < source.size; offset += BLOCK) {
    const bytes = source.read(offset, BLOCK + OVERLAP);
    for (let at = bytes.indexOf("/ByteRange", 0, "latin1"); at >= 0;) {
      const text = bytes.toString("latin1", at, at + OVERLAP);
      const match = /^\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)/u.exec(text);
      const range = match?.slice(1).map(Number) ?? [];
      if (isFilled(range) && (range[1] ?? 0) <= source.size) found.add(range.join(" "));
      at = bytes.indexOf("/ByteRange", at + 10, "latin1");
    }
  }
  return found.size;
}
