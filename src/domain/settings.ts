import type { OfficerId, UnitCode } from "./ids.ts";
import type { CleanStep } from "./page-change.ts";
import type { ProfileName } from "./rules.ts";

export type ExportName = "hocr" | "alto";

/** How far a signature proves itself (ETSI EN 319 142-1): bare; with a time stamp; with revocation data; with an archive stamp. */
export type SignatureLevel = "B-B" | "B-T" | "B-LT" | "B-LTA";

/** What the signature looks like on page 1; see domain rule 6.1. */
export type AppearanceName = "tt01-scan" | "nd30-copy" | "archive" | "none";

/** Form of copy of NĐ 30/2020 art. 25, told in the box of `nd30-copy`. */
export type CopyForm = "SAO Y" | "SAO LỤC" | "TRÍCH SAO";

export interface SigningSettings {
  /**
   * Where the private key is: absolute path of a PKCS#12 file, a token's URI (RFC 7512: `pkcs11:token=…?module-path=…`), or
   * the `https://` address of a signing service.
   */
  readonly key: string | null;
  /** Holds the passphrase of the PKCS#12 file, the PIN of the token or the access token of the service. */
  readonly passphraseFile: string | null;
  /** Which of a signing service's credentials signs (`credentialID` of the CSC API). */
  readonly credential: string | null;
  readonly level: SignatureLevel;
  /** Of RSA signatures. */
  readonly padding: "pkcs1" | "pss";
  readonly digest: "sha256" | "sha384" | "sha512";
  readonly appearance: AppearanceName;
  readonly copyForm: CopyForm;
  /** PNG of the seal for the appearance `archive`. */
  readonly seal: string | null;
  /** Addresses of time-stamp authorities (RFC 3161), tried in this order. */
  readonly tsa: readonly string[];
  /** PEM files of trusted roots: of signers and of time-stamp authorities. */
  readonly trust: readonly string[];
  /** PEM files of further roots for TLS, for services inside the province's network. */
  readonly tlsRoots: readonly string[];
  /** What happens when nobody can say whether a certificate was revoked; a revoked one always stops. `off`: nobody is asked. */
  readonly revocation: "off" | "warn" | "require";
  /** Seconds one request to a time-stamp, revocation or signing service may take. */
  readonly timeout: number;
}

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
  readonly signing: SigningSettings;
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
