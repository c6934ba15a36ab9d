import type { PdfImage, PlacedImage } from "./page-ports.ts";
import type { Line, Reading } from "./reading.ts";

export interface PdfPageInfo {
  readonly kind: "scan" | "text" | "mixed" | "empty";
  readonly widthPt: number;
  readonly heightPt: number;
}

export interface PdfInfo {
  readonly pages: readonly PdfPageInfo[];
  /** Signature dictionaries with a ByteRange. */
  readonly signatures: number;
  readonly repairs: readonly string[];
}

export interface PdfTools {
  /** Throws `encrypted`, `password_needed`, `no_pages`, `unreadable`, `truncated`, `too_large`. */
  inspect(path: string): Promise<PdfInfo>;
  pageImage(path: string, index: number): Promise<PlacedImage>;
  /** Searchable text of one page, lines in reading order; boxes in points from the top left. */
  pageText(path: string, index: number): Promise<Reading>;
  /** Writes a PDF/A-2u page by page; memory does not grow with the number of pages. */
  write(path: string, document: PdfDocument): Promise<{ readonly pages: number }>;
  /** Reads back a file of ours and counts its pages; throws `pdfa` when it cannot be read. */
  check(path: string): Promise<{ readonly pages: number }>;
  close(): Promise<void>;
}

export interface PdfDocument {
  readonly title: string;
  /** Dossier code, role and document id go into the XMP and /Info keywords. */
  readonly keywords: readonly string[];
  readonly created: Date;
  readonly pages: AsyncIterable<PdfPage>;
}

export interface PdfPage {
  readonly image: PdfImage;
  readonly dpi: number;
  /** Boxes in pixels of the upright page; see `PdfImage.turn`. */
  readonly lines: readonly Line[];
}
