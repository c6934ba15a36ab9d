import type { Barcode } from "./barcode.ts";

/** Left, top, right, bottom in pixels of the upright page as scanned; origin at its top left corner. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface Word {
  /** NFC, no white space. */
  readonly text: string;
  /** As the engine gave it, where the Vietnamese finish changed it. */
  readonly raw?: string;
  readonly box: Box;
  /** 0..1: of the words with this number, this share is read right (calibrated); before `refine` the engine's own number. */
  readonly confidence: number;
}

export interface Line {
  readonly words: readonly Word[];
  readonly box: Box;
  /** The second look that gave it, in words (for example `block 300 dpi`); absent: the first pass. */
  readonly look?: string;
}

/** One page's words, in reading order. `engine` names engine, version and model, for the metadata. */
export interface Reading {
  /** Codes found on the page, wherever they lead. */
  readonly barcodes?: readonly Barcode[];
  readonly width: number;
  readonly height: number;
  readonly engine: string;
  readonly lines: readonly Line[];
}

export function readingText(reading: Reading): string {
  return reading.lines.map((line) => line.words.map((word) => word.text).join(" ")).join("\n");
}
