import type { Line } from "../../domain/reading.ts";
import { besides, heightOf, lineOf } from "./boxes.ts";

/** Of the line's height: words of one line stand no further apart. */
const WIDEST_GAP = 1.5;

/** Puts found words into the lines they stand in, between the words on their left and right; the others are `left`. */
export function placeWords(
  lines: readonly Line[],
  found: readonly Line[],
): { readonly lines: readonly Line[]; readonly left: readonly Line[] } {
  const left: Line[] = [];
  let all = [...lines];
  for (const line of found) {
    const host = all.findIndex((other) => isHost(other, line));
    const hosting = all[host];
    if (hosting === undefined) left.push(line);
    else all = all.with(host, joined(hosting, line));
  }
  return { lines: all, left };
}

function isHost(line: Line, part: Line): boolean {
  const beside = line.words.filter(({ box }) => besides(box, part.box) > 0.6);
  const gap = heightOf(part.box) * WIDEST_GAP;
  return beside.some(({ box }) => box.x0 - part.box.x1 < gap && part.box.x0 - box.x1 < gap);
}

function joined(line: Line, part: Line): Line {
  const words = [...line.words, ...part.words].toSorted((a, b) => a.box.x0 - b.box.x0);
  return lineOf(words, line.look ?? part.look);
}
