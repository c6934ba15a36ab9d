import type { Barcode } from "./barcode.ts";
import { findDossierCodes } from "./codes.ts";
import { type CoverSheet, parseSheet } from "./cover-sheet.ts";
import type { DossierCode } from "./ids.ts";
import type { CodeGrammar } from "./rules.ts";

/** What a page's barcode means for the stack it lies in. */
export type PageMark =
  /** A Patch-T sheet: it belongs to no paper and another paper begins behind it. */
  | { readonly kind: "separator" }
  /** A label that `separators.codes` names, stuck on a paper's own first page: another paper begins here. */
  | { readonly kind: "label"; readonly text: string }
  /** A cover sheet of `sohoa sheets`: another paper begins, and this is its dossier. */
  | { readonly kind: "sheet"; readonly sheet: CoverSheet }
  /** A dossier code printed on the paper itself; the QR of province systems stands top left (TT 01/2023 art. 26). */
  | { readonly kind: "code"; readonly code: DossierCode };

export interface MarkRules {
  readonly grammar: CodeGrammar;
  /** ISO date: no dossier is from the future. */
  readonly today: string;
  /** Regular expressions of payloads that begin another paper, besides Patch-T and our own sheets. */
  readonly labels: readonly string[];
}

const PATCH_T = /^PATCH[ -]?T$/iu;
/** Some label printers end a Code 128 with a control character, for keyboard wedges. */
const ENDS = /^[\s\p{Cc}]+|[\s\p{Cc}]+$/gu;

/** Reads the payloads; those that mean nothing here (web links, identity cards) leave no trace. */
export function marksOf(barcodes: readonly Barcode[], rules: MarkRules): PageMark[] {
  const marks = new Map<string, PageMark>();
  for (const { text } of barcodes) {
    for (const mark of meaning(text.normalize("NFC").replaceAll(ENDS, ""), rules))
      marks.set(JSON.stringify(mark), mark);
  }
  return [...marks.values()];
}

function meaning(text: string, { grammar, today, labels }: MarkRules): PageMark[] {
  const sheet = parseSheet(text, grammar, today);
  if (sheet !== undefined) return [{ kind: "sheet", sheet }];
  if (PATCH_T.test(text)) return [{ kind: "separator" }];
  if (labels.some((pattern) => new RegExp(pattern, "u").test(text))) return [{ kind: "label", text }];
  return findDossierCodes(text, grammar, today).map((code) => ({ kind: "code", code }));
}
