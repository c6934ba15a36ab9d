import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeStream } from "../../src/pdf-syntax/filters.ts";
import { createLexer } from "../../src/pdf-syntax/lexer.ts";
import type { PdfDict } from "../../src/pdf-syntax/objects.ts";
import { isKind } from "../../src/pdf-syntax/objects.ts";
import { parseObject } from "../../src/pdf-syntax/parser.ts";

function dictionary(text: string): PdfDict {
  const object = parseObject(createLexer(Buffer.from(text, "latin1")));
  if (!isKind(object, "dict")) throw new Error("the test's dictionary is none");
  return object;
}

function decode(raw: Buffer, dict: string, limit?: number): string {
  return decodeStream(raw, dictionary(dict), (value) => value ?? null, limit).bytes.toString("latin1");
}

describe("filters", () => {
  it("undo what the standard's examples show", () => {
    expect(decode(Buffer.from("48 65 6C6c 6F7>"), "<</Filter/ASCIIHexDecode>>")).toBe("Hellop");
    expect(decode(Buffer.from('87cUR D]i,"Ebo80~>'), "<</Filter/A85>>")).toBe("Hello World!");
    expect(decode(Buffer.from([2, 65, 66, 67, 254, 90, 128, 9]), "<</Filter/RunLengthDecode>>")).toBe(
      "ABCZZZ",
    );
    // ISO 32000-1, 7.4.4.2, example 2.
    const lzw = Buffer.from([0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01]);
    expect(decode(lzw, "<</Filter/LZWDecode>>")).toBe("-----A---B");
  });

  it("undo a chain in order and stop at an image codec", () => {
    const inner = deflateSync(Buffer.from("\xff\xd8 jpeg", "latin1"));
    const raw = Buffer.from(`${inner.toString("hex")}>`);
    const dict = dictionary("<</Filter[/AHx/Fl/DCT]/DecodeParms[null null <</ColorTransform 0>>]>>");
    const { bytes, codec, parms } = decodeStream(raw, dict, (value) => value ?? null);
    expect([bytes.toString("latin1"), codec]).toEqual(["\xff\xd8 jpeg", "DCTDecode"]);
    expect(parms.entries.get("ColorTransform")).toBe(0);
  });

  it("give what there is of a Flate stream that was cut", () => {
    const whole = deflateSync(Buffer.from("số hóa ".repeat(500)), { level: 0 });
    expect(decode(whole.subarray(0, 600), "<</Filter/FlateDecode>>").length).toBeGreaterThan(500);
  });

  it("refuse to unpack above the limit and what they do not know", () => {
    const zeros = deflateSync(Buffer.alloc(100_000));
    expect(() => decode(zeros, "<</Filter/FlateDecode>>", 1000)).toThrow("too_large");
    const runs = Buffer.from(Array.from({ length: 100 }, () => [129, 0]).flat());
    expect(() => decode(runs, "<</Filter/RunLengthDecode>>", 1000)).toThrow("too_large");
    expect(() => decode(zeros, "<</Filter/Unheard>>")).toThrow("unknown filter");
  });
});

describe("objects", () => {
  const parse = (text: string): unknown => parseObject(createLexer(Buffer.from(text, "latin1")));

  it("are read with all their odd spellings", () => {
    expect(parse("-.5")).toBe(-0.5);
    expect(parse("+17")).toBe(17);
    expect(parse("--3")).toBe(-3);
    expect(parse("/A#20B")).toEqual({ kind: "name", name: "A B" });
    expect(parse("(a\\(b\\)(c)\\101\\\r\nd\\n)")).toEqual({
      kind: "string",
      bytes: Buffer.from("a(b)(c)Ad\n"),
    });
    expect(parse("<4 1 4>")).toEqual({ kind: "string", bytes: Buffer.from([0x41, 0x40]) });
    expect(parse("[1 0 R 2 3%x\n]")).toEqual({
      kind: "array",
      items: [{ kind: "ref", num: 1, gen: 0 }, 2, 3],
    });
    expect(parse("<</constructor true/K null>>")).toEqual({
      kind: "dict",
      entries: new Map([
        ["constructor", true],
        ["K", null],
      ]),
    });
  });

  it("that are none are damage, not a crash", () => {
    for (const text of ["", "<</A", "[1 2", "(abc", "<41", "]", "constructor", "<<1 2>>"])
      expect(() => parse(text), text).toThrow(expect.objectContaining({ name: "PdfDamage" }));
  });
});
