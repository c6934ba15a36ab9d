import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { deflateSync } from "node:zlib";
import { create, type Font } from "@cantoo/fontkit";

/** A subset of Tinos (Times metrics, OFL) that holds just the characters of a few lines. */
export interface TextFont {
  /** Hex string of glyph ids for `Tj`. */
  encode(text: string): string;
  /** Width in units of the font size. */
  width(text: string): number;
  /** The six font objects; `numbers` are theirs, the first is the one to name in /Resources. */
  objects(numbers: readonly number[]): readonly Buffer[];
}

export const FONT_OBJECTS = 6;
/** Fonts kept for the next signature: a batch has one signer, a workspace a few. */
const KEPT = 8;
const FONT_FILE = "@expo-google-fonts/tinos/400Regular/Tinos_400Regular.ttf";
const UNKNOWN = "?";

let tinos: Font | undefined;

const fonts = new Map<string, TextFont>();

/** The same font for the same letters, however often it is asked for: subsetting takes 4 ms, a signature 3 ms. */
export function cachedTextFont(text: string): TextFont {
  const letters = [...new Set(text.normalize("NFC"))].toSorted().join("");
  const font = fonts.get(letters) ?? createTextFont([letters]);
  fonts.delete(letters);
  fonts.set(letters, font);
  const [oldest] = fonts.keys();
  if (fonts.size > KEPT && oldest !== undefined) fonts.delete(oldest);
  return font;
}

/** Characters the font lacks become `?`: PDF/A-2 §6.2.11.8 forbids showing .notdef. */
export function createTextFont(texts: readonly string[]): TextFont {
  tinos ??= create(readFileSync(createRequire(import.meta.url).resolve(FONT_FILE))) as Font;
  const font = tinos;
  const scale = 1000 / font.unitsPerEm;
  const subset = font.createSubset();
  const glyphs = new Map<string, { id: number; width: number }>();
  const glyphFor = (char: string): { id: number; width: number } => {
    const known = glyphs.get(char);
    if (known !== undefined) return known;
    const glyph = font.glyphForCodePoint(char.codePointAt(0) ?? 0);
    if (glyph === null || glyph.id === 0) return glyphFor(UNKNOWN);
    const entry = { id: subset.includeGlyph(glyph), width: Math.round(glyph.advanceWidth * scale) };
    glyphs.set(char, entry);
    return entry;
  };
  for (const char of texts.join("") + UNKNOWN) glyphFor(char);
  let packed: { readonly letters: number; readonly streams: FontStreams } | undefined;
  const streams = (): FontStreams => {
    if (packed?.letters !== glyphs.size)
      packed = { letters: glyphs.size, streams: fontStreams(subset.encode(), glyphs) };
    return packed.streams;
  };
  return {
    encode: (text) =>
      `<${Array.from(text)
        .map((char) => hex4(glyphFor(char).id))
        .join("")}>`,
    width: (text) => Array.from(text).reduce((sum, char) => sum + glyphFor(char).width, 0) / 1000,
    objects: (numbers) => fontObjects(font, streams(), glyphs, numbers),
  };
}

/** The font's objects that name no others. */
type FontStreams = readonly [file: Buffer, toUnicode: Buffer, cidSet: Buffer];

function fontStreams(file: Uint8Array, glyphs: ReadonlyMap<string, { id: number }>): FontStreams {
  return [
    stream(Buffer.from(file), `/Length1 ${file.length} `),
    stream(Buffer.from(unicodeMap(glyphs), "latin1")),
    stream(fullSet((create(file) as Font).numGlyphs)),
  ];
}

function fontObjects(
  font: Font,
  streams: FontStreams,
  glyphs: ReadonlyMap<string, { id: number; width: number }>,
  numbers: readonly number[],
): Buffer[] {
  const [, descendant = 0, descriptor = 0, fontFile = 0, toUnicode = 0, cidSet = 0] = numbers;
  const name = `${subsetTag(glyphs)}+Tinos-Regular`;
  const em = (units: number) => Math.round((units * 1000) / font.unitsPerEm);
  const { minX, minY, maxX, maxY } = font.bbox;
  const widths = [...glyphs.values()].map(({ id, width }) => `${id} [${width}]`).join(" ");
  const notdef = em(font.getGlyph(0)?.advanceWidth ?? 0);
  return [
    Buffer.from(
      `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H ` +
        `/DescendantFonts [${descendant} 0 R] /ToUnicode ${toUnicode} 0 R >>`,
    ),
    Buffer.from(
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /CIDToGIDMap /Identity ` +
        `/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> ` +
        `/FontDescriptor ${descriptor} 0 R /DW ${notdef} /W [${widths}] >>`,
    ),
    Buffer.from(
      `<< /Type /FontDescriptor /FontName /${name} /Flags 6 /FontBBox [${[minX, minY, maxX, maxY].map(em).join(" ")}] ` +
        `/ItalicAngle 0 /Ascent ${em(font.ascent)} /Descent ${em(font.descent)} /CapHeight ${em(font.capHeight)} ` +
        `/StemV 80 /FontFile2 ${fontFile} 0 R /CIDSet ${cidSet} 0 R >>`,
    ),
    ...streams,
  ];
}

/**
 * Every glyph of the subset, parts of accented letters too. PDF/A-1 demands a CIDSet (Preflight 3.1.11);
 * PDF/A-2 §6.2.11.4.2 allows it when it is complete.
 */
function fullSet(count: number): Buffer {
  const set = Buffer.alloc(Math.ceil(count / 8), 0xff);
  if (count % 8 !== 0) set[set.length - 1] = (0xff << (8 - (count % 8))) & 0xff;
  return set;
}

function unicodeMap(glyphs: ReadonlyMap<string, { id: number }>): string {
  const rows = [...glyphs].map(([char, { id }]) => `<${hex4(id)}> <${utf16(char)}>`);
  const blocks: string[] = [];
  for (let i = 0; i < rows.length; i += 100) {
    const block = rows.slice(i, i + 100); // ISO 32000-1 §9.7.5.4: at most 100 a block
    blocks.push(`${block.length} beginbfchar\n${block.join("\n")}\nendbfchar\n`);
  }
  return (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
    `1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n${blocks.join("")}` +
    "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
  );
}

function stream(bytes: Buffer, extra = ""): Buffer {
  const packed = deflateSync(bytes);
  const head = `<< ${extra}/Filter /FlateDecode /Length ${packed.length} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), packed, Buffer.from("\nendstream")]);
}

/** Six letters that differ for different subsets (ISO 32000-1 §9.6.4). */
function subsetTag(glyphs: ReadonlyMap<string, unknown>): string {
  let sum = 7;
  for (const char of glyphs.keys()) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 308_915_776;
  return Array.from({ length: 6 }, (_, i) =>
    String.fromCodePoint(65 + (Math.floor(sum / 26 ** i) % 26)),
  ).join("");
}

const hex4 = (n: number) => n.toString(16).toUpperCase().padStart(4, "0");
const utf16 = (char: string) => Buffer.from(char, "utf16le").swap16().toString("hex").toUpperCase();
