import type { Line, Word } from "../../domain/reading.ts";
import { besides, lineOf, overlap, wordsOf } from "./boxes.ts";
import { lettersOf, qualityOf } from "./quality.ts";

/** The ring text of a seal is read as garbage; a line of print has this quality and at least some letters. */
const PLAUSIBLE = 0.72;
const FEWEST_LETTERS = 3;
/** A word on its own has no neighbours to vouch for it: HƯƠNG is also what the rim of a seal reads as. */
const ALONE = 0.9;
/** Share of a red word that a word of the page may cover: black text beside or over red shines through a little. */
const FREE = 0.3;

/**
 * Lines of the red view that stand where the page shows no words: titles, numbers and notes printed in red, which the red
 * channel wipes out.
 * @param red what was read in the view of the red ink alone, on the same canvas as `lines`
 */
export function redTextOf(red: readonly Line[], lines: readonly Line[]): Line[] {
  const taken = wordsOf(lines);
  return red.flatMap((line) => {
    const free = line.words.filter((word) => isFree(word, taken));
    if (free.length === 0) return [];
    const found = lineOf(free, "red ink");
    return isPrint(found) ? [found] : [];
  });
}

function isFree({ box }: Word, taken: readonly Word[]): boolean {
  return taken.every((other) => besides(other.box, box) === 0 || overlap(other.box, box) <= FREE);
}

function isPrint(line: Line): boolean {
  return (
    lettersOf(line) >= FEWEST_LETTERS &&
    qualityOf(line.words) >= (line.words.length === 1 ? ALONE : PLAUSIBLE)
  );
}
