import type { Box } from "./reading.ts";

export interface Barcode {
  /** `QRCode`, `Code128`, `Code39`, `DataMatrix` …; `PatchT` for the bars of a patch code T. */
  readonly format: string;
  /** The payload as text; `PATCHT` for patch codes. */
  readonly text: string;
  /** Where it lies, as shares 0..1 of the page's width and height. */
  readonly box: Box;
}
