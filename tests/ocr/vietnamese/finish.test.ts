import { expect, it } from "vitest";
import type { Line, Word } from "../../../src/domain/reading.ts";
import { finishLines, finishWord } from "../../../src/ocr/vietnamese/finish.ts";

const box = { x0: 0, y0: 0, x1: 10, y1: 10 };
const line = (text: string, confidence = 0.9): Line => ({
  box,
  words: text.split(" ").map((word): Word => ({ text: word, box, confidence })),
});
const finished = (...texts: string[]) =>
  finishLines(texts.map((text) => line(text))).map(({ words }) => words.map(({ text }) => text).join(" "));

it.each([
  ["Vie\u0302\u0323t", "Việt", "circumflex and dot apart"],
  ["Vie\u0323\u0302t", "Việt", "dot and circumflex apart"],
  ["\u00e9\u0302", "ế", "an acute before the circumflex"],
  ["thu\u1ebd\u0302", "thuễ", "a tilde before the circumflex"],
  ["ho\u0300\u0306", "hŏ̀".normalize("NFC"), "what no letter is, in one order only"],
  ["Q\u00d0-CP", "QĐ-CP", "Icelandic Ð"],
  ["\u00d0iều", "Điều", "Icelandic Ð"],
  ["\u00f0ất", "đất", "Icelandic ð"],
  ["\u0189ơn", "Đơn", "African Ɖ"],
  ["of\ufb01ce", "office", "a ligature"],
  ["phí\u00ad", "phí", "a soft hyphen"],
  ["12\u20442023", "12/2023", "a fraction slash"],
  ["c\u043eng", "cong", "a Cyrillic o in a Latin word"],
  ["H57.132-2\u041e", "H57.132-2O", "a Cyrillic O in a code"],
  ["Москва", "Москва", "a word wholly Cyrillic stays"],
])("writes %s as %s: %s", (read, wanted) => {
  expect(finishWord(read)).toBe(wanted);
});

it.each([
  ["thúê", "thuế"],
  ["gìay,", "giày,"],
  ["tòan", "toàn"],
  ["ngừơi", "người"],
  ["(qúy", "(quý"],
])("puts the tone of %s where the spelling wants it: %s", (read, wanted) => {
  expect(finishWord(read)).toBe(wanted);
});

it.each(["hòa", "hoà", "thúy", "thuý", "khỏe", "khoẻ", "ủy", "uỷ", "kỳ", "kì", "quí", "già", "gì", "khuya"])(
  "leaves %s as it is printed",
  (word) => {
    expect(finishWord(word)).toBe(word);
  },
);

// Seen in readings of real scans by the fast and the integer model; the words meant were checked by eye.
it.each([
  ["xuât", "xuất"],
  ["quyêt", "quyết"],
  ["tiêp", "tiếp"],
  ["chât,", "chất,"],
  ["câp", "cấp"],
  ["nhât,", "nhất,"],
  ["đôc", "đốc"],
  ["gôc", "gốc"],
  ["kêt", "kết"],
  ["biêt", "biết"],
  ["frước)", "trước)"],
  ["(fhông", "(thông"],
])("undoes the one confusion that makes %s of %s", (read, wanted) => {
  expect(finishWord(read)).toBe(wanted);
});

it.each([
  ["truờng", "trường"],
  ["đuợc", "được"],
  ["tièn", "tiền"],
  ["phảp", "pháp"],
  ["lhực", "thực"],
  ["đườnq", "đường"],
  ["t0àn", "toàn"],
  ["clưới", "dưới"],
  ["rnục", "mục"],
  ["tlường", "đường"],
])("proves %s to be %s", (read, wanted) => {
  expect(finishWord(read)).toBe(wanted);
});

it.each([
  ["biêu", "a syllable, though biểu was meant"],
  ["đê", "a syllable, though để was meant"],
  ["hơp", "hợp or hớp"],
  ["hoc", "may be foreign"],
  ["nghành", "no single confusion makes a word of it"],
  ["iêm", "lêm is possible, but no word of every day"],
  ["tộu", "tộn is possible, but no word of every day"],
  ["26tháng", "a number runs into it"],
  ["574/UBND-xuât", "a symbol"],
  ["xuât@đơn.vn", "an address"],
  ["www.xuât.vn", "an address"],
  ["nhập-xuât", "joined"],
  ["Quyêt", "may be a name"],
  ["QUYÉT", "may be a name"],
  ["này1", "the number of a footnote"],
  ["internet", "foreign"],
  ["ôtô", "borrowed"],
  ["Krông", "a place"],
])("leaves %s alone: %s", (word) => {
  expect(finishWord(word)).toBe(word);
});

it("corrects a capitalised word only in a heading, or where a sentence begins with a common one", () => {
  expect(finished("QUYÉT ĐỊNH:", "QUÓC HỘI")).toEqual(["QUYẾT ĐỊNH:", "QUỐC HỘI"]);
  expect(finished("đã xong. Tiêp tục làm", "- Kêt quả là")).toEqual([
    "đã xong. Tiếp tục làm",
    "- Kết quả là",
  ]);
  expect(finished("ông Nguyễn Văn Quyêt sinh", "1. Siu Hơp", "2. Rmah Chât", "KPĂ TÔT")).toEqual([
    "ông Nguyễn Văn Quyêt sinh",
    "1. Siu Hơp",
    "2. Rmah Chât",
    "KPĂ TÔT",
  ]);
});

it("keeps what the engine gave beside a changed word, and nothing beside others", () => {
  const [first, second] = finishLines([line("thủ tục xuât khẩu"), line("Nghị định")]);
  expect(first?.words.map(({ text, raw }) => [text, raw])).toEqual([
    ["thủ", undefined],
    ["tục", undefined],
    ["xuất", "xuât"],
    ["khẩu", undefined],
  ]);
  expect(first?.words.slice(0, 2).every((word) => !("raw" in word))).toBe(true);
  expect(second?.words).toHaveLength(2);
});

it("gives lines without a change back as they are, and finishes twice to the same", () => {
  const lines = [line("Nghị định này"), line("xuât khẩu \u00d0ất thúê")];
  const once = finishLines(lines);
  expect(once[0]).toBe(lines[0]);
  expect(finishLines(once)).toEqual(once);
  expect(once[1]?.words[2]).toEqual({ text: "Đất", raw: "\u00d0ất", box, confidence: 0.9 });
});

it("keeps the letters of a word read with certainty, but not its code points", () => {
  expect(finishLines([line("xuât \u00d0ất", 0.99)])[0]?.words.map(({ text }) => text)).toEqual([
    "xuât",
    "Đất",
  ]);
});
