import type { Rect } from "./shown-page.ts";

/** A box and where it belongs; points. */
export interface WantedPlace {
  readonly width: number;
  readonly height: number;
  readonly corner: "left" | "right";
  /** Distances from the side and from the top edge. */
  readonly side: number;
  readonly top: number;
}

export interface FoundPlace {
  readonly rect: Rect;
  readonly scale: number;
  /** Whether it touches nothing. */
  readonly clear: boolean;
}

/** Smaller than 60 % nobody reads the names; only paper that is too small for the box goes below that. */
const SCALES = [1, 0.9, 0.8, 0.7, 0.6] as const;
/** Share of the page's height, from the top, where a signature begins; below it is text. */
const HEADER = 0.4;
/** Smallest distance from the far edges. */
const EDGE = 1;

/**
 * The nearest free place to the wanted corner: along the top edge, then row by row below it, then the same with a
 * smaller box, then anywhere; where nothing is free, the place that covers least.
 * @param obstacles what must not be touched, with the air round it.
 */
export function findPlace(
  wanted: WantedPlace,
  page: { readonly width: number; readonly height: number },
  obstacles: readonly Rect[],
): FoundPlace {
  if (wanted.corner === "right") return mirrored(findPlace(...mirror(wanted, page, obstacles)), page.width);
  const most = Math.min(
    1,
    (page.width - 2 * EDGE) / (wanted.width + wanted.side),
    (page.height - EDGE) / (wanted.height + wanted.top),
  );
  const tries = SCALES.map((scale) => candidates(wanted, page, obstacles, scale * most));
  for (const low of [page.height * (1 - HEADER), 0]) {
    for (const places of tries) {
      const free = places.find(({ rect }) => rect[3] >= low && covered(rect, obstacles) === 0);
      if (free !== undefined) return { ...free, clear: true };
    }
  }
  return { ...leastBad(tries.flat(), obstacles), clear: false };
}

interface Candidate {
  readonly rect: Rect;
  readonly scale: number;
}

/** Rows from the top, in each from the side: if the box fits anywhere, it fits against an obstacle or the margin. */
function candidates(
  { width, height, side, top }: WantedPlace,
  page: { readonly width: number; readonly height: number },
  obstacles: readonly Rect[],
  scale: number,
): Candidate[] {
  const [wide, tall] = [width * scale, height * scale];
  const highest = page.height - top * scale;
  const lefts = [side * scale, ...obstacles.map(([, , x1]) => x1)].filter(
    (x, index) => index === 0 || (x > side * scale && x + wide <= page.width - EDGE),
  );
  const tops = [highest, ...obstacles.map(([, y0]) => y0)].filter(
    (y, index) => index === 0 || (y < highest && y - tall >= EDGE),
  );
  const ends = { lefts: lefts.toSorted((a, b) => a - b), tops: tops.toSorted((a, b) => b - a) };
  return ends.tops.flatMap((y) =>
    ends.lefts.map((x) => ({ rect: [x, y - tall, x + wide, y] as const, scale })),
  );
}

function leastBad(places: readonly Candidate[], obstacles: readonly Rect[]): Candidate {
  const costs = places.map(({ rect }) => covered(rect, obstacles));
  const best = costs.indexOf(Math.min(...costs));
  return places[best] as Candidate;
}

/** Area shared with the obstacles; what only touches shares nothing. */
function covered([x0, y0, x1, y1]: Rect, obstacles: readonly Rect[]): number {
  let area = 0;
  for (const [a, b, c, d] of obstacles) {
    area += Math.max(0, Math.min(x1, c) - Math.max(x0, a)) * Math.max(0, Math.min(y1, d) - Math.max(y0, b));
  }
  return area;
}

function mirror(
  wanted: WantedPlace,
  page: { readonly width: number; readonly height: number },
  obstacles: readonly Rect[],
): Parameters<typeof findPlace> {
  const turned = obstacles.map((rect) => mirroredRect(rect, page.width));
  return [{ ...wanted, corner: "left" }, page, turned];
}

function mirrored(place: FoundPlace, width: number): FoundPlace {
  return { ...place, rect: mirroredRect(place.rect, width) };
}

function mirroredRect([x0, y0, x1, y1]: Rect, width: number): Rect {
  return [width - x1, y0, width - x0, y1];
}
