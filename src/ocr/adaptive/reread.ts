import type { PreparedPage } from "../../domain/page-ports.ts";
import type { Box, Line, Word } from "../../domain/reading.ts";
import { wordPlausibility } from "../vietnamese/lexicon.ts";
import { heightOf, lineOf, moved, overlap, wordsOf } from "./boxes.ts";
import { cutOut } from "./cut-out.ts";
import { insertLines } from "./insert-lines.ts";
import type { Look } from "./look.ts";
import { placeWords } from "./place-words.ts";
import { lettersOf, qualityOf, wordQuality } from "./quality.ts";
import { samplesOf } from "./samples.ts";
import { usualHeight, weakRegions } from "./weak-regions.ts";

const LOOK = "weak place";
/** A line of the new reading must be this good, and have as many letters, to stand for what was there. */
const GOOD = 0.62;
const FEWEST_LETTERS = 3;
/** So much better must the new reading of a place be. */
const LEAD = 1.2;
/** Of the usual height: the acute of an Ó read as a word of its own. */
const TINY = 0.5;
/** Below this a word is no word. */
const NO_WORD = 0.3;

/**
 * Reads the places of weak words once more, each cut out by itself with the good words around it painted over: lines of two
 * columns that stand at different heights, and print under a signature, spoil each other when they are read as one line.
 */
export async function rereadWeak(
  page: PreparedPage,
  lines: readonly Line[],
  isWeak: (word: Word) => boolean,
  look: Look,
): Promise<readonly Line[]> {
  const regions = weakRegions(page, lines, isWeak);
  if (regions.length === 0) return lines;
  const samples = samplesOf(page);
  let all = lines;
  const fresh = new Set<Word>();
  const tiny = usualHeight(wordsOf(lines)) * TINY;
  const doubtful = (word: Word): boolean => isWeak(word) || isMark(word, tiny);
  for (const region of regions) {
    const good = wordsOf(all).filter((word) => fresh.has(word) || !doubtful(word));
    const seen = await look(cutOut(page, region, good, samples), "block");
    const found = seen.map((line) => moved(line, region.x0, region.y0));
    const free = freeOf(found, good);
    for (const word of wordsOf(free)) fresh.add(word);
    all = merged(all, region, free, { isWeak: (word) => isWeak(word) && !fresh.has(word), tiny });
  }
  return all;
}

/** Plausible lines, without words that are there already. */
function freeOf(found: readonly Line[], good: readonly Word[]): Line[] {
  return found.flatMap(({ words }) => {
    const free = words.filter(({ box }) => good.every((other) => overlap(other.box, box) < 0.4));
    if (free.length === 0) return [];
    const line = lineOf(free, LOOK);
    return lettersOf(line) >= FEWEST_LETTERS && qualityOf(free) >= GOOD ? [line] : [];
  });
}

function merged(
  lines: readonly Line[],
  region: Box,
  found: readonly Line[],
  { isWeak, tiny }: { readonly isWeak: (word: Word) => boolean; readonly tiny: number },
): readonly Line[] {
  const inRegion = (word: Word): boolean => isWeak(word) && overlap(word.box, region) > 0.5;
  const weak = wordsOf(lines).filter(inRegion);
  if (found.length === 0 || worthOf(wordsOf(found)) <= LEAD * worthOf(weak)) return lines;
  const covered = (word: Word, share: number): boolean =>
    wordsOf(found).some(({ box }) => overlap(box, word.box) > share);
  const replaced = (word: Word): boolean =>
    (isMark(word, tiny) && covered(word, 0.6)) || (inRegion(word) && (isSpeck(word) || covered(word, 0.2)));
  const kept = lines.flatMap((line) => {
    const words = line.words.filter((word) => !replaced(word));
    if (words.length === line.words.length) return [line];
    return words.length === 0 ? [] : [lineOf(words, line.look)];
  });
  const { lines: filled, left } = placeWords(kept, found);
  return insertLines(filled, left);
}

/** Marks and parts of a signature: they go when their place is read well. */
const isSpeck = (word: Word): boolean =>
  wordPlausibility(word.text) < NO_WORD && lettersOf({ words: [word] }) < FEWEST_LETTERS;

/** Whatever it is read as, and however surely: a mark of a letter, or a full stop as high as a line of capitals. */
const isMark = (word: Word, tiny: number): boolean =>
  heightOf(word.box) < tiny || lettersOf({ words: [word] }) === 0;

const worthOf = (words: readonly Word[]): number =>
  words.reduce((sum, word) => sum + word.text.length * wordQuality(word), 0);
