import type { Line, Word } from "../../domain/reading.ts";
import { isCommon } from "./common.ts";
import { isPhrase } from "./phrases.ts";
import { repaired } from "./repair.ts";
import { syllableOf } from "./syllable.ts";
import { caseShape, tokenOf } from "./token.ts";
import { plainUnicode } from "./unicode.ts";

/**
 * Above this a word stays as it was read. Tesseract's own number for impossible words such as "xuât" is
 * mostly 0.86-0.93, that of right words up to 0.97: below the line the proof by spelling counts, not the number.
 */
const CERTAIN = 0.98;

const ASCII = /^[ -~]*$/u;
const ENDS_SENTENCE = /[.;:!?]["”’)]*$|^[-–+•*]$|^\(?(?:\d{1,2}|[a-zđ])[.)]$/u;

interface Place {
  readonly before: Word | undefined;
  readonly after: Word | undefined;
}

/**
 * One word (no white space) as it should be searched and shown: NFC, Đ, no look-alikes of other scripts; in
 * lower-case words also what `repaired` proves. Capitalised words may be names and keep their letters.
 * Idempotent.
 */
export function finishWord(text: string): string {
  const plain = plainUnicode(text);
  return withCore(plain, (core) => (caseShape(core) === "lower" ? repaired(core) : undefined));
}

/**
 * Finishes every word; `raw` keeps what the engine gave where that differs. A capitalised word is corrected
 * only where a sentence begins and a common word comes out, or beside the word it belongs with (QUYÉT ĐỊNH).
 * Words read with certainty and everything with digits or signs in it keep their letters. Lines without a
 * change come back as they are.
 */
export function finishLines(lines: readonly Line[]): readonly Line[] {
  let before: Word | undefined;
  return lines.map((line) => {
    const words = line.words.map((word, index) => {
      const done = finished(word, { before, after: line.words[index + 1] });
      before = done;
      return done;
    });
    return words.every((word, index) => word === line.words[index]) ? line : { ...line, words };
  });
}

function finished(word: Word, place: Place): Word {
  const plain = plainUnicode(word.text);
  const text = word.confidence >= CERTAIN ? plain : withCore(plain, (core) => corrected(core, place));
  return text === word.text ? word : { ...word, text, raw: word.raw ?? word.text };
}

function corrected(core: string, { before, after }: Place): string | undefined {
  const shape = caseShape(core);
  if (shape === "lower") return repaired(core);
  if (shape === "mixed") return undefined;
  const lower = repaired(core.toLowerCase());
  if (lower === undefined) return undefined;
  if (isPhrase(bare(before), lower) || isPhrase(lower, bare(after))) return inCaseOf(core, lower);
  const begins = before !== undefined && ENDS_SENTENCE.test(before.text) && isLower(after);
  return shape === "capital" && begins && isCommon(lower) ? inCaseOf(core, lower) : undefined;
}

function bare(word: Word | undefined): string {
  return word === undefined ? "" : tokenOf(word.text).core.toLowerCase();
}

function isLower(word: Word | undefined): boolean {
  return word !== undefined && caseShape(tokenOf(word.text).core) === "lower";
}

function withCore(text: string, change: (core: string) => string | undefined): string {
  if (ASCII.test(text)) return text;
  const { before, core, after } = tokenOf(text);
  // Nearly every word ends here.
  if (syllableOf(core) !== undefined) return text;
  const changed = change(core);
  return changed === undefined ? text : before + changed + after;
}

function inCaseOf(model: string, lower: string): string {
  if (caseShape(model) === "upper") return lower.toUpperCase();
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}
