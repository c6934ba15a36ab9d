/** Tones in the order ngang, sắc, huyền, hỏi, ngã, nặng. */
export const TONE_MARKS = ["", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"] as const;

export const NO_TONE = 0;
export const SHARP = 1;
export const HEAVY = 5;

export interface Letter {
  /** Lower case without its tone: `ế` gives `ê`. */
  readonly base: string;
  /** Index in `TONE_MARKS`. */
  readonly tone: number;
}

const CONSONANTS = "bcdđghklmnpqrstvx";
const VOWELS = "aăâeêioôơuưy";

/** Letters English and other languages have and Vietnamese syllables have not. */
const FOREIGN = "fjwz";

const LETTERS = new Map<string, Letter>();
const WITH_TONE = new Map<string, readonly string[]>();
for (const base of CONSONANTS + FOREIGN) LETTERS.set(base, { base, tone: NO_TONE });
for (const base of VOWELS) {
  const row = TONE_MARKS.map((mark) => (base + mark).normalize("NFC"));
  WITH_TONE.set(base, row);
  for (const [tone, letter] of row.entries()) LETTERS.set(letter, { base, tone });
}
for (const [letter, value] of LETTERS) LETTERS.set(letter.toUpperCase(), value);

/** The letter of a syllable behind one NFC character of either case; `undefined` for everything else. */
export function letterOf(character: string): Letter | undefined {
  return LETTERS.get(character);
}

/** `ê` and 1 give `ế`; consonants come back as they are. */
export function withTone(base: string, tone: number): string {
  return WITH_TONE.get(base)?.[tone] ?? base;
}

export function isVowel(base: string): boolean {
  return WITH_TONE.has(base);
}
