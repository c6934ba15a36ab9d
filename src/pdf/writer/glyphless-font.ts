export const FONT_NAME = "SohoaGlyphless";

/** Advance of every glyph in thousandths of the font size. */
export const ADVANCE = 500;
export const ASCENT = 800;
export const DESCENT = -200;

const GLYPHS = 2;
const CHECKSUM_MAGIC = 0xb1b0afba;

/**
 * A TrueType font of two empty glyphs: PDF/A wants every font embedded, also that of invisible text.
 * Every character is drawn with glyph 1, because glyph 0 (.notdef) is forbidden (ISO 19005-2, 6.2.11.8).
 */
export function glyphlessFont(): Buffer {
  const tables: readonly (readonly [string, Buffer])[] = [
    ["OS/2", os2()],
    ["cmap", cmap()],
    ["glyf", box()],
    ["head", head()],
    ["hhea", hhea()],
    ["hmtx", shorts(ADVANCE, 0, ADVANCE, 0)],
    ["loca", shorts(0, 0, box().length / 2)],
    ["maxp", Buffer.concat([longs(0x00010000), shorts(GLYPHS, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)])],
    ["name", names()],
    ["post", Buffer.concat([longs(0x00030000, 0), shorts(0, 0), longs(1, 0, 0, 0, 0)])],
  ];
  return assemble(tables);
}

function assemble(tables: readonly (readonly [string, Buffer])[]): Buffer {
  const power = Math.floor(Math.log2(tables.length));
  const range = 16 * 2 ** power;
  const directory = [longs(0x00010000), shorts(tables.length, range, power, tables.length * 16 - range)];
  const bodies: Buffer[] = [];
  let offset = 12 + 16 * tables.length;
  let headOffset = 0;
  for (const [tag, table] of tables) {
    if (tag === "head") headOffset = offset;
    const body = padded(table);
    directory.push(Buffer.from(tag, "latin1"), longs(checksum(body), offset, table.length));
    bodies.push(body);
    offset += body.length;
  }
  const font = Buffer.concat([...directory, ...bodies]);
  font.writeUInt32BE((CHECKSUM_MAGIC - checksum(font)) >>> 0, headOffset + 8);
  return font;
}

function shorts(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value & 0xffff, index * 2);
  return bytes;
}

function longs(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
}

function padded(table: Buffer): Buffer {
  return Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)]);
}

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 4 <= bytes.length; at += 4) sum = (sum + bytes.readUInt32BE(at)) >>> 0;
  return sum;
}

/** One rectangle from descent to ascent: flags of four points on the curve, then their steps in x and in y. */
function box(): Buffer {
  const height = ASCENT - DESCENT;
  const head = shorts(1, 0, DESCENT, ADVANCE, ASCENT, 3, 0);
  const steps = shorts(0, 0, ADVANCE, 0, DESCENT, height, 0, -height);
  return Buffer.concat([head, Buffer.from([1, 1, 1, 1]), steps]);
}

function head(): Buffer {
  const magic = longs(0x00010000, 0x00010000, 0, 0x5f0f3cf5);
  return Buffer.concat([
    magic,
    shorts(0x000b, 1000),
    longs(0, 0, 0, 0),
    shorts(0, DESCENT, ADVANCE, ASCENT, 0, 8, 2, 0, 0),
  ]);
}

function hhea(): Buffer {
  const metrics = shorts(ASCENT, DESCENT, 0, ADVANCE, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, GLYPHS);
  return Buffer.concat([longs(0x00010000), metrics]);
}

function os2(): Buffer {
  return Buffer.concat([
    shorts(1, ADVANCE, 400, 5, 0),
    Buffer.alloc(22 + 10),
    longs(0, 0, 0, 0),
    Buffer.from("NONE", "latin1"),
    shorts(0x40, 32, 65535, ASCENT, DESCENT, 0, ASCENT, -DESCENT),
    longs(0, 0),
  ]);
}

/** Format 4 with nothing but the compulsory last segment: codes are found by CID, not by this table. */
function cmap(): Buffer {
  const segments = shorts(4, 24, 0, 2, 2, 0, 0, 0xffff, 0, 0xffff, 1, 0);
  return Buffer.concat([shorts(0, 1, 3, 1), longs(12), segments]);
}

function names(): Buffer {
  const texts = [
    [1, FONT_NAME],
    [2, "Regular"],
    [4, FONT_NAME],
    [6, FONT_NAME],
  ] as const;
  const records: Buffer[] = [];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [id, text] of texts) {
    const bytes = Buffer.from(text, "utf16le").swap16();
    records.push(shorts(3, 1, 0x409, id, bytes.length, offset));
    data.push(bytes);
    offset += bytes.length;
  }
  return Buffer.concat([shorts(0, texts.length, 6 + 12 * texts.length), ...records, ...data]);
}
