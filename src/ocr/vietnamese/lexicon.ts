import { isCommon } from "./common.ts";
import { syllableKind } from "./syllable.ts";
import { caseShape, isAddress, isCode, isNumber, tokenOf } from "./token.ts";

/** Initials printed in papers of all offices. */
const INITIALS = new Set(
  `UBND HĐND TTHC HĐTV HĐQT MTTQ MTTQVN QĐ NĐ TT CP TTg BNV BTP BCA BQP BTC BCT BYT BNG BXD BGDĐT BTNMT BNNMT BKHCN BVHTTDL
  BTTTT BLĐTBXH GXN TB BC KH CV TTr HD CT NQ VB BB GM GP GCN CCCD CMND GPKD MST VT VP HCC STT TM KT TL TUQ PCT CVP PCVP VPUB
  UB TU TW BHXH BHYT BHTN TNHH MTV CTCP HTX XHCN GTVT LĐTBXH TNMT SXD SYT STC SNV STP KBNN GPMB QSDĐ GCNQSDĐ TP TX TT KP
  ĐT ĐTDĐ SĐT BQL KCN KKT TTHCC THCS THPT ĐH CĐ GDĐT SGDĐT PGDĐT CNTT CSDL VNeID DVC QLNN CBCC CCVC`.split(
    /\s+/u,
  ),
);

/** Marks that stand alone in print: they say nothing for or against a reading. */
const PRINTED_MARKS = /^[-–—+•*.,:;…_/()"“”'x×=]+$/u;
const LETTERS_ALONE = /^\p{L}+$/u;
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

/**
 * How much a reading looks like the print of a Vietnamese office: 0 garbage .. 1 common syllables, numbers and symbols.
 * Mean over its characters; marks that may stand alone do not count. A reading without words is 0.
 */
export function plausibility(words: readonly { readonly text: string }[]): number {
  let sum = 0;
  let length = 0;
  for (const { text } of words) {
    const weight = PRINTED_MARKS.test(text) ? 0 : text.length;
    length += weight;
    if (weight > 0) sum += weight * wordPlausibility(text);
  }
  return length === 0 ? 0 : sum / length;
}

/** The same for one word (NFC, no white space), with what clings to it; foreign words are neutral (0.5). */
export function wordPlausibility(text: string): number {
  const { before, core, after } = tokenOf(text);
  if (core === "") return PRINTED_MARKS.test(text) ? NEUTRAL : GARBAGE;
  const value = valueOfCore(core);
  return before.length + after.length > 3 && before.length + after.length > core.length ? value / 2 : value;
}

function valueOfCore(core: string): number {
  if (LETTERS_ALONE.test(core)) return INITIALS.has(core) ? SURE : valueOfLetters(core);
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
