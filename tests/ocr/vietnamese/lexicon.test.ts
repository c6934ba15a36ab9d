import { expect, it } from "vitest";
import { plausibility, wordPlausibility } from "../../../src/ocr/vietnamese/lexicon.ts";

const line = (text: string) => text.split(" ").map((word) => ({ text: word }));

it.each([
  ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "CỌNG HỎA XÂ HÔÌ CHÙ NGHĨÄ VlỆT NÄM"],
  [
    "Số: 574/UBND-KTTH Quảng Ngãi, ngày 04 tháng 02 năm 2025",
    "Số: $4/UBND-KTTH Quảng Ngăĩ, ngàỵ ố†Ï tháne 02 năm",
  ],
  ["Căn cứ Nghị định số 118/2025/NĐ-CP của Chính phủ", "Cãn cứ Nghì đinh sỏ l18/2O25/NÐ-CP cùa Chính phù"],
  ["Trung tâm Phục vụ hành chính công", "lrung tầm rhục vụ hành chính cônq"],
  ["không có tranh chấp với các hộ liền kề", "không eó tranh ehấp vơi các hồ liên kê"],
])("prefers %s to %s", (right, wrong) => {
  expect(plausibility(line(right))).toBeGreaterThan(plausibility(line(wrong)) + 0.02);
});

it.each([
  "H57.132-260804-0583",
  "574/UBND-KTTH",
  "12/2023/NĐ-CP",
  "1906/SGDĐT-CTrTT",
  "QĐ-TTg",
  "26/7/2020",
  "1.200.000",
  "10:21:11",
  "ttcbth@quangngai.gov.vn",
  "www.chinhphu.vn",
  "UBND",
  "HĐND",
  "(TTHC),",
  "15ha",
])("takes %s for a sure word", (word) => {
  expect(wordPlausibility(word)).toBe(1);
});

it.each(["internet", "Campuchia", "Microsoft", "Krông"])("has no opinion on %s", (word) => {
  expect(wordPlausibility(word)).toBe(0.5);
});

it.each(["‡|~", "aNh", "†Ï", "lhực", "rn", "|||||", "Ị[i¬", "ÿ}", "nưữ"])("takes %s for garbage", (word) => {
  expect(wordPlausibility(word)).toBeLessThanOrEqual(0.25);
});

it("gives a reading without words nothing, and does not count marks that stand alone", () => {
  expect(plausibility([])).toBe(0);
  expect(plausibility(line("- –"))).toBe(0);
  expect(plausibility(line("- nhân dân ..."))).toBe(1);
});

it.each([
  ["công tác cổ phần hóa", "công tác cô phần hóa"],
  ["chịu trách nhiệm thi hành", "chịu trách nhiệm thị hành"],
  ["tỉnh để thực hiện", "tỉnh đê thực hiện"],
  ["dịch COVID-19", "dịch COVID-I9"],
  ["a) Thời hạn", "4) Thơi hạn"],
  ["V/v triển khai", "Ví triên khai"],
  ["UBND tỉnh", "|UBND¬ tỉnh"],
])("prefers %s to %s, which are words both", (right, wrong) => {
  expect(plausibility(line(right))).toBeGreaterThan(plausibility(line(wrong)));
});

it("does not let a stop or a bracket that one reading has weigh against the other", () => {
  expect(plausibility(line("các quận, huyện"))).toBe(plausibility(line("các quận huyện")));
});

it("stays between 0 and 1 whatever the words", () => {
  for (const text of [
    "nhân dân nhân dân",
    "‡ | ~",
    "a",
    "Ð\u0301",
    "đ".repeat(400),
    "()",
    "1.200.000 đồng",
  ]) {
    expect(plausibility(line(text))).toBeGreaterThanOrEqual(0);
    expect(plausibility(line(text))).toBeLessThanOrEqual(1 + 1e-9);
  }
});
