import { isCommon } from "./common.ts";
import { letterConfusions, markConfusions } from "./confusions.ts";
import { withTone } from "./letters.ts";
import { parsed, syllableKind, syllableOf } from "./syllable.ts";
import type { Syllable } from "./syllable.ts";

const LETTERS_ALONE = /^\p{L}{2,8}$/u;
/** A digit read for a letter: between letters, in a word with Vietnamese marks, which no code has. */
const DIGIT_WITHIN = /^(?=.*[à-ỹ])\p{L}+[01]\p{L}+$/u;

/**
 * The one syllable a lower-case word (NFC, no marks about it) must be, where the word itself cannot be
 * Vietnamese: its tone put where the spelling wants it, or one confusion undone when exactly one gives a
 * syllable. `undefined`: leave it alone.
 */
export function repaired(word: string): string | undefined {
  const digits = DIGIT_WITHIN.test(word);
  if (!digits && !LETTERS_ALONE.test(word)) return undefined;
  const kind = digits ? "impossible" : syllableKind(word);
  if (kind === "misplaced") return withToneInPlace(word);
  return kind === "impossible" ? onlySyllable(word) : undefined;
}

/** A letter put for another must also give a word of every day: two guesses at once are no proof. */
function onlySyllable(word: string): string | undefined {
  const found = new Set<string>();
  for (const variant of markConfusions(word)) if (syllableOf(variant)) found.add(variant);
  const byMarks = found.size;
  for (const variant of letterConfusions(word)) if (syllableOf(variant)) found.add(variant);
  const [only] = found;
  if (found.size !== 1 || only === undefined) return undefined;
  return byMarks === 1 || isCommon(only) ? only : undefined;
}

function withToneInPlace(word: string): string | undefined {
  const syllable = parsed(word);
  return syllable && spelled(syllable);
}

function spelled({ onset, rime, tone, tonePlaces }: Syllable): string {
  const place = tonePlaces[0] ?? 0;
  return Array.from(onset + rime, (base, index) => (index === place ? withTone(base, tone) : base)).join("");
}
