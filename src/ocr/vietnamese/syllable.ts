import { HEAVY, isVowel, letterOf, NO_TONE, SHARP } from "./letters.ts";
import { rimeAfter } from "./rimes.ts";
import type { Rime } from "./rimes.ts";

export interface Syllable {
  /** Initial consonant as written, `qu` and `gi` included; empty where there is none. */
  readonly onset: string;
  /** Everything after it, without tone. */
  readonly rime: string;
  /** Index in `TONE_MARKS`. */
  readonly tone: number;
  /** Places in the word, onset included, where spelling lets the tone stand. */
  readonly tonePlaces: readonly number[];
  /** Where it does stand; −1 without tone. */
  readonly tonePlace: number;
}

/**
 * `misplaced`: a syllable but for where its tone stands (thúê). `unknown`: may be foreign, a name, or two
 * words run together.
 */
export type SyllableKind = "syllable" | "misplaced" | "unknown" | "impossible";

const ONSET = /^(?:ngh?|nh?|g[hi]?|ch?|kh?|ph|qu|t[hr]?|[bdđhlmrsvx])?/u;
const LONGEST = 7;
const MARKED = /[^a-z]/u;

/**
 * Place names of other peoples of Vietnam (Đắk Lắk, Krông Nô, Plông, Păh) and borrowed words with p, f, j, w,
 * z.
 */
const FOREIGN_SHAPE = /^(?:[bcdđghkp][lr]|tl|[pfjwz])|[fjwz]|[khrlsbdđg]$/u;

/**
 * Whether one word of letters alone (NFC, either case) can be a Vietnamese syllable: onset, rime and tone as
 * the standard spelling (chữ Quốc ngữ) lets them meet; stop endings take sắc and nặng alone.
 */
export function syllableOf(word: string): Syllable | undefined {
  const syllable = parsed(word);
  return syllable !== undefined && placed(syllable) ? syllable : undefined;
}

/**
 * What a word of letters alone is, by the same rules. Only `impossible` and `misplaced` call for a
 * correction.
 */
export function syllableKind(word: string): SyllableKind {
  const syllable = parsed(word);
  if (syllable !== undefined) return placed(syllable) ? "syllable" : "misplaced";
  return mayBeForeign(word) ? "unknown" : "impossible";
}

/** The syllable wherever its tone stands; `undefined` when onset, rime and tone cannot meet at all. */
export function parsed(word: string): Syllable | undefined {
  if (word.length > LONGEST) return undefined;
  let plain = "";
  let tone = NO_TONE;
  let tonePlace = -1;
  for (let index = 0; index < word.length; index += 1) {
    const letter = letterOf(word.charAt(index));
    if (letter === undefined || (letter.tone !== NO_TONE && tone !== NO_TONE)) return undefined;
    plain += letter.base;
    if (letter.tone === NO_TONE) continue;
    tone = letter.tone;
    tonePlace = index;
  }
  return split(plain, tone, tonePlace);
}

function split(plain: string, tone: number, tonePlace: number): Syllable | undefined {
  let onset = ONSET.exec(plain)?.[0] ?? "";
  // gì, gìn: the i is the vowel itself.
  if (onset === "gi" && rimeAfter("g", plain.slice(1)) !== undefined) onset = "g";
  const rime = plain.slice(onset.length);
  const known = rimeAfter(onset, rime);
  if (known === undefined || !toneFits(known, tone)) return undefined;
  return { onset, rime, tone, tonePlace, tonePlaces: known.tonePlaces.map((place) => place + onset.length) };
}

function toneFits(rime: Rime, tone: number): boolean {
  return !rime.stopped || tone === SHARP || tone === HEAVY;
}

function placed({ tone, tonePlace, tonePlaces }: Syllable): boolean {
  return tone === NO_TONE || tonePlaces.includes(tonePlace);
}

function mayBeForeign(word: string): boolean {
  const letters = Array.from(word.toLowerCase(), (character) => letterOf(character));
  if (letters.includes(undefined)) return false;
  if (!MARKED.test(word.toLowerCase())) return true;
  const plain = letters.map((letter) => letter?.base ?? "").join("");
  // Initials have no vowel: HĐND, SGDĐT.
  if (!Array.from(plain).some(isVowel)) return true;
  return (word.charAt(0) !== word.charAt(0).toLowerCase() && FOREIGN_SHAPE.test(plain)) || runTogether(word);
}

/** Ôtô, cácbon, Êđê, or two words the reader did not part; the second must begin with a consonant. */
function runTogether(word: string): boolean {
  if (word.length > LONGEST * 2) return false;
  for (let cut = 1; cut < word.length; cut += 1) {
    const [head, tail] = [word.slice(0, cut), word.slice(cut)];
    if (parsed(tail)?.onset === "" || syllableOf(tail) === undefined) continue;
    if (syllableOf(head) !== undefined || runTogether(head)) return true;
  }
  return false;
}
