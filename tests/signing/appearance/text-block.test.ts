import { expect, it } from "vitest";
import { layText } from "../../../src/signing/appearance/text-block.ts";
import type { TextFont } from "../../../src/signing/appearance/text-font.ts";
import { cachedTextFont } from "../../../src/signing/appearance/text-font.ts";

/** Every letter is half as wide as high. */
const FONT: TextFont = {
  width: (text) => Array.from(text).length / 2,
  encode: (text) => text,
  objects: () => [],
};
const STYLE = { size: 10, leading: 11, room: 100 };
const lay = (text: string, most = 2) => layText([{ text, most }], STYLE, FONT);

it("leaves a name that fits as it is", () => {
  expect(lay("Nguyễn Văn Ưỡn")).toEqual([{ text: "Nguyễn Văn Ưỡn", squeeze: 1, width: 70 }]);
});

it("breaks a long name into lines of like length before it squeezes it", () => {
  expect(lay("Ủy ban nhân dân xã Thí Điểm").map(({ text }) => text)).toEqual([
    "Ủy ban nhân dân",
    "xã Thí Điểm",
  ]);
  const squeezed = lay("Trung tâm Phục vụ hành chính công tỉnh Nghệ An");
  expect(squeezed).toHaveLength(2);
  expect(squeezed[0]?.squeeze).toBeLessThan(1);
});

it("cuts what cannot be squeezed, and nothing leaves the room", () => {
  for (const text of ["Ư".repeat(300), `${"Ngã Bảy ".repeat(40)}`, "một", ""]) {
    const lines = lay(text);
    expect(lines.length).toBeLessThanOrEqual(2);
    for (const { width } of lines) expect(width).toBeLessThanOrEqual(100.001);
  }
  expect(lay("Ư".repeat(300)).at(-1)?.text).toMatch(/…$/u);
});

it("shows composed letters on one line, without marks that hide or turn a name", () => {
  const spoof = "Nguyễn\n\tVăn \u202Engược\u200B".normalize("NFD");
  expect(lay(spoof)[0]?.text).toBe("Nguyễn Văn ngược".normalize("NFC"));
});

it("shows a question mark for a letter the font lacks, never the empty glyph", () => {
  const font = cachedTextFont("Ưỡn 漢");
  expect(font.encode("漢")).toBe(font.encode("?"));
  expect(font.encode("Ưỡn漢")).not.toContain("0000");
});

it("makes the font of a batch's signer once", () => {
  expect(cachedTextFont("Nguyễn Văn")).toBe(cachedTextFont("Văn Nguyễn"));
  const [first, again] = [1, 9].map((from) =>
    cachedTextFont("Nguyễn Văn").objects([from, from + 1, from + 2, from + 3, from + 4, from + 5]),
  );
  expect(first?.[3]).toBe(again?.[3]);
});
