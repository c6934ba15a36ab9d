import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import sharp from "sharp";
import type { OcrEngine, PreparedPage } from "../../../src/domain/page-ports.ts";
import type { Line } from "../../../src/domain/reading.ts";
import { createRecognizer } from "../../../src/ocr/recognizer.ts";
import { createTesseractJs } from "../../../src/ocr/tesseractjs.ts";
import { PARAGRAPH, type Page, rawPage } from "../../imaging/made-pages.ts";
import { testImaging } from "../../support/imaging.ts";

const fonts = dirname(createRequire(import.meta.url).resolve("@expo-google-fonts/tinos/package.json"));
const FONT = join(fonts, "400Regular/Tinos_400Regular.ttf");
const [WIDTH, HEIGHT] = [1654, 2339];
const never = new AbortController().signal;
const imaging = testImaging();
const embedded = createTesseractJs({ jobs: 1, languages: ["vie"], tessdata: null, pageTimeoutMs: 120_000 });
let looks: PreparedPage[] = [];
const counted: OcrEngine = {
  ...embedded,
  read: (view, signal, segmentation) => {
    looks.push(view);
    return embedded.read(view, signal, segmentation);
  },
};
const recognizer = createRecognizer(counted);

afterAll(() => embedded.close());

const LEFT = ["ỦY BAN NHÂN DÂN PHƯỜNG", "Số: 27/BC-UBND"];
const RIGHT = PARAGRAPH.slice(0, 2);
const BODY = PARAGRAPH.slice(2);

/** A4 at 200 dpi with a head of two columns, a body and, in red over the body, the rings of a seal. */
async function official(): Promise<Page> {
  const draw = (text: string, left: number, top: number) =>
    sharp({ text: { text, fontfile: FONT, font: "Tinos 12", dpi: 200, rgba: true } })
      .png()
      .toBuffer()
      .then((input) => ({ input, left, top }));
  const seal = `<svg xmlns="http://www.w3.org/2000/svg" width="420" height="420"><g fill="none" stroke="#d02030"
    stroke-width="7"><circle cx="210" cy="210" r="200"/><circle cx="210" cy="210" r="140"/></g></svg>`;
  const drawn = await Promise.all([
    ...LEFT.map((text, at) => draw(text, 160, 160 + at * 60)),
    ...RIGHT.map((text, at) => draw(text, 880, 160 + at * 60)),
    ...BODY.map((text, at) => draw(text, 160, 480 + at * 66)),
  ]);
  const white = { width: WIDTH, height: HEIGHT, channels: 3, background: "#fff" } as const;
  const data = await sharp({ create: white })
    .composite([...drawn, { input: Buffer.from(seal), left: 300, top: 420 }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { data, width: WIDTH, height: HEIGHT };
}

async function firstPass(): Promise<{ prepared: PreparedPage; first: readonly Line[] }> {
  const { prepared } = await imaging.normalize(rawPage(await official()));
  if (prepared === undefined) throw new Error("not prepared");
  const read = await recognizer.read(prepared, never);
  const head = read.filter(({ box }) => box.y1 < 300);
  const [left, right] = [head.map((line) => part(line, 0)), head.map((line) => part(line, WIDTH / 2))];
  return { prepared, first: [...left, ...right, ...read.slice(head.length)] };
}

/** The half of a line from a column on: the engine reads the two columns of a small head as one. */
function part({ words }: Line, from: number): Line {
  const own = words.filter(({ box }) => box.x0 >= from && box.x0 < from + WIDTH / 2);
  const [start, end] = [own[0]?.box, own.at(-1)?.box];
  if (start === undefined || end === undefined) throw new Error("no words");
  return { words: own, box: { x0: start.x0, y0: start.y0, x1: end.x1, y1: end.y1 } };
}
const read = firstPass();

const textOf = ({ words }: Line): string => words.map(({ text }) => text).join(" ");
/** The rings of the seal spoil some words of the body, whether its lines were lost or not. */
function expectAll(lines: readonly Line[]): void {
  const wanted = [...LEFT, ...RIGHT, ...BODY];
  expect(lines.length).toBe(wanted.length);
  expect(lines.slice(0, 4).map(textOf)).toEqual(wanted.slice(0, 4));
  const [words, seen] = [wanted, lines.map(textOf)].map((texts) => texts.map((text) => text.split(" ")));
  const wrong = words?.flatMap((line, at) => line.filter((word) => seen?.[at]?.includes(word) !== true));
  expect(wrong?.length).toBeLessThanOrEqual(6);
}

const share = ({ width, height }: PreparedPage): number => (width * height) / (WIDTH * HEIGHT);

const ways: [string, (line: Line) => boolean][] = [
  ["the right column of its head", ({ box }) => box.y1 < 300 && box.x0 > WIDTH / 2],
  ["the left column of its head", ({ box }) => box.y1 < 300 && box.x1 < WIDTH / 2],
  ["the lines under a seal", ({ box }) => box.y0 > 520 && box.y1 < 660],
];

it.each(ways)("a page whose first pass lacks %s has it back, at its place", async (_, isLost) => {
  const { prepared, first } = await read;
  const kept = first.filter((line) => !isLost(line));
  expect(kept.length).toBe(first.length - 2);
  looks = [];
  const lines = await recognizer.refine({ prepared }, kept, never);
  expectAll(lines);
  expect(lines.filter(({ look }) => look === "uncovered ink").length).toBe(2);
  expect(looks.length).toBeLessThanOrEqual(3);
  expect(looks.reduce((sum, view) => sum + share(view), 0)).toBeLessThan(0.09);
});

it("a page that was read whole is not searched any further", async () => {
  const { prepared, first } = await read;
  looks = [];
  const lines = await recognizer.refine({ prepared }, first, never);
  expectAll(lines);
  expect(lines.filter(({ look }) => look === "uncovered ink")).toEqual([]);
  expect(looks.reduce((sum, view) => sum + share(view), 0)).toBeLessThan(0.04);
});
