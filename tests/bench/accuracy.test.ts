import { expect, it } from "vitest";

interface Aligned {
  readonly right: boolean[];
  readonly errors: number[];
  readonly extra: number;
  readonly characters: number;
}

interface Page {
  readonly bytes: Buffer;
  readonly file: string;
  readonly lines: string[];
  readonly stamped: [line: number, word: number][];
}

// The bench is plain JavaScript without types; what is judged here is what its figures rest on.
const load = (path: string): Promise<unknown> => import(new URL(path, import.meta.url).href);
const { alignWords, characterErrorRate } = (await load("./alignment.mjs")) as {
  alignWords: (truth: string[], read: string[]) => Aligned;
  characterErrorRate: (aligned: Aligned) => number;
};

const words = (text: string): string[] => text.split(" ");
const head = words(
  "ỦY BAN NHÂN DÂN XÃ THÍ ĐIỂM Số: 81/UBND CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do",
);

it("finds nothing wrong with a two-column head read row by row", () => {
  const rows = words(
    "ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM XÃ THÍ ĐIỂM Độc lập - Tự do Số: 81/UBND",
  );
  expect(characterErrorRate(alignWords(head, rows))).toBe(0);
});

it("counts wrong, missing and added characters where they stand", () => {
  const truth = words("Căn cứ Luật Tổ chức chính quyền địa phương ngày 19");
  const read = words("Căn cứ Luat Tổ chức chínhquyền địa phương | 19");
  const { errors, right, extra, characters } = alignWords(truth, read);
  expect(errors).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 0, 4, 0]);
  expect(read.filter((_, index) => !right[index])).toEqual(["Luat", "chínhquyền", "|"]);
  expect(extra).toBe(0);
  expect(characters).toBe(truth.join(" ").length + 1);
});

it("counts what was read out of nothing, and what was not read at all", () => {
  const truth = words("Điều 1. Phê duyệt danh sách");
  expect(characterErrorRate(alignWords(truth, words("Điều 1. Phê duyệt danh sách ~~ Xi")))).toBeCloseTo(
    6 / 28,
  );
  expect(characterErrorRate(alignWords(truth, []))).toBe(1);
});

it("finds a line with a mistake that stands somewhere else", () => {
  const truth = words("một hai ba bốn năm sáu Nơi nhận: Như trên bảy tám chín mười");
  const read = words("một hai ba bốn năm sáu bảy tám chín mười Nơi nhậm: Nhu trên");
  const { errors, extra } = alignWords(truth, read);
  expect(errors.reduce((sum, count) => sum + count, 0) + extra).toBe(2);
});

it("makes the same degraded page each time, with the words that lie under its stamps", async () => {
  const { degradedPage } = (await load("../../fixtures/make/degraded.mjs")) as {
    degradedPage: (index: number) => Promise<Page>;
  };
  const [page, again] = [await degradedPage(12), await degradedPage(12)];
  expect(page.bytes.equals(again.bytes)).toBe(true);
  const stamped = page.stamped.map(([line, word]) => page.lines[line]?.split(" ")[word]);
  expect(stamped).toContain("kiến");
  expect(stamped.length).toBeGreaterThan(15);
  expect(stamped.length).toBeLessThan(50);
});
