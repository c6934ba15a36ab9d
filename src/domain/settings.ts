import type { OfficerId, UnitCode } from "./ids.ts";
import type { CleanStep } from "./page-change.ts";
import type { ProfileName } from "./rules.ts";

export type ExportName = "hocr" | "alto";

/** All settings, checked and frozen. Paths are absolute. Units are in the names or the comments. */
export interface Settings {
  readonly workspace: string;
  readonly unit: UnitCode | null;
  readonly officer: OfficerId | null;
  readonly lang: "vi" | "en";
  readonly profile: ProfileName;
  /** OCR workers. */
  readonly jobs: number;
  /** Megabytes for the whole process. */
  readonly memory: number;
  /** Give way to whoever works at the machine. */
  readonly nice: boolean;
  readonly ocr: {
    /** `auto`: the system program where it is there with every language, else the embedded engine. */
    readonly engine: "auto" | "tesseractjs" | "tesseract";
    readonly languages: readonly string[];
    readonly tessdata: string | null;
    /** 0..1; lines below it are weak, and a page with too much weak text gets the finding `low_confidence`. */
    readonly minConfidence: number;
    /** Look again at what the first pass read badly. */
    readonly secondLook: boolean;
    /** Seconds. */
    readonly pageTimeout: number;
  };
  /** What may be done to the page's own image; empty: only what is certain and lossless. */
  readonly clean: readonly CleanStep[];
  /** Blank pages are flagged and kept unless this is set. */
  readonly dropBlank: boolean;
  readonly separators: {
    /** Regular expressions of barcode payloads that begin another document, besides Patch-T and our own sheets. */
    readonly codes: readonly string[];
    /** Keep the sheets as first pages of what they separate. */
    readonly keep: boolean;
  };
  /** File with one password a line, tried on PDFs that need one. */
  readonly passwordFile: string | null;
  readonly signing: {
    readonly key: string | null;
    readonly passphraseFile: string | null;
    readonly level: "B-B";
    readonly appearance: "tt01-scan" | "none";
    readonly trust: readonly string[];
    /** Asked for, but level B-B signs offline and checks none: a run that signs says so unless it is `off`. */
    readonly revocation: "off" | "warn" | "require";
  };
  readonly targets: readonly string[];
  /** Further forms of the text to deliver: `hocr`, `alto`. */
  readonly export: readonly ExportName[];
  readonly allowTestSignature: boolean;
  readonly requireRegister: boolean;
  readonly strict: boolean;
  /** Absolute path of the SQLite file. */
  readonly ledger: string;
  /** Absolute path of the object folder. */
  readonly objects: string;
  readonly retention: { readonly days: number };
}
