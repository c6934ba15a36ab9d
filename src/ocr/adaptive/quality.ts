import type { Line, Word } from "../../domain/reading.ts";
import { plausibility, wordPlausibility } from "../vietnamese/lexicon.ts";

/** 0..1: how sure a reading is of itself and how much it looks like the print of an office, weighed by characters. */
export function qualityOf(words: readonly Word[]): number {
  const characters = words.reduce((sum, { text }) => sum + text.length, 0);
  if (characters === 0) return 0;
  const sure = words.reduce((sum, { text, confidence }) => sum + text.length * confidence, 0) / characters;
  return sure * (0.5 + plausibility(words) / 2);
}

/** The same for a single word. */
export const wordQuality = ({ text, confidence }: Word): number =>
  confidence * (0.5 + wordPlausibility(text) / 2);

/** Letters and digits: what a line is worth having for. */
export const lettersOf = (line: Pick<Line, "words">): number =>
  line.words.reduce((sum, { text }) => sum + (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0), 0);
