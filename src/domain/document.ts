import type { DocumentId, DossierCode, OfficerId, Sha256, UnitCode } from "./ids.ts";
import type { PageChange } from "./page-change.ts";
import type { PageMark } from "./page-mark.ts";

/** Some bytes on disk and the hash they had when they were read. */
export interface FileRef {
  readonly path: string;
  readonly sha256: Sha256;
  readonly bytes: number;
  /** Whole milliseconds; a source that changed since is noticed by size and time before its bytes are used. */
  readonly mtimeMs: number;
}

/**
 * Built: a new PDF/A. Augmented: a born-digital or mixed PDF that only gets text on its scanned pages, by appending.
 * Preserved: already signed, the bytes stay as they are. Decided per document, before pixels.
 */
export type Lane = "built" | "augmented" | "preserved";

/** Thành phần hồ sơ (what the citizen hands in) or kết quả giải quyết (what the office issues). */
export type Role = "component" | "result";

/** Why a document is thought to belong to a dossier. `text` is the name or cell it was read from. */
export interface LinkHint {
  readonly code: DossierCode;
  /** `sheet`: the cover sheet before the paper. `barcode`: printed on the paper itself. */
  readonly from: "manifest" | "sheet" | "barcode" | "file" | "folder";
  readonly text: string;
}

