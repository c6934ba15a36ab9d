import type { Point, SheetEdge } from "../../domain/page-change.ts";
import { viewOf, type SideView } from "./borders.ts";
import { channelsOf, greyOf, percentile, type Pixels } from "./pixels.ts";
import { heightAt } from "./polyline.ts";

/** Pixels darker than this share of the paper are the border's blurred rim or ink. */
const LIGHT = 0.85;
/** Ink is darker than this share of it; the blurred side of a border is not. */
const DARK = 0.5;
/**
 * How far a ragged dark rim may reach, as a share of the page's longer side: 0.3 mm of A4; a grey one twice as far. Ink
 * that touches the border is longer.
 */
const RIM = 0.001;

/** Paints the page's own samples white between its sides and the sheet's edges (in pixels ÷ `scale`). */
export function paintBorders(page: Pixels, edges: readonly SheetEdge[], scale: number): void {
  const grey = greyOf(page);
  const paper = percentile(grey, 0.7);
  const reach = Math.max(2, Math.round(Math.max(page.width, page.height) * RIM));
  for (const edge of edges) {
    const view = viewOf(grey, edge.side);
    const line = edge.line.map((point) => seenFrom(view, point, scale));
    for (let along = 0; along < view.length; along++) {
      const depth = Math.round(heightAt(line, along + 0.5));
      if (depth > 0) paintRun(page, view, along, depth + rimOf(view, along, depth, { paper, reach }));
    }
  }
}

interface Rim {
  readonly paper: number;
  readonly reach: number;
}

/** Pixels of the rim behind the border; 0 when what is there goes on: it is ink. */
function rimOf(view: SideView, along: number, depth: number, { paper, reach }: Rim): number {
  let at = view.start + along * view.alongStep + depth * view.depthStep;
  for (let rim = 0; rim <= 2 * reach; rim++, at += view.depthStep) {
    const value = view.data[at] ?? 255;
    // The first bright pixel is still a little greyer than the paper.
    if (value >= paper * LIGHT) return rim + 1;
    if (value < paper * DARK && rim >= reach) return 0;
  }
  return 0;
}

function paintRun(page: Pixels, view: SideView, along: number, depth: number): void {
  const channels = channelsOf(page);
  let at = view.start + along * view.alongStep;
  for (let i = 0; i < Math.min(depth, view.across); i++, at += view.depthStep)
    page.data.fill(255, at * channels, (at + 1) * channels);
}

/** x along the side, y how deep, in pixels of the view. */
function seenFrom({ side, size }: SideView, { x, y }: Point, scale: number): Point {
  switch (side) {
    case "left":
      return { x: y * scale, y: x * scale };
    case "right":
      return { x: y * scale, y: size.width - x * scale };
    case "top":
      return { x: x * scale, y: y * scale };
    case "bottom":
      return { x: x * scale, y: size.height - y * scale };
  }
}
