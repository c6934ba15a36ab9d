import type { Box } from "./reading.ts";

/** Ways the page's own image may be changed; `sohoa run --clean` or the setting `clean` asks for them. */
export const CLEAN_STEPS = ["photo", "borders", "holes", "despeckle", "deskew", "spread"] as const;
export type CleanStep = (typeof CLEAN_STEPS)[number];

export interface Point {
  readonly x: number;
  readonly y: number;
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
  /** What lies outside the sheet painted white. */
  | { readonly kind: "borders"; readonly box: Box }
  /** Punch holes filled with the paper's colour. */
  | { readonly kind: "holes"; readonly boxes: readonly Box[] }
  /** Specks of a 1-bit page taken out; how many. */
  | { readonly kind: "despeckle"; readonly dots: number }
  /** The image turned by −degrees about its centre, the canvas grown to hold it, white where nothing was. */
  | { readonly kind: "deskew"; readonly degrees: number };
