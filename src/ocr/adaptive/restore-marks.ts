import type { PreparedPage } from "../../domain/page-ports.ts";
import type { Box, Line, Word } from "../../domain/reading.ts";
import { wordPlausibility } from "../vietnamese/lexicon.ts";
import { wordsOf } from "./boxes.ts";
import { collageOf } from "./collage.ts";
import { cutWords, withoutTone } from "./cut-marks.ts";
import type { Look } from "./look.ts";
import { samplesOf } from "./samples.ts";

/** A word on its own is read with less confidence than among others; it must not be a guess. */
const SURE = 0.5;
const LOOK = "upper marks";
const MOST_WORDS = 120;

/**
 * Reads the words whose upper marks were cut off once more, all together on one small view, and takes the new reading
 * where it differs in nothing but tones.
 */
export async function restoreMarks(
  page: PreparedPage,
  lines: readonly Line[],
  look: Look,
): Promise<readonly Line[]> {
  const samples = samplesOf(page);
  const cut = cutWords(lines, samples).slice(0, MOST_WORDS);
  if (cut.length === 0) return lines;
  const { view, slots } = collageOf(
    cut.map(({ piece }) => piece),
    page,
    samples,
  );
  const seen = wordsOf(await look(view, "block"));
  const better = new Map(
    cut.map(({ line, word }, index) => [`${line} ${word}`, inSlot(seen, slots[index])] as const),
  );
  return lines.map((line, index) => {
    const words = line.words.map((word, place) => restored(word, better.get(`${index} ${place}`)));
    return words.every((word, place) => word === line.words[place]) ? line : { ...line, words, look: LOOK };
  });
}

/** What was read in a slot, as one word. */
function inSlot(seen: readonly Word[], slot: Box | undefined): Word | undefined {
  if (slot === undefined) return undefined;
  const middle = ({ x0, x1, y0, y1 }: Box) => ({ x: (x0 + x1) / 2, y: (y0 + y1) / 2 });
  const inside = seen.filter(({ box }) => {
    const { x, y } = middle(box);
    return x > slot.x0 && x < slot.x1 && y > slot.y0 && y < slot.y1;
  });
  if (inside.length === 0) return undefined;
  const text = inside.map((word) => word.text).join("");
  return { text, box: slot, confidence: Math.min(...inside.map(({ confidence }) => confidence)) };
}

function restored(word: Word, again: Word | undefined): Word {
  if (again === undefined || again.text === word.text || again.confidence < SURE) return word;
  const plain = withoutTone(word.text);
  if (withoutTone(again.text) !== plain || again.text === plain) return word;
  // A tone that was read is given up only for one read with more confidence: words on their own are read a little worse.
  if (word.text !== plain && again.confidence <= word.confidence) return word;
  const better = wordPlausibility(again.text) >= wordPlausibility(word.text);
  return better ? { ...word, text: again.text, confidence: again.confidence } : word;
}
