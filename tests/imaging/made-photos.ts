import type { Point } from "../../src/domain/page-change.ts";
import type { Page } from "./made-pages.ts";

type Corners = readonly [Point, Point, Point, Point];

/**
 * A phone's picture of a page: the page drawn between four corners on dark, grained ground, under light that falls off
 * to one side. Solved by elimination, so that it shares nothing with the code that undoes it.
 */
export function photographed(
  page: Page,
  corners: Corners,
  size: { readonly width: number; readonly height: number },
  light: (x: number, y: number) => readonly [number, number, number],
): Page {
  const { width, height } = size;
  const map = solved(corners, page);
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const w = map(2, x + 0.5, y + 0.5);
      const [u, v] = [map(0, x + 0.5, y + 0.5) / w, map(1, x + 0.5, y + 0.5) / w];
      const gains = light(x / width, y / height);
      const grain = 58 + ((x * 7919 + y * 104729) % 23);
      for (let c = 0; c < 3; c++) {
        const inside = u >= 0 && v >= 0 && u < page.width && v < page.height;
        const value = inside ? sample(page, u, v, c) : grain;
        data[(y * width + x) * 3 + c] = Math.max(0, Math.min(255, Math.round(value * (gains[c] ?? 1))));
      }
    }
  return { data, width, height };
}

/** Rows of the matrix that takes picture points to sheet points (times w). */
function solved(corners: Corners, { width, height }: Page): (row: number, x: number, y: number) => number {
  const targets = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ] as const;
  const equations = corners.flatMap(({ x, y }, i) => {
    const [u, v] = targets[i] ?? [0, 0];
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ];
  });
  const h = [...eliminated(equations), 1];
  return (row, x, y) => (h[row * 3] ?? 0) * x + (h[row * 3 + 1] ?? 0) * y + (h[row * 3 + 2] ?? 0);
}

/** Solution of n equations with n unknowns, by Gauss and Jordan with pivots. */
function eliminated(rows: number[][]): number[] {
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    const rest = rows.slice(column).map((row) => Math.abs(row[column] ?? 0));
    const pivot = column + rest.indexOf(Math.max(...rest));
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    const head = rows[column] ?? [];
    const by = head[column] ?? 1;
    for (let k = column; k <= n; k++) head[k] = (head[k] ?? 0) / by;
    rows.forEach((row, i) => {
      if (i === column) return;
      const times = row[column] ?? 0;
      for (let k = column; k <= n; k++) row[k] = (row[k] ?? 0) - times * (head[k] ?? 0);
    });
  }
  return rows.map((row) => row[n] ?? 0);
}

function sample({ data, width, height }: Page, u: number, v: number, channel: number): number {
  const [x, y] = [Math.max(0, u - 0.5), Math.max(0, v - 0.5)];
  const [left, top] = [Math.min(width - 2, Math.floor(x)), Math.min(height - 2, Math.floor(y))];
  const [right, down] = [Math.min(1, x - left), Math.min(1, y - top)];
  const at = (top * width + left) * 3 + channel;
  const upper = (data[at] ?? 0) * (1 - right) + (data[at + 3] ?? 0) * right;
  const lower = (data[at + width * 3] ?? 0) * (1 - right) + (data[at + width * 3 + 3] ?? 0) * right;
  return upper * (1 - down) + lower * down;
}
