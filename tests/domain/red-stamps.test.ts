import { expect, it } from "vitest";
import { redStamps } from "../../src/domain/red-stamps.ts";

const DPI = 254;
const [WIDTH, HEIGHT] = [1000, 1200];

/** Ten pixels a millimetre: rectangles and rings of ink, in millimetres. */
function view(draw: (mark: (x: number, y: number) => void) => void) {
  const samples = Buffer.alloc(WIDTH * HEIGHT, 255);
  draw((x, y) => {
    samples[Math.round(y * 10) * WIDTH + Math.round(x * 10)] = 0;
  });
  return {
    pgm: Buffer.concat([Buffer.from(`P5\n${WIDTH} ${HEIGHT}\n255\n`), samples]),
    width: WIDTH,
    height: HEIGHT,
    dpi: DPI,
  };
}

function frame(
  mark: (x: number, y: number) => void,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  for (let at = 0; at < width; at += 0.1) for (const side of [y, y + height]) mark(x + at, side);
  for (let at = 0; at < height; at += 0.1) for (const side of [x, x + width]) mark(side, y + at);
}

function ring(mark: (x: number, y: number) => void, x: number, y: number, radius: number): void {
  for (let angle = 0; angle < 2 * Math.PI; angle += 0.003)
    mark(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
}

it("finds a framed stamp and letters that stand near each other, as one place each, the larger first", () => {
  const places = redStamps(
    view((mark) => {
      frame(mark, 20, 20, 40, 12);
      for (const x of [10, 14, 18]) frame(mark, x, 80, 2.5, 4);
    }),
  );
  expect(places.map(({ x0, y0, x1, y1 }) => [x0, y0, x1, y1].map((at) => Math.round(at / 10)))).toEqual([
    [18, 18, 63, 35],
    [8, 78, 23, 87],
  ]);
});

it("passes over round seals, specks and what is larger than any stamp", () => {
  const places = redStamps(
    view((mark) => {
      ring(mark, 50, 30, 18);
      frame(mark, 5, 60, 2, 2);
    }),
  );
  expect(places).toEqual([]);
  expect(redStamps(view((mark) => frame(mark, 2, 2, 95, 110)))).toEqual([]);
});
