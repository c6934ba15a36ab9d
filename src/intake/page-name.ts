import { extname } from "node:path";
import type { CodeGrammar } from "../domain/rules.ts";
import { pageFormat } from "./page-files.ts";

/** What the name of a page image says of the document it belongs to. */
export interface PageName {
  readonly format: string;
  /** Without ending, upper case; digits of dossier codes made letters. */
  readonly stem: string;
  /** Absent: the name ends in no number. */
  readonly series?: {
    /** The same for all pages of one document. */
    readonly key: string;
    readonly number: number;
    /** `B` of `trang 2b`; empty for most. */
    readonly letter: string;
    /** `Scan (2)`, not `Scan_2`. */
    readonly bracketed: boolean;
    /** The stem a first page without a number would have. */
    readonly bare: string;
  };
}

/** Number, perhaps with the letter of a side (a, b; r, v as in recto, verso), perhaps in brackets. */
const TRAILING = /^(?<before>.*?)(?<number>\d+)(?<letter>[A-DRV]?)(?<after>\s*[)\]]?\s*)$/su;

/**
 * Reads the name of a page image; undefined for other files. Codes are masked by their grammar alone: two codes with
 * an impossible date are two codes all the same.
 */
export function readPageName(name: string, grammar: CodeGrammar): PageName | undefined {
  const format = pageFormat(name);
  if (format === undefined) return undefined;
  const composed = name.normalize("NFC");
  const stem = composed
    .slice(0, composed.length - extname(composed).length)
    .toUpperCase()
    .replaceAll(
      new RegExp(grammar.dossierInText, "gu"),
      (code) => `\t${code.replaceAll(/\d/gu, letterOf)}\t`,
    );
  const { before = "", number, letter = "", after = "" } = TRAILING.exec(stem)?.groups ?? {};
  if (number === undefined) return { format, stem };
  const bare = before.replace(/\s*[-_([\s]$/u, "");
  const bracketed = /[([]$/u.test(before) && after.trim() !== "";
  const key = `${before}\n${after}\n${format}`;
  return { format, stem, series: { key, number: Number(number), letter, bracketed, bare } };
}

/** Digits of a code as letters, so that they stay part of the key and are no page number. */
function letterOf(digit: string): string {
  return String.fromCodePoint(0x1_00 + Number(digit));
}
