import type { PdfDict, PdfStream } from "../../pdf-syntax/objects.ts";
import type { Matrix } from "./matrix.ts";

/** An image as a page draws it. Inline images have no stream of their own to hand out. */
export interface DrawnImage {
  readonly stream: PdfStream | undefined;
  readonly dict: PdfDict;
  readonly matrix: Matrix;
}

/** What a page's content puts on paper, in drawing order where it matters. */
export interface Marks {
  readonly images: DrawnImage[];
  /** Characters drawn visibly and not covered by a later page image. */
  visible: number;
  /** Characters in render mode 3 or 7, or hidden under a page image. */
  invisible: number;
  /** Painted paths and shadings, forgotten when a page image covers them. */
  paths: number;
}

export function noMarks(): Marks {
  return { images: [], visible: 0, invisible: 0, paths: 0 };
}