/** What a manifest row says about its paper; every field is optional and none is trusted as a code before `link`. */
export interface PaperFields {
  readonly type?: string;
  readonly title?: string;
  readonly owner?: string;
  readonly symbol?: string;
  /** ISO date. */
  readonly issued?: string;
  /** Extra manifest columns, kept as they are. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** Pages of the first `fronts` files are fronts; those of the others are backs, last sheet first when the stack was turned over. */
export interface DuplexOrder {
  readonly fronts: number;
  readonly backs: "reverse" | "forward";
}

/**
 * Pages of all files, laid together in order, 1-based inclusive (`a.pdf#3-7`, or a part of a stack). A double-page spread
 * is one of them; the parts of a stack may begin or end in the middle of one.
 */
export interface PageRange {
  readonly first: number;
  readonly last: number;
  /** The first page is a spread, and only its right half belongs here. */
  readonly from?: "right";
  /** The last page is a spread, and only its left half belongs here. */
  readonly to?: "left";
}

/** A document as intake found it: which files, in which order, and what is known without opening them. */
export interface Candidate {
  readonly id: DocumentId;
  readonly files: readonly FileRef[];
  /** Both sides scanned one after the other by a simplex feeder: how the files' pages are to be laid together. */
  readonly duplex?: DuplexOrder;
  readonly range?: PageRange;
  /** The stack of papers this one was separated from; `doubt`: which sheets were missed behind its own. */
  readonly stack?: { readonly id: DocumentId; readonly name: string; readonly doubt?: string };
  /** What somebody counted by hand; a scan that disagrees is told, never believed. */
  readonly expected?: { readonly pages?: number; readonly dossiers?: number };
  /** Path shown to people, relative to the input, `/`-separated, NFC. */
  readonly name: string;
  readonly unit: UnitCode;
  readonly officer: OfficerId;
  readonly role: Role;
  readonly hints: readonly LinkHint[];
  readonly fields: PaperFields;
  /** Lý do không số hóa from the manifest: the paper is recorded and not digitized. */
  readonly skip?: string;
}

export interface SpreadHalf {
  readonly side: "left" | "right";
  readonly at: number;
}

/** One page before any work: the `index`-th (0-based) frame or PDF page of a file. */
export interface PageSource {
  /** 1-based position in the document. */
  readonly number: number;
  readonly file: FileRef;
  readonly index: number;
  readonly kind: "image" | "pdf";
  /** One page of a double-page spread: `at` is where the fold lies, as a share 0..1 of the upright width. */
  readonly half?: SpreadHalf;
  /** Set for PDF pages that already carry searchable text, so that they are not recognised again. */
  readonly hasText: boolean;
}

/** One physical paper, opened: its lane and every page are known. */
export interface Scan extends Candidate {
  readonly lane: Lane;
  readonly pages: readonly PageSource[];
  /** What the new document will lack of its source: attached files, bookmarks. */
  readonly leftBehind?: readonly string[];
  /** Anything intake had to put right (for example a repaired xref table), to be shown and recorded. */
  readonly repairs: readonly string[];
}

/** What people should know of a page although it was processed. */
export type PageFinding =
  | "low_resolution"
  | "not_colour"
  | "no_resolution"
  | "cut_edge"
  | "blurred"
  | "too_dark"
  | "washed_out"
  | "blank"
  | "unsure_turn"
  /** There is ink, and not one word was read in it: a photo, a drawing, print too small or too worn. */
  | "no_text"
  | "low_confidence";

/** A page that has been read. The words are in the object store under `reading`; only the summary is in memory. */
export interface ReadPage {
  readonly number: number;
  readonly source: PageSource;
  readonly reading: Sha256;
  readonly words: number;
  /** Expected share of the words that are right, and of the line that is least sure; 1 for pages without words and for embedded text. */
  readonly confidence: number;
  readonly worst: number;
  readonly dpi: number;
  readonly skewDegrees: number;
  readonly findings: readonly PageFinding[];
  /** What was done to the page's image, in this order; empty: it is as scanned. */
  readonly changes: readonly PageChange[];
  /** What the page's barcodes mean for the stack it lies in. */
  readonly marks: readonly PageMark[];
}

export interface Recognized {
  readonly scan: Scan;
  readonly pages: readonly ReadPage[];
}

export interface LinkEvidence extends LinkHint {
  /** False while the register is empty: accepted on grammar alone. */
  readonly verified: boolean;
}

export interface Linked extends Recognized {
  readonly dossier: DossierCode;
  readonly evidence: readonly LinkEvidence[];
}

/** `pdf` is the finished file; for the preserved lane it is the original, and nothing is claimed of either foreign kind. */
export interface Assembled extends Linked {
  readonly pdf: FileRef;
  readonly conformance: "PDF/A-2u" | "augmented" | "original";
  /** Bytes of the page images of a new PDF; 0 where the original's are kept. */
  readonly imageBytes: number;
}

export interface SignatureInfo {
  readonly signer: string;
  /** ISO 8601 with zone, from /M or the signed attribute; a claim, not a time stamp. */
  readonly signedAt: string | undefined;
  readonly subFilter: string;
  readonly level: string;
  readonly digest: string;
  /** Hex SHA-256 of the certificate. */
  readonly certificate: string;
  readonly verdict: Verdict;
  /** Why the verdict is not `valid`, in words for people. Empty when valid. */
  readonly reasons: readonly string[];
  /** What people should know although it changes no verdict, Vietnamese (English); absent when there is nothing. */
  readonly notes?: readonly string[];
  readonly coversWholeFile: boolean;
  /** ISO 8601: a valid time stamp proves that the signature existed then; absent: `signedAt` is a claim only. */
  readonly provenAt?: string;
  /** What later revisions of the file did, in order; empty or absent when nothing came after it. */
  readonly changes?: readonly LaterChange[];
  /** What the issuer says of the certificate; absent: nobody was asked. */
  readonly revocation?: "good" | "revoked" | "unknown";
  /** Just made here, and its box lies over a QR code or another signature: the page had no free place for it. */
  readonly crowded?: true;
  /** Subject says KÝ THỬ: never counts as signed by law. */
  readonly test: boolean;
}

/** One revision appended behind a signature. */
export interface LaterChange {
  readonly kind:
    | "signature"
    | "time_stamp"
    | "validation_data"
    | "form_filled"
    | "annotation"
    | "metadata"
    /** What people see or may see is not what was signed. */
    | "content";
  /** The signature's permissions (DocMDP, field locks), or that nobody may replace what was signed, forbid it. */
  readonly allowed: boolean;
  /** For people, Vietnamese (English). */
  readonly detail: string;
}

export type Verdict = "valid" | "invalid" | "undetermined";

export interface Signed extends Assembled {
  readonly signed: FileRef;
  readonly signatures: readonly SignatureInfo[];
}

/** The warehouse's word that it holds the document. */
export interface Receipt {
  readonly target: string;
  /** Idempotency key the target stored it under. */
  readonly key: string;
  /** Where it lies, as the target names it. */
  readonly location: string;
  readonly sha256: Sha256;
  readonly bytes: number;
  /** ISO 8601. */
  readonly at: string;
}

export interface Delivered extends Signed {
  readonly receipts: readonly Receipt[];
}
