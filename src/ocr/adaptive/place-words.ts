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
    const host = hostOf(line, all);
    const hosting = all[host];
    if (hosting === undefined) left.push(line);
    else all = all.with(host, joined(hosting, line));
  }
  return { lines: all, left };
}

/** Index of the line whose words stand nearest, −1 when none is near. */
function hostOf(part: Line, lines: readonly Line[]): number {
  const gaps = lines.map(({ words }) => {
    const beside = words.filter(({ box }) => besides(box, part.box) > 0.6);
    return Math.min(...beside.map(({ box }) => Math.max(box.x0 - part.box.x1, part.box.x0 - box.x1)));
  });
  const least = Math.min(...gaps);
  return least < heightOf(part.box) * WIDEST_GAP ? gaps.indexOf(least) : -1;
}

function joined(line: Line, part: Line): Line {
  const words = [...line.words, ...part.words].toSorted((a, b) => a.box.x0 - b.box.x0);
  return lineOf(words, line.look ?? part.look);
}
