import type { ExportedPage, TextExport } from "../../domain/ports.ts";
import type { Box, Line, Word } from "../../domain/reading.ts";
import { type Block, blocksOf } from "./page-blocks.ts";
import { escaped, languageTags } from "./xml-text.ts";

type About = Parameters<TextExport["write"]>[1];

const CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf ocrp_lang";
/** Letters that reach below the line, in Vietnamese those with a dot below too. */
const DESCENDER = /[gjpqyQ,;()[\]{}|/]|\u0323/u;
/** Of the height of a line's box, in the types of office papers; the text layer of our PDFs has its baseline there too. */
const DESCENT = 0.2;

/**
 * hOCR 1.2 as HTML that is also well-formed XML (so without an XML declaration). Boxes are whole pixels of the upright
 * page, points where a page has text of its own; confidence is 0..100. The title is empty as in Tesseract's own hOCR:
 * hocr2pdf draws it over the first page.
 */
export function createHocrExport(): TextExport {
  return {
    name: "hocr",
    fileName: "hocr.html",
    async *write(pages, about) {
      yield head(about);
      for await (const page of pages) yield pageElement(page);
      yield "</body>\n</html>\n";
    },
  };
}

function head({ producer, engines, languages, pages }: About): string {
  const tags = languageTags(languages);
  const [tag] = tags;
  const language = tag === undefined ? "" : ` lang="${tag}" xml:lang="${tag}"`;
  const facts: readonly (readonly [string, string])[] = [
    ["ocr-system", [producer, ...engines].join("; ")],
    ["ocr-capabilities", CAPABILITIES],
    ["ocr-number-of-pages", String(pages)],
    ["ocr-langs", tags.join(" ") || "unknown"],
  ];
  const metas = facts.map(([name, content]) => `<meta name="${name}" content="${escaped(content)}"/>\n`);
  return (
    `<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"${language}>\n<head>\n<meta charset="utf-8"/>\n` +
    `<title></title>\n${metas.join("")}</head>\n<body>\n`
  );
}

function pageElement({ number, dpi, reading }: ExportedPage): string {
  const whole = bbox({ x0: 0, y0: 0, x1: reading.width, y1: reading.height });
  // "The front cover is page number 0" (hOCR 1.2, ppageno).
  const facts = `${whole}; ppageno ${number - 1}; scan_res ${Math.round(dpi)} ${Math.round(dpi)}`;
  const made = { line: 0, word: 0 };
  const id = (kind: string, count: number): string => `${kind}_${number}_${count}`;
  const lineOf = (line: Line): string => {
    const words = line.words.map((word) => wordElement(word, id("word", ++made.word))).join(" ");
    const title = `${bbox(line.box)}; baseline 0 ${baseline(line)}`;
    return `<span class="ocr_line" id="${id("line", ++made.line)}" title="${title}">${words}</span>\n`;
  };
  const blockOf = ({ box, lines }: Block, at: number): string =>
    `<div class="ocr_carea" id="${id("block", at + 1)}" title="${bbox(box)}">\n` +
    `<p class="ocr_par" id="${id("par", at + 1)}" title="${bbox(box)}">\n` +
    `${lines.map(lineOf).join("")}</p>\n</div>\n`;
  const blocks = blocksOf(reading.lines).map(blockOf).join("");
  return `<div class="ocr_page" id="page_${number}" title="${facts}">\n${blocks}</div>\n`;
}

function wordElement({ box, confidence, text }: Word, id: string): string {
  const title = `${bbox(box)}; x_wconf ${Math.round(confidence * 100)}`;
  return `<span class="ocrx_word" id="${id}" title="${title}">${escaped(text)}</span>`;
}

/** Whole numbers only; the box never gets smaller. */
function bbox({ x0, y0, x1, y1 }: Box): string {
  return `bbox ${Math.floor(x0)} ${Math.floor(y0)} ${Math.ceil(x1)} ${Math.ceil(y1)}`;
}

/** Distance of the baseline from the bottom of the line's box; up is negative. */
function baseline({ box, words }: Line): number {
  const descends = words.some(({ text }) => DESCENDER.test(text.normalize("NFD")));
  return descends ? -Math.round((box.y1 - box.y0) * DESCENT) : 0;
}
