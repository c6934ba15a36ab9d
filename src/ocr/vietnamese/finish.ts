import type { Line, Word } from "../../domain/reading.ts";
import { plainUnicode } from "./unicode.ts";

/** The word as it should be searched and shown. */
export function finishWord(text: string): string {
  return plainUnicode(text);
}

/** Finishes every word; `raw` keeps what the engine gave where that differs. Lines without a change come back as they are. */
export function finishLines(lines: readonly Line[]): readonly Line[] {
  return lines.map((line) => {
    const words = line.words.map(finished);
    return words.every((word, index) => word === line.words[index]) ? line : { ...line, words };
  });
}

function finished(word: Word): Word {
  const text = finishWord(word.text);
  return text === word.text ? word : { ...word, text, raw: word.raw ?? word.text };
}
