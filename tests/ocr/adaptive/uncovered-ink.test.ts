import { expect, it } from "vitest";
import type { Line } from "../../../src/domain/reading.ts";
import { samplesOf } from "../../../src/ocr/adaptive/samples.ts";
import { uncoveredInk } from "../../../src/ocr/adaptive/uncovered-ink.ts";
import { blankPage, lineAt, numbers } from "./drawn-ink.ts";

const [WIDTH, HEIGHT] = [1200, 900];
/** Three lines that were read, at the top of the page. */
function written() {
  const drawing = blankPage(WIDTH, HEIGHT);
  const lines = [60, 110, 160].map((y) => lineAt(drawing.text(80, y, 50)));
  const find = (read: readonly Line[] = lines) => {
    const page = drawing.page();
    return uncoveredInk(page, read, samplesOf(page));
  };
  return { ...drawing, lines, find };
}

it("finds the line that no word covers, and nothing where all were read", () => {
  const { text, lines, find } = written();
  expect(find()).toEqual([]);
  const lost = text(300, 400, 20);
  const [place, ...others] = find();
  expect(others).toEqual([]);
  expect(place?.x0).toBeLessThan(lost.x0);
  expect(place?.y0).toBeLessThan(lost.y0);
  expect(place?.x1).toBeGreaterThan(lost.x1);
  expect(place?.y1).toBeGreaterThan(lost.y1);
  expect(((place?.x1 ?? 0) - (place?.x0 ?? 0)) * ((place?.y1 ?? 0) - (place?.y0 ?? 0))).toBeLessThan(
    450 * 56,
  );
  expect(find([...lines, lineAt(lost)])).toEqual([]);
});

it("gives lines of one column as one place, and columns as two", () => {
  const { text, find } = written();
  for (const y of [400, 440, 480]) text(80, y, 15);
  expect(find().length).toBe(1);
  for (const y of [400, 440]) text(700, y, 18);
  expect(find().length).toBe(2);
});

it("finds lines so close that their letters touch", () => {
  const { text, bar, find } = written();
  for (const y of [400, 430, 460]) text(300, y, 20);
  for (const x of [340, 400, 520]) bar(x, 400, 3, 80);
  expect(find().length).toBe(1);
});

it("finds text on a page without any word, in places of no more than a twentieth of the page", () => {
  const { find } = written();
  expect(find([]).length).toBe(3);
});

it("takes what sticks out of read words for no text", () => {
  const { bar, lines, find } = written();
  for (const { box } of lines)
    for (let x = box.x0; x < box.x1; x += 40) {
      bar(x, box.y0 - 7, 8, 5);
      bar(x + 10, box.y1, 3, 7);
    }
  expect(find()).toEqual([]);
});

it.each<[string, (page: ReturnType<typeof written>) => void]>([
  [
    "rules and frames",
    ({ bar }) => {
      for (let y = 300; y <= 800; y += 50) bar(80, y, 1000, 3);
      for (let x = 80; x <= 1080; x += 100) bar(x, 300, 3, 500);
    },
  ],
  [
    "lines of dots",
    ({ bar }) => {
      for (let y = 300; y < 800; y += 50) for (let x = 80; x < 1000; x += 9) bar(x, y, 3, 3);
    },
  ],
  ["a black bar", ({ bar }) => bar(200, 400, 600, 25)],
  ["a short black bar", ({ bar }) => bar(200, 400, 90, 25)],
  ["the dark edge of a page", ({ bar }) => bar(WIDTH - 40, 200, 40, 700)],
  [
    "a seal's rings",
    ({ curve }) => {
      for (const radius of [140, 95])
        curve(4000, 4, (t) => [
          600 + radius * Math.cos(t * 2 * Math.PI),
          600 + radius * Math.sin(t * 2 * Math.PI),
        ]);
    },
  ],
  [
    "a signature",
    ({ curve }) =>
      curve(9000, 4, (t) => [
        500 + 300 * t + 50 * Math.sin(t * 25),
        600 + 80 * Math.cos(t * 31) * Math.sin(t * 7),
      ]),
  ],
  [
    "a halftone",
    ({ bar }) => {
      for (let y = 300; y < 700; y += 6) for (let x = 300; x < 900; x += 6) bar(x, y, 4, 4);
    },
  ],
  [
    "a photo",
    ({ dot }) => {
      const next = numbers();
      for (let y = 300; y < 700; y++)
        for (let x = 300; x < 900; x++)
          if (next() < 0.4 + 0.4 * Math.sin(x / 40) * Math.cos(y / 55)) dot(x, y);
    },
  ],
  [
    "specks",
    ({ bar }) => {
      const next = numbers();
      for (let speck = 0; speck < 600; speck++)
        bar(Math.floor(next() * WIDTH), 250 + Math.floor(next() * 600), 3, 3);
    },
  ],
])("does not take %s for text", (_, draw) => {
  const page = written();
  draw(page);
  expect(page.find()).toEqual([]);
});
