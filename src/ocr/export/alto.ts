import type { ExportedPage, TextExport } from "../../domain/ports.ts";
import type { Box, Line, Word } from "../../domain/reading.ts";
import { type Block, blocksOf } from "./page-blocks.ts";
import { escaped, languageTags, printable } from "./xml-text.ts";

type About = Parameters<TextExport["write"]>[1];
/** Writes a box as HPOS, VPOS, WIDTH and HEIGHT. */
type Placing = (box: Box) => string;

const NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#";

/**
 * ALTO 4.4: one file for all pages, in the element order of its schema. Measures are whole pixels of the upright page;
 * where a page has text of its own they are points with two decimals. WC is the word's calibrated confidence, PC their mean:
 * the share of the page's words that is expected to be right. What the engine read before it was put right is an ALTERNATIVE.
 */
export function createAltoExport(): TextExport {
  return {
    name: "alto",
    fileName: "alto.xml",
    async *write(pages, about) {
      yield head(about);
      for await (const page of pages) yield pageElement(page, about);
      yield "</Layout>\n</alto>\n";
    },
  };
}

function head({ producer, engines, id, sha256 }: About): string {
  const steps = [
    processing("S0", "contentModification", producer),
    ...engines.map((engine, index) => processing(`S${index + 1}`, "contentGeneration", engine)),
  ];
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<alto xmlns="${NAMESPACE}" SCHEMAVERSION="4.4">\n<Description>\n` +
    "<MeasurementUnit>pixel</MeasurementUnit>\n<sourceImageInformation>\n" +
    `<fileIdentifier fileIdentifierLocation="sha256">${sha256}</fileIdentifier>\n` +
    `<documentIdentifier>${id}</documentIdentifier>\n</sourceImageInformation>\n` +
    `${steps.join("")}</Description>\n<Layout>\n`
  );
}

function processing(id: string, category: string, software: string): string {
  return (
    `<Processing ID="${id}"><processingCategory>${category}</processingCategory>` +
    `<processingSoftware><softwareName>${escaped(software)}</softwareName></processingSoftware></Processing>\n`
  );
}

function pageElement({ number, ownText, reading }: ExportedPage, { engines, languages }: About): string {
  const { engine, width, height, lines } = reading;
  const place = placing(ownText ? 100 : 1);
  const steps = ["S0", ...engines.flatMap((name, index) => (name === engine ? [`S${index + 1}`] : []))];
  const size = place({ x0: 0, y0: 0, x1: width, y1: height });
  const [language, ...others] = ownText ? [] : languageTags(languages);
  const facts = [
    `ID="P${number}" PHYSICAL_IMG_NR="${number}" PROCESSINGREFS="${steps.join(" ")}"`,
    size.slice(size.indexOf("WIDTH")),
    ...(language === undefined ? [] : [`LANG="${language}"`]),
    ...(others.length === 0 ? [] : [`OTHERLANGS="${others.join(" ")}"`]),
    ...confidence(lines),
  ];
  const blocks = blockElements(lines, `P${number}`, place);
  return `<Page ${facts.join(" ")}>\n<PrintSpace ID="P${number}_S" ${size}>\n${blocks}</PrintSpace>\n</Page>\n`;
}

function confidence(lines: readonly Line[]): string[] {
  const all = lines.flatMap(({ words }) => words.map((word) => word.confidence));
  if (all.length === 0) return [];
  return [`PC="${ratio(all.reduce((sum, one) => sum + one, 0) / all.length)}"`];
}

function blockElements(lines: readonly Line[], page: string, place: Placing): string {
  const made = { line: 0, word: 0 };
  const lineOf = ({ box, words }: Line): string => {
    const strings = words.map((word) => stringElement(word, `${page}_W${++made.word}`, place));
    const all = strings.map((string, at) => string + spaceElement(words, at, place)).join("");
    return `<TextLine ID="${page}_L${++made.line}" ${place(box)}>\n${all}</TextLine>\n`;
  };
  const blockOf = (block: Block, at: number): string =>
    `<TextBlock ID="${page}_B${at + 1}" ${place(block.box)}>\n${block.lines.map(lineOf).join("")}</TextBlock>\n`;
  return blocksOf(lines).map(blockOf).join("");
}

function stringElement({ box, confidence, raw, text }: Word, id: string, place: Placing): string {
  const facts = `ID="${id}" ${place(box)} CONTENT="${escaped(text)}" WC="${ratio(confidence)}"`;
  if (raw === undefined || printable(raw) === "") return `<String ${facts}/>\n`;
  return `<String ${facts}><ALTERNATIVE PURPOSE="as recognized">${escaped(raw)}</ALTERNATIVE></String>\n`;
}

/** The space between a word and the next; words may overlap. */
function spaceElement(words: readonly Word[], at: number, place: Placing): string {
  const [word, next] = [words[at], words[at + 1]];
  if (word === undefined || next === undefined) return "";
  return `<SP ${place({ ...word.box, x0: word.box.x1, x1: Math.max(word.box.x1, next.box.x0) })}/>\n`;
}

/** To that part of a unit. Edges are rounded, not sizes, so that what touches on the page touches in the file. */
function placing(parts: number): Placing {
  const grid = (value: number): number => Math.round(value * parts);
  return ({ x0, y0, x1, y1 }) => {
    const [left, top] = [grid(x0), grid(y0)];
    const [width, height] = [grid(x1) - left, grid(y1) - top];
    return `HPOS="${left / parts}" VPOS="${top / parts}" WIDTH="${width / parts}" HEIGHT="${height / parts}"`;
  };
}

function ratio(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
}
