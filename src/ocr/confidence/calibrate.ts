import type { Line, Word } from "../../domain/reading.ts";
import { type Model, MODELS, type ModelTable, STATED } from "./tables.ts";
import { wordKind } from "./word-kind.ts";

/**
 * The share of words with this engine number and this look that are read right, 0..1. Monotone in the engine's number.
 * `identity` is the engine's: of a model it does not name, the more careful of the tables is taken.
 */
export function calibrate(word: Pick<Word, "text" | "confidence">, identity: string): number {
  const kind = wordKind(word.text);
  return Math.min(...tablesFor(identity).map((table) => between(table[kind], word.confidence)));
}

/**
 * The same lines with calibrated words; everything else stays. It takes the engine's own numbers, so do it once, and after
 * the Vietnamese finish: the tables were made on finished words (95 % of those it corrects are right).
 */
export function calibrateLines(lines: readonly Line[], identity: string): readonly Line[] {
  return lines.map((line) => ({
    ...line,
    words: line.words.map((word) => ({ ...word, confidence: calibrate(word, identity) })),
  }));
}

/** Engines name their models like `vie 4.0.0_best_int` or `vie fast 3a5b9c1d`. The float and integer kinds of the best model read alike. */
const NAMES: Readonly<Record<Model, RegExp>> = {
  fast: /(?<![a-z])fast(?![a-z])/iu,
  best_int: /(?<![a-z])best(?![a-z])/iu,
};

function tablesFor(identity: string): readonly ModelTable[] {
  const { fast, best_int: best } = MODELS;
  if (NAMES.fast.test(identity)) return [fast];
  return NAMES.best_int.test(identity) ? [best] : [fast, best];
}

/** Straight lines between the table's points. */
function between(rights: readonly number[], stated: number): number {
  const above = STATED.findIndex((point) => point >= stated);
  const [first = 0] = rights;
  const last = rights.at(-1) ?? 0;
  if (above === 0) return first;
  if (above < 0) return last;
  const [from = 0, to = 1] = STATED.slice(above - 1, above + 1);
  const [low = 0, high = 1] = rights.slice(above - 1, above + 1);
  return low + ((high - low) * (stated - from)) / (to - from);
}
