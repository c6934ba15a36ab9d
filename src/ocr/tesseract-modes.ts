import type { Segmentation } from "../domain/page-ports.ts";

/** One view on its way to a recogniser of either engine. */
export interface TesseractJob {
  /** A whole file of a kind leptonica reads. */
  readonly image: Uint8Array;
  readonly dpi: number;
  /** Tesseract's page segmentation mode. */
  readonly segmentation: number;
}

/** Tesseract's page segmentation modes; 4 (one column of lines) reads tilted pages badly (8-11 % character errors). */
export const MODES: Readonly<Record<Segmentation, number>> = { page: 3, block: 6, line: 7, sparse: 11 };
