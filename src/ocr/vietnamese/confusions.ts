import { HEAVY, letterOf, NO_TONE, SHARP, withTone } from "./letters.ts";

/**
 * Misread letters, read → meant, both ways where both were seen in readings of real scans (e/c, h/b, đ/d,
 * q/g, f/t); the rest are the textbook cases. w and vv cannot be proved, no Vietnamese syllable has them.
 */
const LETTERS: readonly (readonly [read: string, meant: string])[] = [
  ["e", "c"],
  ["c", "e"],
  ["h", "b"],
  ["b", "h"],
  ["đ", "d"],
  ["d", "đ"],
  ["q", "g"],
  ["f", "t"],
  ["l", "t"],
  ["t", "l"],
  ["l", "i"],
  ["i", "l"],
  ["1", "l"],
  ["1", "i"],
  ["0", "o"],
  ["n", "u"],
  ["u", "n"],
  ["rn", "m"],
  ["cl", "d"],
  ["tl", "đ"],
];

/** Letters whose own mark is lost or misread beside a tone (truòng, tièn, QUÓC), by what they may be. */
const HATS: Readonly<Record<string, string>> = { a: "âă", ă: "â", â: "ă", e: "ê", o: "ôơ", u: "ư" };
const STOP_END = /(?:[pct]|ch)$/u;
const STACKED = "âêô";

/**
 * Every reading of a lower-case word (NFC) with one mark changed, right or not. On the corpus the commonest
 * by far is a lost acute above a circumflex (xuât, quyêt, đôc); before p, t, c, ch the acute is all that can
 * have stood there, because the dot of nặng stands below the letter, where nothing hides it.
 */
export function* markConfusions(word: string): Generator<string> {
  const stopped = STOP_END.test(word);
  for (let index = 0; index < word.length; index += 1) {
    for (const letter of otherMarks(word.charAt(index), stopped)) {
      yield word.slice(0, index) + letter + word.slice(index + 1);
    }
  }
}

/** Every reading with one letter, or pair that looks like one letter, taken for another. */
export function* letterConfusions(word: string): Generator<string> {
  for (const [read, meant] of LETTERS) {
    for (let at = word.indexOf(read); at !== -1; at = word.indexOf(read, at + 1)) {
      yield word.slice(0, at) + meant + word.slice(at + read.length);
    }
  }
}

function* otherMarks(character: string, stopped: boolean): Generator<string> {
  const letter = letterOf(character);
  if (letter === undefined) return;
  for (const base of HATS[letter.base] ?? "") yield withTone(base, letter.tone);
  if (!stopped || letter.tone === SHARP || letter.tone === HEAVY) return;
  if (letter.tone !== NO_TONE || STACKED.includes(letter.base)) yield withTone(letter.base, SHARP);
}
