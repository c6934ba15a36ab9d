import { wordPlausibility } from "../vietnamese/lexicon.ts";

/** What a word looks like decides as much about it as the engine's own number (measured: `npm run bench`, calibrate). */
export type WordKind = "common" | "possible" | "neutral" | "garbage";

const COMMON = 0.95;
const POSSIBLE = 0.7;
const NEUTRAL = 0.3;

/** Common syllables, numbers and symbols of offices; rarer syllables; foreign words and lone marks; what nobody prints. */
export function wordKind(text: string): WordKind {
  const plausible = wordPlausibility(text);
  if (plausible >= COMMON) return "common";
  if (plausible >= POSSIBLE) return "possible";
  return plausible >= NEUTRAL ? "neutral" : "garbage";
}
