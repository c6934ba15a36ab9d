import { skewOf } from "../skew.ts";
import { redOf, shrunk, type Pixels } from "./pixels.ts";

/** Below this, turning the page costs more sharpness than it gives. */
const MIN_SKEW = 0.2;
/** Width of the thumbnail on which lines of text are looked for. */
const THUMBNAIL_WIDTH = 620;

/** Degrees by which the page's lines are turned clockwise; undefined when they are straight or not sure. */
export function skewToRemove(page: Pixels): number | undefined {
  const degrees = skewOf(shrunk(redOf(page), Math.round(page.width / THUMBNAIL_WIDTH)));
  return Math.abs(degrees) > MIN_SKEW ? degrees : undefined;
}
