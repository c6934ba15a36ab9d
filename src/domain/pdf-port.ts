import type { PdfImage, PlacedImage } from "./page-ports.ts";
import type { Line, Reading } from "./reading.ts";

export interface PdfPageInfo {
  readonly kind: "scan" | "text" | "mixed" | "empty";
  readonly widthPt: number;
  readonly heightPt: number;
}

export interface PdfInfo {
  readonly pages: readonly PdfPageInfo[];
  /** Files inside the file, and bookmarks: a PDF written anew has neither. */
  readonly attachments: boolean;
  readonly bookmarks: boolean;
  /** Signature dictionaries with a ByteRange. */
  readonly signatures: number;
  readonly repairs: readonly string[];
}

export interface PdfTools {
  /** Throws `encrypted`, `password_needed`, `no_pages`, `unreadable`, `truncated`, `too_large`. */
  inspect(path: string): Promise<PdfInfo>;
  pageImage(path: string, index: number): Promise<PlacedImage>;
  /** The same only where it is an image as the file holds it and all the page shows: nothing is drawn for it. */
  scanImage(path: string, index: number): Promise<PlacedImage | undefined>;
  /** The page drawn as people see it, 8-bit grey PGM (P5), at most `dpi` and 36 million pixels. */
  draw(
    path: string,
    index: number,
    dpi: number,
  ): Promise<{ readonly pgm: Buffer; readonly width: number; readonly height: number }>;
  /** Searchable text of one page, lines in reading order; boxes in points from the top left. */
  pageText(path: string, index: number): Promise<Reading>;
  /** Writes a PDF/A-2u page by page; memory does not grow with the number of pages. */
  write(path: string, document: PdfDocument): Promise<{ readonly pages: number }>;
  /**
   * Augmented lane: a copy of a foreign file with invisible text appended to some of its pages as one incremental update.
   * Every byte of the source stays as it is, unless it had to be decrypted, repaired or cut to `range` first.
   */
  augment(path: string, output: string, request: AugmentRequest): Promise<{ readonly pages: number }>;
  /**
   * Of the lines read from a drawn page, the words that its own text layer lacks: those in pictures, where no character of
   * the page stands. All of them on a bare scan, none on a page of text. `augment` adds no others.
   */
  missingLines(path: string, page: AugmentedPage): Promise<readonly Line[]>;
  /** Writes an overview to look through before signing: small pictures of first pages with captions, 12 on a sheet of A4. */
  contactSheet(path: string, sheet: ContactSheet): Promise<{ readonly pages: number }>;
  /** Reads back a file of ours and counts its pages; throws `pdfa` when it cannot be read. */
  check(path: string): Promise<{ readonly pages: number }>;
  close(): Promise<void>;
}

export interface AugmentRequest {
  /** 1-based inclusive; absent: all pages. */
  readonly range?: { readonly first: number; readonly last: number };
  readonly pages: readonly AugmentedPage[];
}

export interface AugmentedPage {
  /** 0-based page of the source file. */
  readonly index: number;
  /** The words, in pixels of the upright page (as it was read, after `turn`), whose size this is. */
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
  /** Degrees clockwise the page as shown had to be turned before it could be read; the text is laid accordingly. */
  readonly turn: 0 | 90 | 180 | 270;
}

/** Any number of items: one sheet of them is held at a time. */
export interface ContactSheet {
  readonly title: string;
  /** Name of the unit whose papers these are; may be empty. */
  readonly unit: string;
  readonly created: Date;
  readonly items: AsyncIterable<ContactItem>;
}

export interface ContactItem {
  /** Page 1 as `draw` gives it, best at 60 to 100 dpi; absent when it could not be drawn. */
  readonly thumbnail?: { readonly pgm: Buffer; readonly width: number; readonly height: number };
  /** Caption, Vietnamese: the first line is the heading (dossier code); seven rows are shown. Items are numbered here. */
  readonly lines: readonly string[];
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
  /** Pixels of the upright page that `dpi` and the boxes are about; the image may have been encoded coarser. */
  readonly width: number;
  readonly height: number;
  /** Boxes in pixels of the upright page; see `PdfImage.turn`. */
  readonly lines: readonly Line[];
}
