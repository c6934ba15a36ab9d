import type { Box, Line, Reading } from "./reading.ts";

/** A line that is probably read wrong in good part; `line` is its number in the reading, from 0. */
export interface WeakLine {
  readonly line: number;
  readonly box: Box;
  /** 0..1 */
  readonly confidence: number;
}

/** What can be expected of a page's text, from calibrated words. Shares are 0..1. */
export interface PageConfidence {
  /** Expected share of its words that are right; 1 without words. */
  readonly mean: number;
  /** Of its lines that have enough letters to count, the least sure; 1 without such lines. */
  readonly least: number;
  /** Share of its letters and digits that stand in weak lines. */
  readonly weakShare: number;
  /** Letters and digits read, right or wrong. */
  readonly letters: number;
}

/** A stroke of a signature or the ring of a seal gives a word or two, not a line of text. */
const LETTERS_OF_A_LINE = 8;

const lettersOf = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

/** Expected share of a line's letters and digits that stand in words read right; of the words where there are none. */
export function lineConfidence({ words }: Pick<Line, "words">): number {
  const weights = words.map(({ text }) => lettersOf(text));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  if (words.length === 0) return 1;
  return words.reduce(
    (sum, { confidence }, index) =>
      sum + confidence * (all === 0 ? 1 / words.length : (weights[index] ?? 0) / all),
    0,
  );
}

/** The lines a person should look at first: those with letters or digits whose confidence is below `threshold`. */
export function weakLines({ lines }: Pick<Reading, "lines">, threshold: number): readonly WeakLine[] {
  return lines.flatMap((line, index) => {
    const confidence = lineConfidence(line);
    const weak = confidence < threshold && lineLetters(line) > 0;
    return weak ? [{ line: index, box: line.box, confidence }] : [];
  });
}

export function pageConfidence(reading: Pick<Reading, "lines">, threshold: number): PageConfidence {
  const words = reading.lines.flatMap((line) => line.words);
  const sum = words.reduce((total, word) => total + word.confidence, 0);
  const counted = reading.lines.filter((line) => lineLetters(line) >= LETTERS_OF_A_LINE);
  const weak = weakLines(reading, threshold).map(({ line }) => reading.lines[line]);
  const letters = reading.lines.reduce((total, line) => total + lineLetters(line), 0);
  const weakLetters = weak.reduce((total, line) => total + (line === undefined ? 0 : lineLetters(line)), 0);
  return {
    mean: words.length === 0 ? 1 : sum / words.length,
    least: counted.reduce((least, line) => Math.min(least, lineConfidence(line)), 1),
    weakShare: letters === 0 ? 0 : weakLetters / letters,
    letters,
  };
}

const lineLetters = ({ words }: Pick<Line, "words">): number =>
  words.reduce((sum, { text }) => sum + lettersOf(text), 0);

/** Of 48 real pages, whole official ones have at most 4 % of their letters in weak lines, a badly read table 28 %. */
const MOST_WEAK = 1 / 3;

/**
 * Whether a person should see the page before its text is used: most of its words are expected to be wrong, or a third
 * of its letters stand in weak lines. A handwritten number, a seal or a signature is a weak line or two and marks no page:
 * real official pages have a mean of 0.91-0.99 and a phone photo no less; a form read as garbage 0.56, a page read
 * upside down 0.27, one drowned in noise 0.06. A page with fewer letters than a line has nothing to doubt.
 */
export function isLowConfidence({ mean, weakShare, letters }: PageConfidence, threshold: number): boolean {
  return letters >= LETTERS_OF_A_LINE && (mean < threshold || weakShare > MOST_WEAK);
}
