/** A word with what clings to it: `(UBND),` has the core `UBND`. */
export interface Token {
  readonly before: string;
  readonly core: string;
  readonly after: string;
}

export type CaseShape = "lower" | "capital" | "upper" | "mixed";

/** Marks and signs of all scripts; the ASCII ones are told by their code below. */
const SIGN = /[\p{P}\p{S}]/u;
const NUMBER = /^[+-]?\d+(?:[.,/:-]\d+)*%?$/u;
const ADDRESS =
  /^[\w.+-]+@[\w.-]+$|^(?:https?:\/\/|www\.)|^[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org|info|edu|gov)\b/iu;

/** 574/UBND-KTTH, 12/2023/NĐ-CP, QĐ-TTg, H57.132-260804-0583, 1.000178, 000.00.14.H57. */
const CODE_PART = String.raw`(?:\d+[a-z]?|\d*[A-ZĐ]{1,8}\d*|[A-ZĐ]+[a-z]{1,2}[A-ZĐ]{0,4})`;
const CODE = new RegExp(String.raw`^${CODE_PART}(?:[./_&+-]+${CODE_PART})*$`, "u");
const CODE_SIGN = /[\d./_&+-]/u;

export function tokenOf(text: string): Token {
  let start = 0;
  let end = text.length;
  while (start < end && isSign(text, start)) start += 1;
  while (end > start && isSign(text, end - 1)) end -= 1;
  return { before: text.slice(0, start), core: text.slice(start, end), after: text.slice(end) };
}

function isSign(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code >= 0x80) return code < 0xc0 || (code >= 0x2000 && SIGN.test(text.charAt(index)));
  const letterOrDigit =
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39);
  return !letterOrDigit;
}

/** Numbers, dates, times and shares: 1906, 26/8/2025, 10:21:11, 1.200.000, 12,5%. */
export function isNumber(core: string): boolean {
  return NUMBER.test(core);
}

/** E-mail and web addresses. */
export function isAddress(core: string): boolean {
  return ADDRESS.test(core);
}

/** Dossier codes, document symbols, codes of procedures: capitals and digits held together by signs. */
export function isCode(core: string): boolean {
  return CODE_SIGN.test(core) && CODE.test(core);
}

/**
 * How the letters of a word stand; `mixed` is what no printer sets (aNh, QuyẾt), but names of things have it
 * (VNeID).
 */
export function caseShape(letters: string): CaseShape {
  if (letters === letters.toLowerCase()) return "lower";
  if (letters === letters.toUpperCase()) return letters.length === 1 ? "capital" : "upper";
  const first = letters.charAt(0);
  const tail = letters.slice(1);
  return first === first.toUpperCase() && tail === tail.toLowerCase() ? "capital" : "mixed";
}
