import type { PreparedPage } from "../../domain/page-ports.ts";
import type { Line, Word } from "../../domain/reading.ts";
import { heightOf, lineOf, moved, overlap, widthOf, wordsOf } from "./boxes.ts";
import { cutOut } from "./cut-out.ts";
import { insertBlock } from "./insert-block.ts";
import type { Look } from "./look.ts";
import { placeWords } from "./place-words.ts";
import { lettersOf, qualityOf } from "./quality.ts";
import { samplesOf } from "./samples.ts";
import { uncoveredInk } from "./uncovered-ink.ts";

const LOOK = "uncovered ink";
/** A drawing or a photo is given up after two looks that found no text, or after so much of the page. */
const MOST_VAIN = 2;
const MOST_VAIN_AREA = 0.08;
/** Text the first pass has lost cost nothing there; still not more than this share of the page is read again. */
const MOST_LOOKS = 6;
const MOST_AREA = 0.25;
/** How good a line must be, and a word that stands alone. */
const GOOD = 0.62;
const ALONE = 0.85;
const FEWEST_LETTERS = 4;
/** Share of a line's letters that may be in weak words. */
const MOST_WEAK = 0.34;

/**
 * Reads the places with ink like text that no word covers: whole lines, columns of a head, cells and print under stamps
 * that the engine's layout has dropped without a trace.
 */
export async function readUncovered(
  page: PreparedPage,
  lines: readonly Line[],
  isWeak: (word: Word) => boolean,
  look: Look,
): Promise<readonly Line[]> {
  const samples = samplesOf(page);
  const budget = { looks: MOST_LOOKS, area: MOST_AREA, vain: MOST_VAIN, vainArea: MOST_VAIN_AREA };
  let all = lines;
  for (const region of uncoveredInk(page, lines, samples)) {
    const area = (widthOf(region) * heightOf(region)) / (page.width * page.height);
    if (budget.looks <= 0 || budget.vain <= 0 || area > Math.min(budget.area, budget.vainArea)) continue;
    const seen = await look(cutOut(page, region, wordsOf(all), samples), "block");
    const found = seen.flatMap((line) => print(moved(line, region.x0, region.y0), wordsOf(all), isWeak));
    budget.looks--;
    budget.area -= area;
    if (found.length === 0) {
      budget.vain--;
      budget.vainArea -= area;
    } else all = withFound(all, found);
  }
  return all;
}

/** What of a line is new, when it is print. */
function print({ words }: Line, taken: readonly Word[], isWeak: (word: Word) => boolean): Line[] {
  const free = withoutStrokes(
    words.filter(({ box }) => taken.every((other) => overlap(other.box, box) < 0.4)),
  );
  if (free.length === 0) return [];
  const line = lineOf(free, LOOK);
  const letters = lettersOf(line);
  const weak = lettersOf({ words: free.filter(isWeak) });
  const good = qualityOf(free) >= (free.length === 1 ? ALONE : GOOD);
  return letters >= FEWEST_LETTERS && weak <= letters * MOST_WEAK && good ? [line] : [];
}

/** Without the rests of rules and letters around it: | Chuyển is a word that stands alone. */
function withoutStrokes(words: readonly Word[]): readonly Word[] {
  const isWord = (word: Word): boolean => lettersOf({ words: [word] }) > 0;
  return words.slice(Math.max(0, words.findIndex(isWord)), words.findLastIndex(isWord) + 1);
}

function withFound(lines: readonly Line[], found: readonly Line[]): readonly Line[] {
  const { lines: filled, left } = placeWords(lines, found);
  return insertBlock(filled, left);
}
