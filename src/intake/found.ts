import type { Candidate } from "../domain/document.ts";
import type { ErrorCode } from "../domain/errors.ts";

/** A name that becomes no document, and why; it is reported, never dropped. */
export interface Refused {
  readonly kind: "refused";
  /** Path as people know it, relative to the input, or the manifest's cell. */
  readonly name: string;
  readonly reason: ErrorCode;
  readonly detail: string;
  /** Line of the manifest. */
  readonly line?: number;
}

/** What intake finds: a document, or something that is refused by name. */
export type Found = { readonly kind: "candidate"; readonly candidate: Candidate } | Refused;

/** A file as listed: `path` opens it (the name as the disk spells it), `name` is shown (NFC, `/`). */
export interface ListedFile {
  readonly path: string;
  readonly name: string;
}

/** Files that make up one document, in page order. */
export interface Unit {
  readonly kind: "unit";
  readonly files: readonly [ListedFile, ...ListedFile[]];
}
