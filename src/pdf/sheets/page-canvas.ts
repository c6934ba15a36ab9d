/** Glyphs of the text on all sheets, embedded once; the caller brings the font because it is not this folder's. */
export interface SheetFont {
  /** Hex string of glyph ids for `Tj`. */
  encode(text: string): string;
  /** Width in units of the font size. */
  width(text: string): number;
}

/** Modules row by row, 1 is dark; a linear code has one row. */
export interface Modules {
  readonly width: number;
  readonly height: number;
  readonly modules: Uint8Array;
}

export interface Place {
  /** Points from the left and the bottom edge. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Draws one page's content stream; points, origin bottom left. */
export interface PageCanvas {
  text(words: string, place: Place, style?: { readonly bold?: boolean; readonly grey?: number }): void;
  /** Dark modules as rectangles that fill `width` × `height` from the lower left corner. */
  code(modules: Modules, x: number, y: number, width: number, height: number): void;
  bar(x: number, y: number, width: number, height: number): void;
  frame(x: number, y: number, width: number, height: number, grey?: number): void;
  /** An XObject of the page's resources: an image fills the box, a form keeps its own measures if these are 1 × 1. */
  picture(name: string, x: number, y: number, width: number, height: number): void;
  content(): string;
}

export function createPageCanvas(font: SheetFont): PageCanvas {
  const parts: string[] = [];
  return {
    text: (words, { x, y, size }, { bold = false, grey = 0 } = {}) => {
      // Tinos is embedded in one weight; a thin outline in the same colour makes the other.
      const weight = bold ? `2 Tr ${n(size / 32)} w ${n(grey)} G` : "0 Tr";
      const shown = `${n(grey)} g ${weight} /F0 ${n(size)} Tf 1 0 0 1 ${n(x)} ${n(y)} Tm`;
      parts.push(`q BT ${shown} ${font.encode(words)} Tj ET Q`);
    },
    code: (modules, x, y, width, height) => parts.push(codePath(modules, x, y, width, height)),
    bar: (x, y, width, height) => parts.push(`0 g ${box(x, y, width, height)} f`),
    frame: (x, y, width, height, grey = 0) => parts.push(`${n(grey)} G 0.8 w ${box(x, y, width, height)} S`),
    picture: (name, x, y, width, height) =>
      parts.push(`q ${n(width)} 0 0 ${n(height)} ${n(x)} ${n(y)} cm /${name} Do Q`),
    content: () => `${parts.join("\n")}\n`,
  };
}

/** Runs of dark modules as rectangles of one path: filled together they leave no seams between the rows. */
function codePath({ width, height, modules }: Modules, x: number, y: number, w: number, h: number): string {
  const [wide, tall] = [w / width, h / height];
  const boxes: string[] = [];
  for (let row = 0; row < height; row++) {
    for (let from = 0; from < width; from++) {
      if (modules[row * width + from] !== 1) continue;
      let to = from;
      while (to < width && modules[row * width + to] === 1) to++;
      boxes.push(box(x + from * wide, y + h - (row + 1) * tall, (to - from) * wide, tall));
      from = to;
    }
  }
  return `0 g\n${boxes.join("\n")}\nf`;
}

function box(x: number, y: number, width: number, height: number): string {
  return `${n(x)} ${n(y)} ${n(width)} ${n(height)} re`;
}

/** Ten-thousandths of a point; PDF knows no exponents. */
function n(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}

/** The largest size up to `most` at which the words fit into `room` points. */
export function fittingSize(words: string, room: number, most: number, font: SheetFont): number {
  return Math.min(most, room / Math.max(0.01, font.width(words)));
}

/** Breaks words into at most `most` lines of `room` points; what is left over ends with an ellipsis. */
export function brokenLines(
  words: string,
  { room, size, most }: { readonly room: number; readonly size: number; readonly most: number },
  font: SheetFont,
): string[] {
  const lines: string[] = [""];
  const fits = (line: string): boolean => font.width(line) * size <= room;
  for (const word of words.split(/\s+/u)) {
    const last = lines.at(-1) ?? "";
    const longer = last === "" ? word : `${last} ${word}`;
    if (last === "" || fits(longer)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  const kept = lines.slice(0, most).map((line) => cut(line, fits));
  if (lines.length > most) kept[most - 1] = cut(`${kept[most - 1] ?? ""} …`, fits);
  return kept;
}

function cut(line: string, fits: (line: string) => boolean): string {
  if (fits(line)) return line;
  const letters = Array.from(line.replace(/ ?…$/u, ""));
  while (letters.length > 0 && !fits(`${letters.join("")}…`)) letters.pop();
  return `${letters.join("")}…`;
}
