import type { Box } from "./reading.ts";

/** Ways the page's own image may be changed; `sohoa run --clean` or the setting `clean` asks for them. */
export const CLEAN_STEPS = ["photo", "borders", "holes", "despeckle", "deskew", "spread"] as const;
export type CleanStep = (typeof CLEAN_STEPS)[number];

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line along one side of the page, from end to end: the sheet lies on its far side. */
export interface SheetEdge {
  readonly side: "left" | "top" | "right" | "bottom";
  /** In the order of their place along the side. */
  readonly line: readonly Point[];
}

/**
 * One thing done to a page's image. Coordinates are pixels of the upright page at the source's resolution, as it is when
 * the change is applied: changes are applied in the order of their list, each to the result of the one before.
 */
export type PageChange =
  /** Degrees clockwise; lossless. */
  | { readonly kind: "turn"; readonly degrees: 90 | 180 | 270 }
  /** A photographed sheet stretched flat: its corners top left, top right, bottom right, bottom left, and its new size. */
  | {
      readonly kind: "perspective";
      readonly corners: readonly [Point, Point, Point, Point];
      readonly width: number;
      readonly height: number;
    }
  /** Uneven light of a photo taken out. */
  | { readonly kind: "light" }
  /** What lies outside the sheet painted white: all between a side of the page and its edge; `box` holds the sheet. */
  | { readonly kind: "borders"; readonly box: Box; readonly edges: readonly SheetEdge[] }
  /** Punch holes filled with the paper's colour. */
  | { readonly kind: "holes"; readonly boxes: readonly Box[] }
  /** Specks of a 1-bit page taken out; how many, and the side of the square the largest fits in. */
  | { readonly kind: "despeckle"; readonly dots: number; readonly largest: number }
  /** The image turned by −degrees about its centre, the canvas grown to hold it, white where nothing was. */
  | { readonly kind: "deskew"; readonly degrees: number };
