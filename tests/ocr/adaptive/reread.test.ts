import { expect, it } from "vitest";
import type { PreparedPage } from "../../../src/domain/page-ports.ts";
import type { Box, Line, Word } from "../../../src/domain/reading.ts";
import { rereadWeak } from "../../../src/ocr/adaptive/reread.ts";

const [WIDTH, HEIGHT] = [1600, 1000];
const isWeak = ({ confidence }: Word): boolean => confidence < 0.5;

/** All black, so that what is painted over shows. */
const PAGE: PreparedPage = {
  pgm: Buffer.concat([Buffer.from(`P5\n${WIDTH} ${HEIGHT}\n255\n`), Buffer.alloc(WIDTH * HEIGHT, 10)]),
  width: WIDTH,
  height: HEIGHT,
  dpi: 200,
  scale: 1,
  skewDegrees: 0,
};

function line(text: string, x: number, y: number, confidence = 0.95): Line {
  const words = text.split(" ").map((part, index) => {
    const box = { x0: x + index * 100, y0: y, x1: x + index * 100 + 90, y1: y + 30 };
    return { text: part, box, confidence };
  });
  return { words, box: { x0: x, y0: y, x1: x + words.length * 100 - 10, y1: y + 30 } };
}

/** An engine that reads the given lines (in pixels of the page) in whatever part of the page it is shown. */
function reading(...lines: readonly Line[]) {
  const views: PreparedPage[] = [];
  const look = (origin: { x: number; y: number }) => async (view: PreparedPage) => {
    views.push(view);
    const shift = (box: Box): Box => ({
      x0: box.x0 - origin.x,
      y0: box.y0 - origin.y,
      x1: box.x1 - origin.x,
      y1: box.y1 - origin.y,
    });
    return lines.map(({ box, words }) => ({
      box: shift(box),
      words: words.map((word) => ({ ...word, box: shift(word.box) })),
    }));
  };
  return { look, views };
}

const textOf = (lines: readonly Line[]) => lines.map(({ words }) => words.map(({ text }) => text).join(" "));

/** Margin around a place: a quarter of the usual height of 30. */
const M = 7.5;
const originOf = ({ box }: Line) => ({ x: Math.floor(box.x0 - M), y: Math.floor(box.y0 - M) });

it("reads the place of garbage again and puts what stands there in its column", async () => {
  const garbage = line("`... ^* Am", 900, 200, 0.1);
  const page = [line("Nơi nhận:", 100, 160), line("KT. CHỦ TỊCH", 900, 160), garbage, line("Lưu:", 100, 260)];
  const { look, views } = reading(line("PHÓ CHỦ TỊCH", 900, 202));
  const read = await rereadWeak(PAGE, page, isWeak, look(originOf(garbage)));
  expect(textOf(read)).toEqual(["Nơi nhận:", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Lưu:"]);
  expect(read[2]?.look).toBe("weak place");
  expect(views.map(({ width, height }) => [width, height])).toEqual([[306, 46]]);
});

it("puts a better word between its neighbours on the line", async () => {
  const page = [line("hồ sơ", 100, 100), line("gồm có một", 100, 200)].map((given, index) =>
    index === 0 ? given : { ...given, words: given.words.with(1, { ...weakWord, text: "c6~" }) },
  );
  const { look } = reading(line("cũng", 200, 200));
  const read = await rereadWeak(PAGE, page, isWeak, look({ x: 192, y: 192 }));
  expect(textOf(read)).toEqual(["hồ sơ", "gồm cũng một"]);
});
const weakWord: Word = { text: "", box: { x0: 200, y0: 200, x1: 290, y1: 230 }, confidence: 0.1 };

it("paints the good words over before it looks", async () => {
  const garbage = line("%%% ~~~", 300, 200, 0.1);
  const good = line("Bình", 400, 205);
  const { look, views } = reading();
  await rereadWeak(PAGE, [garbage, good], isWeak, look(originOf(garbage)));
  const [view] = views;
  const paper = [...(view?.pgm ?? [])]
    .slice(-(view?.width ?? 0) * (view?.height ?? 0))
    .filter((v) => v > 100);
  expect(paper.length).toBe(90 * 30);
});

it.each([
  ["nothing", []],
  ["garbage", [line("¡n _@", 300, 200)]],
  ["what the page has already", [line("Bình", 500, 200)]],
])("keeps the first reading where the second look finds %s", async (_, seen) => {
  const page = [line("lẫn", 300, 200, 0.3), line("Bình", 500, 200)];
  const { look } = reading(...seen);
  expect(await rereadWeak(PAGE, page, isWeak, look({ x: 292, y: 192 }))).toEqual(page);
});

it("does not look twice at a page that reads well, nor at rules, specks and whole drawings", async () => {
  const { look, views } = reading();
  const good = [line("Căn cứ Luật", 100, 100), line("Điều 1.", 100, 200)];
  const rule = { text: "—", box: { x0: 100, y0: 300, x1: 900, y1: 304 }, confidence: 0.1 };
  const speck = { text: ".", box: { x0: 50, y0: 400, x1: 60, y1: 410 }, confidence: 0.1 };
  const drawing = { text: "N", box: { x0: 100, y0: 500, x1: 900, y1: 900 }, confidence: 0.1 };
  const strange = [rule, speck, drawing].map((word) => ({ words: [word], box: word.box }));
  await rereadWeak(PAGE, [...good, ...strange], isWeak, look({ x: 0, y: 0 }));
  expect(views).toEqual([]);
});

it("looks at no more than five places and a sixteenth of a page", async () => {
  const page = Array.from({ length: 12 }, (_, index) => line("%%% ~~~", 100, 50 + index * 80, 0.1));
  const { look, views } = reading();
  await rereadWeak(PAGE, page, isWeak, look({ x: 0, y: 0 }));
  expect(views.length).toBe(5);
  expect(views.reduce((sum, { width, height }) => sum + width * height, 0)).toBeLessThan(
    (WIDTH * HEIGHT) / 16,
  );
});

it("keeps what was half read beside the place that is read better", async () => {
  const [number, letters] = [line("1⁄2024/QH15,", 300, 200, 0.1), line("%%% ~~~", 430, 200, 0.1)];
  const { look } = reading(line("Luật Nhà", 430, 200));
  const read = await rereadWeak(PAGE, [number, letters], isWeak, look(originOf(number)));
  expect(textOf(read).join(" ")).toBe("1⁄2024/QH15, Luật Nhà");
});

it("takes marks for what they are, however sure the engine was of them", async () => {
  const mark: Line = {
    box: { x0: 340, y0: 198, x1: 350, y1: 205 },
    words: [{ text: "4", box: { x0: 340, y0: 198, x1: 350, y1: 205 }, confidence: 0.97 }],
  };
  const page = [mark, line("— .", 300, 200, 0.1)];
  const { look } = reading(line("PHÓ CHỦ", 300, 200));
  expect(textOf(await rereadWeak(PAGE, page, isWeak, look({ x: 292, y: 192 })))).toEqual(["PHÓ CHỦ"]);
});
