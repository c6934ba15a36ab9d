import type { Candidate, FileRef, Receipt, Scan, SignatureInfo, Signed, Verdict } from "./document.ts";
import type { DocumentId, Sha256 } from "./ids.ts";
import type { Ledger } from "./ledger-port.ts";
import type { BarcodeReader, Imaging, Recognizer } from "./page-ports.ts";
import type { PdfTools } from "./pdf-port.ts";
import type { Reading } from "./reading.ts";
import type { Rules } from "./rules.ts";
import type { AppearanceName, Settings } from "./settings.ts";

/** Everything a stage may touch. Put together in `compose.ts` only; tests pass object literals. */
export interface Context {
  readonly settings: Settings;
  readonly rules: Rules;
  readonly clock: Clock;
  /** Name and version of this program, for the metadata. */
  readonly producer: string;
  /** SHA-256 of a text's UTF-8 bytes. */
  readonly hash: (text: string) => Sha256;
  /** Opens a candidate's files: lane, pages, repairs. Throws the refusals of the contract. */
  inspect(candidate: Candidate): Promise<Scan>;
  /** Throws `source_changed` when a source no longer has the size and time it was hashed with. */
  unchanged(file: FileRef): Promise<void>;
  readonly objects: ObjectStore;
  readonly ledger: Ledger;
  readonly imaging: Imaging;
  readonly barcodes: BarcodeReader;
  readonly ocr: Recognizer;
  readonly pdf: PdfTools;
  /** Opened at first use, once. Throws `key_missing`, `wrong_passphrase`, `key_unreadable`. */
  readonly signer: () => Promise<SignerPort>;
  readonly verifier: Verifier;
  readonly targets: readonly Target[];
  /** Those the settings ask for. */
  readonly exports: readonly TextExport[];
  /** Runs page work on the pool all documents share; lower `order` first. */
  readonly pages: PagePool;
}

export interface Clock {
  now(): Date;
}

/** How a batch is spread over cores or machines. */
export interface Engine {
  /** Calls `work` for each item, several at a time; rejects with the first failure after what runs has ended. */
  run<T>(items: AsyncIterable<T>, work: (item: T, order: number) => Promise<void>): Promise<void>;
}

export interface PagePool {
  /** Rejects with `Interrupted` when the run was asked to stop before the work began. */
  run<T>(order: number, work: () => Promise<T>): Promise<T>;
}

/** Bytes named by their SHA-256. What `put` returns is durable; a stored object is never changed. */
export interface ObjectStore {
  put(bytes: Uint8Array): Promise<Sha256>;
  /** `write` fills the temporary file it is given; the result is synced, hashed and renamed. */
  putFile(write: (temporary: string) => Promise<void>): Promise<FileRef>;
  /** Takes in a copy of a file, as it is. */
  putCopy(path: string): Promise<FileRef>;
  has(hash: Sha256): Promise<boolean>;
  /** Throws `damaged_object`, and drops the object, when the bytes no longer have their hash. */
  read(hash: Sha256): Promise<Buffer>;
  /** The same check for a file that is too big to hold. */
  check(hash: Sha256): Promise<void>;
  path(hash: Sha256): string;
  remove(hash: Sha256): Promise<void>;
  /** Removes what a killed run left unfinished; returns how many files. */
  sweep(): Promise<number>;
}

export interface SignerPort {
  readonly subject: string;
  /** Hex SHA-256 of the certificate. */
  readonly certificate: string;
  readonly test: boolean;
  /** Part of the kept key: what else decides how the signature looks, such as the hash of the seal's picture. */
  readonly look?: string;
  readonly notAfter: Date;
  /**
   * Dates, key usage, chain and revocation, asked again when the last answer is no longer fresh.
   * Throws `certificate_dates`, `certificate_usage`, `certificate_chain`, `certificate_revoked`; `revocation` when nobody
   * could say and the settings require it.
   */
  check(now: Date): Promise<void>;
  /**
   * Appends a signature of the settings' level; `output` is written from scratch and removed when it fails. Returns what
   * a fresh reading of the finished file says of every signature in it, the new one among them.
   * Throws what `check` throws; `timestamp`, `signing_forbidden`, `signing_service`, `token_missing`, `wrong_pin`.
   */
  sign(input: string, output: string, request: SignRequest): Promise<readonly SignatureInfo[]>;
  /** Forgets the key, ends the token's session. */
  close(): Promise<void>;
}

export interface SignRequest {
  readonly at: Date;
  /** Thời gian sao chụp: when the paper was scanned. */
  readonly capturedAt: Date;
  readonly appearance: AppearanceName;
  /** Areas of page 1 as shown that the box must not touch: QR codes. Signatures already there are found in the file. */
  readonly keepClear: readonly PageArea[];
}

/** Shares 0..1 of the page as it is shown, from its top left corner. */
export interface PageArea {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface Verifier {
  /** Every signature of the file, in file order; an empty list means unsigned. Throws `unreadable`. */
  verify(path: string): Promise<VerifyReport>;
}

export interface VerifyReport {
  readonly verdict: Verdict | "unsigned";
  readonly signatures: readonly SignatureInfo[];
}

/** Another form of a document's text (hOCR, ALTO), delivered beside it. */
export interface TextExport {
  /** Word of the setting `export`. */
  readonly name: string;
  /** File name in the parcel. */
  readonly fileName: string;
  /** The whole file, UTF-8; pages in order, one in memory at a time. The same pages always give the same bytes. */
  write(pages: AsyncIterable<ExportedPage>, about: ExportedDocument): AsyncIterable<string>;
}

export interface ExportedDocument {
  readonly producer: string;
  readonly id: DocumentId;
  /** Of the delivered file that the text belongs to. */
  readonly sha256: Sha256;
  readonly pages: number;
  /** Of the pages' readings, each once. */
  readonly engines: readonly string[];
  /** What scanned pages were read with, as Tesseract names it (`vie`); empty when none was. */
  readonly languages: readonly string[];
}

export interface ExportedPage {
  /** 1-based position in the delivered document: blank pages that were left out do not count. */
  readonly number: number;
  readonly dpi: number;
  /** The text of the PDF itself, not recognised; its measures are points. */
  readonly ownText: boolean;
  readonly reading: Reading;
}

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
  /** Further files to lie beside the text. */
  readonly exports: readonly ParcelFile[];
}

/** A file of a parcel that is too big to be held: a target writes it out piece by piece. */
export interface ParcelFile {
  readonly fileName: string;
  /** UTF-8, the same at every call. Throws `damaged_object`. */
  write(): AsyncIterable<string>;
}
