import type {
  Candidate,
  FileRef,
  Lane,
  PageFinding,
  ReadPage,
  Receipt,
  SignatureInfo,
  Signed,
  Verdict,
} from "./document.ts";
import type { DossierCode, DocumentId, Sha256 } from "./ids.ts";
import type { Outcome, State } from "./outcome.ts";
import type { Line, Reading } from "./reading.ts";
import type { Rules } from "./rules.ts";
import type { Settings } from "./settings.ts";

/** Everything a stage may touch. Put together in `compose.ts` only; tests pass object literals. */
export interface Context {
  readonly settings: Settings;
  readonly rules: Rules;
  readonly clock: Clock;
  readonly objects: ObjectStore;
  readonly ledger: Ledger;
  readonly imaging: Imaging;
  readonly ocr: OcrEngine;
  readonly pdf: PdfTools;
  readonly signer: SignerPort | null;
  readonly verifier: Verifier;
  readonly targets: readonly Target[];
  /** Runs page work on the pool all documents share; lower `order` first. */
  readonly pages: PagePool;
}

export interface Clock {
  now(): Date;
}

export interface PagePool {
  run<T>(order: number, work: () => Promise<T>): Promise<T>;
}

// ---------------------------------------------------------------- bytes

/** Bytes named by their SHA-256. What `put` returns is durable; a stored object is never changed. */
export interface ObjectStore {
  put(bytes: Uint8Array): Promise<Sha256>;
  /** `write` fills the temporary file it is given; the result is synced, hashed and renamed. */
  putFile(write: (temporary: string) => Promise<void>): Promise<FileRef>;
  has(hash: Sha256): Promise<boolean>;
  /** Throws `damaged_object` when the bytes no longer have their hash. */
  read(hash: Sha256): Promise<Buffer>;
  path(hash: Sha256): string;
  remove(hash: Sha256): Promise<void>;
  /** Removes what a killed run left unfinished; returns how many files. */
  sweep(): Promise<number>;
}

// ---------------------------------------------------------------- pixels

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

// ---------------------------------------------------------------- OCR

export interface OcrEngine {
  /** Engine, version, model: part of the kept key and of each document's metadata. */
  readonly identity: string;
  /** Boxes in pixels of the prepared page. Throws `page_timeout`, `engine_died` (after a second try), `engine_start`, `language_data`. */
  read(page: PreparedPage, signal: AbortSignal): Promise<readonly Line[]>;
  close(): Promise<void>;
}

// ---------------------------------------------------------------- PDF

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

// ---------------------------------------------------------------- signatures

export interface SignerPort {
  readonly subject: string;
  /** Hex SHA-256 of the certificate. */
  readonly certificate: string;
  readonly test: boolean;
  readonly notAfter: Date;
  /** Throws `certificate_dates`, `certificate_usage`. */
  check(now: Date): void;
  /** Appends one signature to a file of ours; `output` is written from scratch. */
  sign(input: string, output: string, request: SignRequest): Promise<SignatureInfo>;
}

export interface SignRequest {
  readonly at: Date;
  /** Thời gian sao chụp: when the paper was scanned. */
  readonly capturedAt: Date;
  readonly appearance: "tt01-scan" | "none";
}

export interface Verifier {
  /** Every signature of the file, in file order; an empty list means unsigned. Throws `unreadable`. */
  verify(path: string): Promise<VerifyReport>;
}

export interface VerifyReport {
  readonly verdict: Verdict | "unsigned";
  readonly signatures: readonly SignatureInfo[];
}

// ---------------------------------------------------------------- warehouse

/** Kho dữ liệu. Delivering the same document twice must give the same receipt and no second copy. */
export interface Target {
  readonly name: string;
  deliver(parcel: Parcel, signal: AbortSignal): Promise<Receipt>;
  has(key: string): Promise<Receipt | undefined>;
  close(): Promise<void>;
}

/** Only a `Signed` document can become a parcel, so nothing unsigned reaches the warehouse. */
export interface Parcel {
  readonly document: Signed;
  /** Whole text of all pages, UTF-8, form feed between pages. */
  readonly text: string;
  /** The extracted data record, written after signing (TT 01/2023 art. 7-8). */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** 1-based position of the document within its dossier and role, stable over runs. */
  readonly ordinal: number;
}

// ---------------------------------------------------------------- ledger

export interface DocumentRow {
  readonly id: DocumentId;
  readonly state: State;
  readonly reason: string | null;
  readonly retriable: boolean;
  readonly dossier: DossierCode | null;
  readonly pages: number;
}

/** What the pipeline needs of the ledger. Reports and commands use the richer object of `ledger/`. */
export interface Ledger {
  /** Known hash of a file that has not changed since (same path, size and time). */
  knownHash(path: string, bytes: number, mtimeMs: number): Promise<Sha256 | undefined>;
  rememberHash(file: FileRef): Promise<void>;
  /** Records the candidate as `pending` unless it is known; also the place it was seen. */
  register(candidate: Candidate): Promise<DocumentRow>;
  /** True: the register holds it. False: it does not. Undefined: the register has no dossiers at all. */
  hasDossier(code: DossierCode): Promise<boolean | undefined>;
  /** Result of a kept step, or undefined. */
  kept(key: Sha256): Promise<string | undefined>;
  /** Remembers a step's result (JSON) for one document; every hash it names must be durable already. */
  keep(step: KeptStep): Promise<void>;
  /** Forgets a document's kept steps and returns the objects no other document's step names. */
  forget(id: DocumentId): Promise<readonly Sha256[]>;
  /** Stable 1-based position of a document inside dossier and role; the same every time it is asked. */
  ordinal(id: DocumentId, dossier: DossierCode, role: string): Promise<number>;
  receipt(id: DocumentId, target: string): Promise<Receipt | undefined>;
  keepReceipt(id: DocumentId, receipt: Receipt): Promise<void>;
  /** Ends a document: state, pages, signatures and one audit row, in one transaction. */
  settle(outcome: Outcome, facts: SettledFacts): Promise<void>;
  /** One row in the hash-chained audit log. No personal data. */
  audit(entry: AuditEntry): Promise<void>;
}

export interface KeptStep {
  readonly key: Sha256;
  readonly document: DocumentId;
  readonly stage: string;
  /** 1-based page, or 0 for steps of the whole document. */
  readonly page: number;
  readonly result: string;
  readonly objects: readonly Sha256[];
}

export interface SettledFacts {
  readonly lane: Lane | null;
  readonly pages: readonly ReadPage[];
  readonly signatures: readonly SignatureInfo[];
  readonly evidence: readonly {
    readonly code: string;
    readonly from: string;
    readonly text: string;
    readonly verified: boolean;
  }[];
  /** Hash of the file that was or would be delivered. */
  readonly file: Sha256 | null;
  readonly at: Date;
}

export interface AuditEntry {
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One arrow of the pipeline. Raise `version` when the same input would give another output. */
export interface Stage<In, Out> {
  readonly name: string;
  readonly version: number;
  run(input: In, context: Context, signal: AbortSignal): Promise<Out>;
}
