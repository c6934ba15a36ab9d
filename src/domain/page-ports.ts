import type { PageFinding } from "./document.ts";
import type { Line } from "./reading.ts";

/** One page's pixels as the source holds them, never re-encoded on the way here. */
export type PageImage =
  /** A whole image file (JPEG, PNG, TIFF, WebP, GIF …); `frame` is the 0-based TIFF page. */
  | { readonly kind: "encoded"; readonly bytes: Buffer; readonly frame: number }
  /** A whole image file that is too big to hold: read it from disk, frame by frame. */
  | { readonly kind: "file"; readonly path: string; readonly frame: number }
  /** Interleaved 8-bit samples. */
  | {
      readonly kind: "raw";
      readonly bytes: Buffer;
      readonly width: number;
      readonly height: number;
      readonly channels: 1 | 3;
    };

/** A page of a PDF also has a size on paper and may be shown turned. */
export interface PlacedImage {
  readonly image: PageImage;
  /** Points (1/72 inch) of the page as shown, after rotation; undefined for bare image files. */
  readonly paper?: { readonly widthPt: number; readonly heightPt: number };
  /** Degrees clockwise that the image must be turned to stand as the page is shown. */
  readonly turn: 0 | 90 | 180 | 270;
  /** `embedded`: the image of the PDF as it is; `rendered`: drawn by pdfium because that failed. */
  readonly how: "file" | "embedded" | "rendered";
}

/** The page for OCR only: 8-bit grey PGM (P5) of the red channel, at most 200 dpi, straightened. */
export interface PreparedPage {
  readonly pgm: Buffer;
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
  /** Prepared = upright source pixels × scale, then turned by −skew about the centre of the canvas. */
  readonly scale: number;
  readonly skewDegrees: number;
}

export interface NormalizedPage {
  /** Pixels of the page standing upright, as scanned. */
  readonly width: number;
  readonly height: number;
  /** Pixels ÷ paper size; from a plausible density tag (70-1200) or the paper's format when there is no size. */
  readonly dpi: number;
  readonly colour: boolean;
  readonly blank: boolean;
  readonly skewDegrees: number;
  readonly findings: readonly PageFinding[];
  /** Absent for blank pages. */
  readonly prepared?: PreparedPage;
  /** The red ink alone, which `prepared` does not show; absent when there is none. Only for the secret-mark check. */
  readonly redInk?: PreparedPage;
}

/** An image as a PDF stream: bytes passed through where the codec allows it. */
export interface PdfImage {
  readonly filter: "DCTDecode" | "CCITTFaxDecode" | "FlateDecode";
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  readonly colour: "gray" | "rgb" | { readonly palette: Buffer };
  readonly bits: 1 | 2 | 4 | 8;
  /** For FlateDecode of PNG rows: colours per sample of predictor 15. Absent: plain rows. */
  readonly pngColours?: 1 | 3;
  /** CCITT only. */
  readonly blackIs1?: boolean;
  /** Degrees clockwise and mirror that make it stand upright; EXIF/TIFF orientation plus page turn. */
  readonly turn: 0 | 90 | 180 | 270;
  readonly mirrored: boolean;
  /** False when the pixels had to be encoded again (CMYK, 16 bit, LZW …). */
  readonly passedThrough: boolean;
}

export interface Imaging {
  /** Format word (`jpeg`, `png`, `tiff`, `heic`, …), frames and size from the head of the file; throws `unsupported_format`, `unreadable`, `truncated`, `too_large`. */
  probe(path: string): Promise<{ readonly format: string; readonly frames: number }>;
  /** Part of the kept key: changes when the same input would give another page. */
  readonly version: string;
  normalize(page: PlacedImage): Promise<NormalizedPage>;
  encode(page: PlacedImage): Promise<PdfImage>;
}

export interface OcrEngine {
  /** Engine, version, model: part of the kept key and of each document's metadata. */
  readonly identity: string;
  /** Boxes in pixels of the prepared page. Throws `page_timeout`, `engine_died` (after a second try), `engine_start`, `language_data`. */
  read(page: PreparedPage, signal: AbortSignal): Promise<readonly Line[]>;
  close(): Promise<void>;
}
