import type { Rectangle } from "../../pdf-syntax/page-tree.ts";

/** PDF transformation matrix: x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Matrix = readonly [number, number, number, number, number, number];

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** First `m`, then `after`. */
export function multiply(m: Matrix, after: Matrix): Matrix {
  return [
    m[0] * after[0] + m[1] * after[2],
    m[0] * after[1] + m[1] * after[3],
    m[2] * after[0] + m[3] * after[2],
    m[2] * after[1] + m[3] * after[3],
    m[4] * after[0] + m[5] * after[2] + after[4],
    m[4] * after[1] + m[5] * after[3] + after[5],
  ];
}

/** Bounding box of the unit square, where images are drawn. */
export function unitBox(m: Matrix): Rectangle {
  const xs = [m[4], m[4] + m[0], m[4] + m[2], m[4] + m[0] + m[2]];
  const ys = [m[5], m[5] + m[1], m[5] + m[3], m[5] + m[1] + m[3]];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Degrees clockwise the image is drawn turned; undefined when it is flipped or slanted. */
export function turnOf(m: Matrix): 0 | 90 | 180 | 270 | undefined {
  const [a, b, c, d] = m;
  const size = Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d));
  const small = (value: number): boolean => Math.abs(value) < size * 0.002;
  if (small(b) && small(c)) {
    if (a > 0 && d > 0) return 0;
    return a < 0 && d < 0 ? 180 : undefined;
  }
  if (!small(a) || !small(d)) return undefined;
  if (b < 0 && c > 0) return 90;
  return b > 0 && c < 0 ? 270 : undefined;
}
