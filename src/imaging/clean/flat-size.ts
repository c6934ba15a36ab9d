import type { Corners } from "./homography.ts";
import { distance } from "./sheet-corners.ts";
import type { Size } from "./rotate.ts";

/** A sheet this near to A4's proportions is taken for A4: foreshortening hides as much. */
const A4_TOLERANCE = 0.14;

/** Size of the sheet between the corners laid flat: its longest sides, of A4's proportions when it is near them. */
export function flatSize([a, b, c, d]: Corners): Size {
  const width = Math.max(distance(a, b), distance(d, c));
  const height = Math.max(distance(a, d), distance(b, c));
  const a4 = height >= width ? Math.SQRT2 : Math.SQRT1_2;
  if (Math.abs(height / width / a4 - 1) > A4_TOLERANCE)
    return { width: Math.round(width), height: Math.round(height) };
  const across = Math.sqrt((width * height) / a4);
  return { width: Math.round(across), height: Math.round(across * a4) };
}
