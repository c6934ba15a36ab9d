import { deflateSync } from "node:zlib";
import type { Line, Word } from "../../domain/reading.ts";
import { ADVANCE, ASCENT, DESCENT, FONT_NAME, glyphlessFont } from "./glyphless-font.ts";
import { utf16 } from "./metadata.ts";
import type { ObjectSink } from "./object-sink.ts";

/** Gives every character used a number (CID), in order of first use over the whole document. */
export interface TextLayer {
  /** Content operators for invisible text; empty when there is none. `scale` is points a pixel. */
  operators(lines: readonly Line[], heightPt: number, scale: number): string;
  /** Writes the font under `num`; call once, after the last page. */
  writeFont(sink: ObjectSink, num: number): Promise<void>;
}

const MAX_CID = 0xffff;
/** A bfchar block holds at most 100 entries (Adobe technical note 5014). */
const BLOCK = 100;
const EM = ADVANCE / 1000;
const BASELINE = -DESCENT / (ASCENT - DESCENT);
/**
 * Of the type size: words are drawn no nearer to each other. `pdftotext -raw` sees a space from 0.15 on, its other modes from
 * 0.03, whatever space characters stand there; Tesseract's boxes come nearer or touch (4 of 938 words joined, 24 with -raw).
 */
const SPACE = 0.17;

export function createTextLayer(): TextLayer {
  const cids = new Map<string, number>();
  const cidOf = (character: string): number => {
    const known = cids.get(character);
    if (known !== undefined) return known;
    const cid = Math.min(cids.size + 1, MAX_CID);
    cids.set(character, cid);
    return cid;
  };
  return {
    operators: (lines, heightPt, scale) => {
      const texts = lines.map((line) => lineOperators(line, heightPt, scale, cidOf)).filter(Boolean);
      return texts.length === 0 ? "" : `BT\n3 Tr\n${texts.join("")}ET\n`;
    },
    writeFont: (sink, num) => writeFont(sink, num, [...cids.keys()]),
  };
}

/** One horizontal baseline for the whole line: turned word matrices spoil the order extractors read in. */
function lineOperators(
  line: Line,
  heightPt: number,
  scale: number,
  cidOf: (character: string) => number,
): string {
  const size = Math.max(1, (line.box.y1 - line.box.y0) * scale);
  const baseline = heightPt - line.box.y1 * scale + size * BASELINE;
  const space = (SPACE * size) / scale;
  const words = line.words
    .map((word, at) => withSpace(word, line.words[at + 1], space))
    .map((word) => wordOperators(word, size, baseline, scale, cidOf))
    .join("");
  return words === "" ? "" : `/F0 ${number(size)} Tf\n${words}`;
}

/** A word that leaves that much room before the next one of its line. */
function withSpace(word: Word, next: Word | undefined, space: number): Word {
  const { box } = word;
  if (next === undefined || next.box.x0 <= box.x0 || next.box.x0 - box.x1 >= space) return word;
  return { ...word, box: { ...box, x1: Math.max(box.x0 + 1, next.box.x0 - space) } };
}

function wordOperators(
  word: Word,
  size: number,
  baseline: number,
  scale: number,
  cidOf: (character: string) => number,
): string {
  const characters = Array.from(word.text.normalize("NFC")).filter(isMappable);
  if (characters.length === 0) return "";
  const width = Math.max(0.5, (word.box.x1 - word.box.x0) * scale);
  const stretch = (width / (characters.length * EM * size)) * 100;
  const codes = [...characters, " "].map((character) => hex4(cidOf(character))).join("");
  return `${number(stretch)} Tz 1 0 0 1 ${number(word.box.x0 * scale)} ${number(baseline)} Tm <${codes}> Tj\n`;
}

/** PDF/A-2u forbids U+0000, U+FEFF and U+FFFE in ToUnicode (6.2.11.7.2); half surrogates are no characters. */
function isMappable(character: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Z}\uFEFF\uFFFE\uFFFF]/u.test(character);
}

function number(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function hex4(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, "0");
}

async function writeFont(sink: ObjectSink, num: number, characters: readonly string[]): Promise<void> {
  const [descendant, descriptor, file, unicode, glyphs] = [1, 2, 3, 4, 5].map(() => sink.reserve());
  const name = `/BaseFont/${FONT_NAME}`;
  await sink.put(
    num,
    `<</Type/Font/Subtype/Type0${name}/Encoding/Identity-H/DescendantFonts[${descendant} 0 R]/ToUnicode ${unicode} 0 R>>`,
  );
  await sink.put(
    descendant ?? 0,
    `<</Type/Font/Subtype/CIDFontType2${name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>` +
      `/FontDescriptor ${descriptor} 0 R/DW ${ADVANCE}/CIDToGIDMap ${glyphs} 0 R>>`,
  );
  await sink.put(
    descriptor ?? 0,
    `<</Type/FontDescriptor/FontName/${FONT_NAME}/Flags 4/FontBBox[0 ${DESCENT} ${ADVANCE} ${ASCENT}]/ItalicAngle 0` +
      `/Ascent ${ASCENT}/Descent ${DESCENT}/CapHeight ${ASCENT}/StemV 80/FontFile2 ${file} 0 R>>`,
  );
  const font = glyphlessFont();
  await sink.putStream(file ?? 0, `/Filter/FlateDecode/Length1 ${font.length}`, deflateSync(font));
  await sink.putStream(unicode ?? 0, "/Filter/FlateDecode", deflateSync(toUnicode(characters)));
  const map = Buffer.alloc((characters.length + 1) * 2);
  // Every CID, the unused 0 included, is drawn with the empty glyph 1.
  for (let cid = 0; cid <= characters.length; cid += 1) map.writeUInt16BE(1, cid * 2);
  await sink.putStream(glyphs ?? 0, "/Filter/FlateDecode", deflateSync(map));
}

function toUnicode(characters: readonly string[]): Buffer {
  const rows = characters.map((character, index) => `<${hex4(index + 1)}> <${utf16(character)}>`);
  const blocks: string[] = [];
  for (let start = 0; start < rows.length; start += BLOCK) {
    const block = rows.slice(start, start + BLOCK);
    blocks.push(`${block.length} beginbfchar\n${block.join("\n")}\nendbfchar\n`);
  }
  return Buffer.from(
    `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
${blocks.join("")}endcmap
CMapName currentdict /CMap defineresource pop
end
end
`,
    "latin1",
  );
}
