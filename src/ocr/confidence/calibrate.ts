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

/** The same lines with calibrated words; everything else stays. Do it once: it takes the engine's own numbers. */
export function calibrateLines(lines: readonly Line[], identity: string): readonly Line[] {
  return lines.map((line) => ({
    ...line,
    words: line.words.map((word) => ({ ...word, confidence: calibrate(word, identity) })),
  }));
}

function tablesFor(identity: string): readonly ModelTable[] {
  const named = Object.entries(MODELS).filter(([model]) => namesModel(identity, model as Model));
  return (named.length > 0 ? named : Object.entries(MODELS)).map(([, table]) => table);
}

/** Engines call themselves like `tesseract.js 7.0.0, vie 4.0.0_best_int`. */
function namesModel(identity: string, model: Model): boolean {
  return new RegExp(`(?<![a-z])${model}(?![a-z])`, "iu").test(identity);
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
