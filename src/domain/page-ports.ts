import type { Barcode } from "./barcode.ts";
import type { PageFinding, SpreadHalf } from "./document.ts";
import type { PageChange } from "./page-change.ts";
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
  /** Its file is kept with the image in it: no clean-up step may move the words away from the ink. */
  readonly imageStays?: true;
  /** Take this half of the upright page only. */
  readonly half?: SpreadHalf;
  /**
   * The page's whole image as its PDF holds it, where a PDF/A may hold it too but `image` had to be drawn (JBIG2, JPEG
   * 2000): its own bytes are smaller than anything they could be encoded to.
   */
  readonly stream?: CodedImage;
  /** Bytes the page's images take in their source, where neither `image` nor `stream` tells. */
  readonly storedBytes?: number;
}

/** 8-bit grey, rows from the top; a PGM head may stand before the pixels. */
export interface GreyView {
  readonly pgm: Buffer;
  readonly width: number;
  readonly height: number;
}

/** The page for OCR only: 8-bit grey PGM (P5) of the red channel, at most 200 dpi, straightened. */
export interface PreparedPage extends GreyView {
  readonly dpi: number;
  /** Prepared = upright source pixels × scale, then turned by −skew about the centre of the canvas. */
  readonly scale: number;
  readonly skewDegrees: number;
}

export interface NormalizedPage {
  /** Pixels of the page standing upright, as scanned; a fax of 200 × 100 dpi counts as many square ones. */
  readonly width: number;
  readonly height: number;
  /** Pixels ÷ paper size; from a plausible density tag (70-1200) or the paper's format when there is no size. */
  readonly dpi: number;
  readonly colour: boolean;
  readonly blank: boolean;
  readonly skewDegrees: number;
  readonly findings: readonly PageFinding[];
  /** How the page seems to lie, from the shape of its lines alone: a guess that reading must confirm before it counts. */
  readonly stance: Stance;
  /** What the settings' `clean` steps did; `width`, `height`, `prepared` are of the page after them. Without turns. */
  readonly changes: readonly PageChange[];
  /** Absent for blank pages. */
  readonly prepared?: PreparedPage;
  /** The red ink alone, which `prepared` does not show; absent when there is none. Only for the secret-mark check. */
  readonly redInk?: PreparedPage;
  /** What `read` gave for `redInk`: it has been read already, for the secret-mark check. */
  readonly redLines?: readonly Line[];
}

export interface Stance {
  /** Degrees clockwise that would set the page upright. */
  readonly turn: 0 | 90 | 180 | 270;
  /** 0..1; below 0.5 nothing can be said (few or no text lines). */
  readonly confidence: number;
}

/** An image coded as PDF streams code it, without how it stands. */
export interface CodedImage {
  readonly filter: "DCTDecode" | "CCITTFaxDecode" | "FlateDecode" | "JBIG2Decode" | "JPXDecode";
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  readonly colour: "gray" | "rgb" | { readonly palette: Buffer };
  readonly bits: 1 | 2 | 4 | 8;
  /** For FlateDecode of PNG rows: colours per sample of predictor 15. Absent: plain rows. */
  readonly pngColours?: 1 | 3;
  /** CCITT only. */
  readonly blackIs1?: boolean;
  /** Dark and bright change places after decoding (PDF's Decode array turned round). */
  readonly inverted?: boolean;
  /** CCITT other than Group 4 in one piece (K −1, rows not aligned): PDF's own parameters. */
  readonly fax?: {
    readonly k: number;
    readonly byteAlign: boolean;
    readonly endOfLine: boolean;
    readonly endOfBlock: boolean;
  };
  /** JBIG2 only: the segments its pages share. */
  readonly globals?: Buffer;
}

/** Text drawn over a page's image by a 1-bit mask: CCITT G4, black pixels take the colour, the others nothing. */
export interface InkLayer {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  /** 0..255 each. */
  readonly rgb: readonly [number, number, number];
}

