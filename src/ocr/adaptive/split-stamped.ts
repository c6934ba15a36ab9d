import type { PreparedPage } from "../../domain/page-ports.ts";
import type { Box, Line, Word } from "../../domain/reading.ts";
import { syllableOf } from "../vietnamese/syllable.ts";
import { lineOf, within } from "./boxes.ts";

/** Two words with a spot between them: tờ-bản, nhắc:các, PHÓ.CHỦ. Letters without any mark may be initials or names. */
const SPOTTED = /^(\p{L}{2,})[-–.:·'](\p{L}{2,})(\p{P}*)$/u;
const MARKED = /[^A-Za-z]/u;
/** Red pixels are darker than this on the view of the red ink alone. */
const RED = 200;
const FEWEST = 6;

/**
 * Parts two words that a spot of a red stamp's rim has joined: only where the page has red ink on them, and where both are
 * Vietnamese syllables with marks of their own.
 */
export function splitStamped(lines: readonly Line[], redInk: PreparedPage | undefined): readonly Line[] {
  if (redInk === undefined) return lines;
  return lines.map((line) => {
    const words = line.words.flatMap((word) => parts(word, redInk));
    return words.length === line.words.length ? line : lineOf(words, line.look);
  });
}

function parts(word: Word, redInk: PreparedPage): readonly Word[] {
  const [, first = "", second = "", end = ""] = SPOTTED.exec(word.text) ?? [];
  if (!isSyllable(first) || !isSyllable(second) || !isRed(word.box, redInk)) return [word];
  const { x0, x1 } = word.box;
  const per = (x1 - x0) / word.text.length;
  return [
    { ...word, text: first, box: { ...word.box, x1: x0 + per * first.length } },
    { ...word, text: second + end, box: { ...word.box, x0: x0 + per * (first.length + 1) } },
  ];
}

const isSyllable = (text: string): boolean =>
  MARKED.test(text) && syllableOf(text.toLowerCase()) !== undefined;

function isRed(box: Box, { pgm, width, height }: PreparedPage): boolean {
  const area = within(box, width, height);
  const start = pgm.length - width * height;
  let red = 0;
  for (let y = area.y0; y < area.y1; y++)
    for (let at = start + y * width + area.x0; at < start + y * width + area.x1; at++)
      if ((pgm[at] ?? 255) < RED) red++;
  return red >= FEWEST;
}
