import { isCommon } from "./common.ts";
import { isPhrase } from "./phrases.ts";
import { syllableKind } from "./syllable.ts";
import { caseShape, isAddress, isCode, isNumber, tokenOf } from "./token.ts";
import type { Token } from "./token.ts";

/** Initials printed in papers of all offices. */
const INITIALS = new Set(
  `UBND HĐND TTHC HĐTV HĐQT MTTQ MTTQVN QĐ NĐ TT CP TTg BNV BTP BCA BQP BTC BCT BYT BNG BXD BGDĐT BTNMT
  BNNMT BKHCN BVHTTDL BTTTT BLĐTBXH GXN TB BC KH CV TTr HD CT NQ VB BB GM GP V/v GCN CCCD CMND GPKD
  MST VT VP HCC STT TM KT TL TUQ PCT CVP PCVP VPUB UB TU TW BHXH BHYT BHTN TNHH MTV CTCP HTX XHCN GTVT
  LĐTBXH TNMT SXD SYT STC SNV STP KBNN GPMB QSDĐ GCNQSDĐ TP TX TT KP ĐT ĐTDĐ SĐT BQL KCN KKT TTHCC
  THCS THPT ĐH CĐ GDĐT SGDĐT PGDĐT CNTT CSDL VNeID DVC QLNN CBCC CCVC`.split(/\s+/u),
);

/** Marks that stand alone in print: they say nothing for or against a reading. */
const PRINTED_MARKS = /^[-–—+•*.,:;…_/()"“”'x×=]+$/u;
const LETTERS_ALONE = /^\p{L}+$/u;
/** a) b. (c) before an item. */
const LABEL = /^\(?[a-zđ][.)]$/u;
/** Print has brackets, quotation marks and dashes before a word, the marks of sentences behind it. */
const ODD_BEFORE = /[^("“‘'[+-]/u;
const ODD_AFTER = /[^)"”’'\].,;:!?…%/-]/u;
/** l8, 2O25, COVID-I9. */
const DIGIT_OR_LETTER = /\d[lIO]|[lIO]\d/u;
const REPEATED = /(.)\1{3,}/u;
const FOREIGN_WORD = /^[A-Za-zÀ-ÿ]{3,20}$/u;
const FOREIGN_VOWEL = /[aeiouy]/iu;
const CONSONANT_RUN = /[bcdfghjklmnpqrstvwxz]{5}/iu;
const WITH_UNIT = /^\d+(?:[.,]\d+)*(?:m2|m3|km2|ha|km|cm|mm|kg|mg|h|h\d\d|kv|kw|kwh|m|g|đ|a|b|c|d|đồng|%)$/iu;

const SURE = 1;
const LIKELY = 0.9;
const NEUTRAL = 0.5;
const DOUBTFUL = 0.25;
const GARBAGE = 0;
const CLINGING = 0.7;

/** What a word counts that is not part of a known phrase. */
const SINGLE = 0.95;

/**
 * How much a reading looks like the print of a Vietnamese office: 0 garbage .. 1 words, numbers and symbols
 * of such papers. Mean over its characters; marks that may stand alone do not count; a syllable beside the
 * one it makes a word with counts more (cổ phần against cô phần). A reading without words is 0. Each line by
 * itself: phrases do not cross calls.
 */
export function plausibility(words: readonly { readonly text: string }[]): number {
  let [sum, length, last, lastWeight] = [0, 0, "", 0];
  for (const { text } of words) {
    if (PRINTED_MARKS.test(text)) continue;
    const token = tokenOf(text);
    const core = token.core.toLowerCase();
    const weight = core === "" ? text.length : core.length;
    const joined = isPhrase(last, core);
    sum += weight * valueOf(token) * SINGLE;
    if (joined) sum += (weight + lastWeight) * (1 - SINGLE);
    length += weight;
    [last, lastWeight] = [core, joined ? 0 : weight];
  }
  return length === 0 ? 0 : sum / length;
}

/**
 * The same for one word (NFC, no white space), with what clings to it; foreign words and marks are neutral
 * (0.5).
 */
export function wordPlausibility(text: string): number {
  return PRINTED_MARKS.test(text) ? NEUTRAL : valueOf(tokenOf(text));
}

function valueOf({ before, core, after }: Token): number {
  if (core === "") return GARBAGE;
  if (core.length === 1 && LABEL.test(before + core + after)) return SURE;
  const odd =
    ODD_BEFORE.test(before) || ODD_AFTER.test(after) || before.length + after.length > core.length + 3;
  return odd ? valueOfCore(core) * CLINGING : valueOfCore(core);
}

function valueOfCore(core: string): number {
  if (INITIALS.has(core)) return SURE;
  if (LETTERS_ALONE.test(core)) return valueOfLetters(core);
  if (DIGIT_OR_LETTER.test(core)) return DOUBTFUL;
  if (isNumber(core) || WITH_UNIT.test(core) || isCode(core) || isAddress(core)) return SURE;
  const parts = core.split(/[-–/.,:;()&'’]+/u);
  if (parts.length > 1) return parts.reduce((sum, part) => sum + valueOfPart(part), 0) / parts.length;
  return GARBAGE;
}

function valueOfPart(part: string): number {
  if (part === "") return NEUTRAL;
  return isNumber(part) || INITIALS.has(part)
    ? SURE
    : LETTERS_ALONE.test(part)
      ? valueOfLetters(part)
      : GARBAGE;
}

function valueOfLetters(word: string): number {
  const shape = caseShape(word);
  if (shape === "mixed") return FOREIGN_WORD.test(word) ? DOUBTFUL : GARBAGE;
  if (REPEATED.test(word)) return GARBAGE;
  switch (syllableKind(word)) {
    case "syllable":
      return valueOfSyllable(word.toLowerCase());
    case "misplaced":
      return NEUTRAL;
    case "unknown":
      return valueOfUnknown(word, shape === "upper");
    case "impossible":
      return GARBAGE;
  }
}

function valueOfSyllable(word: string): number {
  if (isCommon(word)) return SURE;
  const plain = /^[a-z]+$/u.test(word);
  if (plain && word.length === 1) return DOUBTFUL;
  return plain && word.length === 2 ? 0.7 : LIKELY;
}

function valueOfUnknown(word: string, upper: boolean): number {
  if (word.length === 1) return DOUBTFUL;
  if (upper && word.length <= 6) return NEUTRAL;
  const spoken = FOREIGN_VOWEL.test(word.normalize("NFD")) && !CONSONANT_RUN.test(word);
  return spoken && word.length > 2 ? NEUTRAL : DOUBTFUL / 2;
}
