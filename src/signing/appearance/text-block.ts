import type { TextFont } from "./text-font.ts";

export interface Paragraph {
  readonly text: string;
  /** Lines it may take; longer ones are squeezed, then cut. */
  readonly most: number;
}

export interface BlockStyle {
  /** Points: of the letters, from line to line, and of the lines. */
  readonly size: number;
  readonly leading: number;
  readonly room: number;
}

export interface TextLine {
  readonly text: string;
  /** Share of their width the letters keep. */
  readonly squeeze: number;
  /** Points, with the squeeze. */
  readonly width: number;
}

/** First wrapped, then squeezed little by little, then cut: narrower letters than this are not read. */
const SQUEEZES = [1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58] as const;
/** A foreign PDF/A may lack the output intent that the device's own grey would need (ISO 19005-2, 6.2.4.3). */
export const GREY = "[/CalGray << /WhitePoint [0.9505 1 1.089] >>]";

/** Lines of the paragraphs, none wider than the room. */
export function layText(paragraphs: readonly Paragraph[], style: BlockStyle, font: TextFont): TextLine[] {
  return paragraphs.flatMap(({ text, most }) => layParagraph(plain(text), most, style, font));
}

function layParagraph(
  text: string,
  most: number,
  { size, room }: BlockStyle,
  font: TextFont,
): readonly TextLine[] {
  for (const squeeze of SQUEEZES) {
    const lines = wrapped(text, room / squeeze / size, font);
    if (lines !== undefined && lines.length <= most)
      return balanced(text, lines, font).map((line) => measured(line, squeeze, size, font));
  }
  const squeeze = SQUEEZES[SQUEEZES.length - 1] ?? 1;
  const ems = room / squeeze / size;
  return cutInto(text, most, ems, font).map((line) => measured(line, squeeze, size, font));
}

function measured(text: string, squeeze: number, size: number, font: TextFont): TextLine {
  return { text, squeeze, width: font.width(text) * size * squeeze };
}

/** Undefined when a single word is too long. */
function wrapped(text: string, ems: number, font: TextFont): string[] | undefined {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (font.width(longer) <= ems) lines.splice(-1, 1, longer);
    else if (font.width(word) <= ems) lines.push(word);
    else return undefined;
  }
  return lines;
}

/** As many lines, but of like length: no single word is left for the last. */
function balanced(text: string, lines: readonly string[], font: TextFont): readonly string[] {
  const widest = Math.max(...lines.map((line) => font.width(line)));
  for (let ems = font.width(text) / lines.length; ems < widest; ems += widest / 20) {
    const even = wrapped(text, ems, font);
    if (even?.length === lines.length) return even;
  }
  return lines;
}

/** Letter by letter, the last line with an ellipsis. */
function cutInto(text: string, most: number, ems: number, font: TextFont): string[] {
  const lines: string[] = [];
  let rest = Array.from(text);
  while (rest.length > 0 && lines.length < most) {
    const last = lines.length === most - 1;
    let take = rest.length;
    const shown = (): string => rest.slice(0, take).join("") + (last && take < rest.length ? "…" : "");
    while (take > 1 && font.width(shown()) > ems) take--;
    lines.push(shown().trim());
    rest = rest.slice(take);
  }
  return lines;
}

/** NFC, one kind of space, and no marks that turn or hide letters: a name must read as it is. */
function plain(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .replaceAll(/\p{Cf}/gu, "")
    .trim();
}

/** Content operators; `x` is the left edge, `top` the upper edge of the first line. */
export function drawText(
  lines: readonly TextLine[],
  { x, top }: { readonly x: number; readonly top: number },
  { size, leading }: BlockStyle,
  font: TextFont,
): string {
  const begin = `/C0 cs 0 sc BT /F0 ${size} Tf ${leading} TL 1 0 0 1 ${n(x)} ${n(top - leading)} Tm\n`;
  const shown = lines.map(({ text, squeeze }) => `${n(squeeze * 100)} Tz ${font.encode(text)} Tj T*\n`);
  return `${begin}${shown.join("")}ET\n`;
}

/** Hundredths of a point; never an exponent. */
export function n(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}
