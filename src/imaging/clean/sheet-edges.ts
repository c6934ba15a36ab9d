import type { Point, SheetEdge } from "../../domain/page-change.ts";
import type { Box } from "../../domain/reading.ts";
import type { Corners } from "./homography.ts";
import type { Size } from "./rotate.ts";

/** The edges in other pixels, to a tenth. */
export function scaledEdges(edges: readonly SheetEdge[], by: number): readonly SheetEdge[] {
  const scaled = (value: number): number => Math.round(value * by * 10) / 10;
  return edges.map(({ side, line }) => ({
    side,
    line: line.map(({ x, y }) => ({ x: scaled(x), y: scaled(y) })),
  }));
}

/** Four corners in other pixels, to a hundredth. */
export function scaledCorners([a, b, c, d]: Corners, by: number): Corners {
  const scaled = ({ x, y }: Point): Point => ({
    x: Math.round(x * by * 100) / 100,
    y: Math.round(y * by * 100) / 100,
  });
  return [scaled(a), scaled(b), scaled(c), scaled(d)];
}

/** The smallest upright box that holds all of the sheet. */
export function boxOfSheet(edges: readonly SheetEdge[], { width, height }: Size): Box {
  const box = { x0: 0, y0: 0, x1: width, y1: height };
  for (const { side, line } of edges) {
    const [xs, ys] = [line.map(({ x }) => x), line.map(({ y }) => y)];
    if (side === "left") box.x0 = Math.floor(Math.min(...xs));
    if (side === "right") box.x1 = Math.ceil(Math.max(...xs));
    if (side === "top") box.y0 = Math.floor(Math.min(...ys));
    if (side === "bottom") box.y1 = Math.ceil(Math.max(...ys));
  }
  return box;
}

/** The box in other pixels, grown to whole ones. */
export function scaledBox({ x0, y0, x1, y1 }: Box, by: number): Box {
  return {
    x0: Math.floor(x0 * by),
    y0: Math.floor(y0 * by),
    x1: Math.ceil(x1 * by),
    y1: Math.ceil(y1 * by),
  };
}
