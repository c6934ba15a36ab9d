import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DocumentId, Sha256 } from "../../../src/domain/ids.ts";
import type { ExportedDocument, ExportedPage, TextExport } from "../../../src/domain/ports.ts";
import type { Line, Reading, Word } from "../../../src/domain/reading.ts";

const ENGINE = "tesseract 5, vie";

export const DOCUMENT: ExportedDocument = {
  producer: "sohoa 0",
  id: "a".repeat(64) as DocumentId,
  sha256: "b".repeat(64) as Sha256,
  pages: 1,
  engines: [ENGINE],
  languages: ["vie"],
};

/** A line 40 high at that place, each word 100 wide with 10 between; `given` goes to every word. */
export function lineAt(x: number, y: number, text: string, given: Partial<Word> = {}): Line {
  const words = text.split(" ").map((word, index): Word => {
    const left = x + index * 110;
    return { text: word, box: { x0: left, y0: y, x1: left + 100, y1: y + 40 }, confidence: 0.9, ...given };
  });
  return { words, box: { x0: x, y0: y, x1: x + words.length * 110 - 10, y1: y + 40 } };
}

/** An A4 page of 300 dpi. */
export function pageOf(lines: readonly Line[], given: Partial<ExportedPage & Reading> = {}): ExportedPage {
  const { number = 1, dpi = 300, ownText = false, ...reading } = given;
  return { number, dpi, ownText, reading: { width: 2480, height: 3508, engine: ENGINE, lines, ...reading } };
}

/** What the pages become, whole. */
export async function written(
  form: TextExport,
  pages: readonly ExportedPage[],
  about: Partial<ExportedDocument> = {},
): Promise<string> {
  let all = "";
  const document = { ...DOCUMENT, pages: pages.length, ...about };
  for await (const part of form.write(one(pages), document)) all += part;
  return all;
}

async function* one<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}

/** What libxml2 has against a file under one of the grammars of this folder; empty: nothing. */
export function faults(xml: string, grammar: string, scratch: string): string {
  const file = join(scratch, "judged.xml");
  writeFileSync(file, xml);
  try {
    const rules = join(import.meta.dirname, grammar);
    execFileSync("xmllint", ["--noout", "--nonet", "--relaxng", rules, file], { stdio: "pipe" });
    return "";
  } catch (error) {
    return error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  }
}

/** Characters a page may hold by accident: markup, controls, half surrogates, non-characters, and good ones beside them. */
export const ODD = [
  "<b>&amp;\"'",
  "a\u0000\u0001\u001f\u007f\u0085b",
  "\ud800c\udc00",
  "\ufffe\uffffd",
  "𝔄é]]>",
];
/** What of them a reader must find, as XML is read. */
export const ODD_READ = ["<b>&amp;\"'", "ab", "c", "d", "𝔄é]]>"];