/** A page's image as it goes into the PDF: bytes passed through where the codec and the profile allow it. */
export interface PdfImage extends CodedImage {
  /** Mixed raster: sharp text over a coarse image of everything else; both fill the page. */
  readonly ink?: readonly InkLayer[];
  /** Degrees clockwise and mirror that make it stand upright; EXIF/TIFF orientation plus page turn. */
  readonly turn: 0 | 90 | 180 | 270;
  readonly mirrored: boolean;
  /** False when the pixels had to be encoded again (CMYK, 16 bit, LZW, changed pages, too large …). */
  readonly passedThrough: boolean;
}

export interface Imaging {
  /** Format word (`jpeg`, `png`, `tiff`, `heic`, …), frames and size from the head of the file; throws `unsupported_format`, `unreadable`, `truncated`, `too_large`. */
  probe(path: string): Promise<{ readonly format: string; readonly frames: number }>;
  /** Part of the kept key: changes when the same input would give another page. */
  readonly version: string;
  /** Throws `unreadable`, `truncated`, `too_large`, `page_timeout`. */
  normalize(page: PlacedImage): Promise<NormalizedPage>;
  /** `changes` are those `normalize` gave for the page, so that the words lie where they were read; `dpi` is its own. */
  encode(
    page: PlacedImage,
    made: { readonly changes: readonly PageChange[]; readonly dpi: number },
  ): Promise<PdfImage>;
  /** Where the fold of a double-page spread lies, as a share of the upright width; undefined: it is one page. */
  fold(page: PlacedImage): Promise<number | undefined>;
  /** A small picture of the page standing upright, quickly made: enough to find codes in, not to read. */
  glance(page: PlacedImage): Promise<GreyView>;
  close(): Promise<void>;
}

export interface BarcodeReader {
  /** Part of the kept key: library and version. */
  readonly identity: string;
  /** Every code on the page, at any angle. Throws `page_timeout` when the search died or took too long twice. */
  read(page: GreyView): Promise<readonly Barcode[]>;
  close(): Promise<void>;
}

/** How the engine cuts a view into lines. Which one reads best depends on the layout (measured; see the second look). */
export type Segmentation =
  /** Columns, blocks and tables are looked for: whole official pages. */
  | "page"
  /** One block of lines of the same column: small or degraded pages, parts of a page. */
  | "block"
  /** Exactly one line. */
  | "line"
  /** Whatever text there is, anywhere: stamps, forms. */
  | "sparse";

/** Turns pixels into words. Knows one model set; several views are read at the same time. */
export interface OcrEngine {
  /** Engine, version, model files: part of the kept key and of each document's metadata. */
  readonly identity: string;
  /**
   * One pass, as the engine gives it: boxes in pixels of the view, the engine's own confidence. Throws `page_timeout`,
   * `engine_died` (after a second try), `engine_start`, `language_data`.
   */
  read(view: PreparedPage, signal: AbortSignal, segmentation?: Segmentation): Promise<readonly Line[]>;
  close(): Promise<void>;
}

/** An engine together with what makes its readings good: the second look, calibrated confidence, the Vietnamese finish. */
export interface Recognizer extends OcrEngine {
  /**
   * Looks again at what the first pass read badly or not at all, then gives every word a calibrated confidence and its
   * Vietnamese finish. `first` are the lines `read` gave for `page.prepared`; boxes stay in pixels of that view.
   */
  refine(page: RefinedPage, first: readonly Line[], signal: AbortSignal): Promise<readonly Line[]>;
}

/** What the second look may use of a page. */
export interface RefinedPage {
  readonly prepared: PreparedPage;
  /** The red ink alone, on the same canvas. */
  readonly redInk?: PreparedPage;
  /** What `read` gave for `redInk`: it has been read already, for the secret-mark check. */
  readonly redLines?: readonly Line[];
}
