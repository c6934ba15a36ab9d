import type { NormalizedPage, PlacedImage, PreparedPage, Stance } from "../../domain/page-ports.ts";
import type { Line, Word } from "../../domain/reading.ts";
import { cropPgm, turnPgm } from "../../domain/turn-pgm.ts";
import { turned } from "../open-page.ts";

export interface UprightReading {
  readonly page: NormalizedPage;
  /** In pixels of `page.prepared`. */
  readonly lines: readonly Line[];
  /** Degrees clockwise the page had to be turned further than its source says. */
  readonly turn: Stance["turn"];
  /** There is text, and no way to hold the page makes it readable. */
  readonly unsure: boolean;
}

export interface ReadingParts {
  readonly normalize: (page: PlacedImage) => Promise<NormalizedPage>;
  readonly read: (view: PreparedPage) => Promise<readonly Line[]>;
}

/** Tesseract is as sure as this of words it reads right, and hardly ever of the garbage an upside-down page gives. */
const SURE = 0.75;
/** Half a line of text. */
const FEW_CHARACTERS = 30;
/** Share of all characters that are in sure words, on a page that lies right. */
const GOOD_SHARE = 0.6;
/** A stance must read this much better than any other to be believed. */
const LEAD = 2;
/** With less there is nothing to hold a page for: a photo, a chart, a seal, a page number. */
const TEXT_CHARACTERS = 120;

/**
 * Reads a page the right way up. The shape of the lines gives a guess; a good reading in that stance proves it at no
 * cost. Only when the reading is poor are four small views of the densest part read, one for each stance.
 */
export async function readUpright(
  placed: PlacedImage,
  asPlaced: NormalizedPage,
  parts: ReadingParts,
): Promise<UprightReading> {
  if (asPlaced.prepared === undefined) return { page: asPlaced, lines: [], turn: 0, unsure: false };
  const guess = asPlaced.stance.confidence >= 0.5 ? asPlaced.stance.turn : 0;
  const first = await readTurned(placed, guess, asPlaced, parts);
  if (isGood(first.lines, guess === 0 ? 0 : FEW_CHARACTERS)) return { ...first, unsure: false };
  const best = await bestStance(placed, asPlaced, parts);
  if (best === guess) return { ...first, unsure: false };
  if (best !== undefined) return { ...(await readTurned(placed, best, asPlaced, parts)), unsure: false };
  const scanned = guess === 0 ? first : await readTurned(placed, 0, asPlaced, parts);
  return { ...scanned, unsure: charactersOf(scanned.lines) >= TEXT_CHARACTERS };
}

async function readTurned(
  placed: PlacedImage,
  turn: Stance["turn"],
  asPlaced: NormalizedPage,
  { normalize, read }: ReadingParts,
): Promise<Omit<UprightReading, "unsure">> {
  const page = turn === 0 ? asPlaced : await normalize({ ...placed, turn: turned(placed.turn, turn) });
  return { page, lines: page.prepared === undefined ? [] : await read(page.prepared), turn };
}

/** The stance whose view reads clearly best; undefined when none does. A page on its side is straightened anew. */
async function bestStance(
  placed: PlacedImage,
  asPlaced: NormalizedPage,
  { normalize, read }: ReadingParts,
): Promise<Stance["turn"] | undefined> {
  const sideways = await normalize({ ...placed, turn: turned(placed.turn, 90) });
  const scores: { turn: Stance["turn"]; sure: number }[] = [];
  for (const [page, turn] of [
    [asPlaced, 0],
    [sideways, 90],
  ] as const) {
    if (page.prepared === undefined) continue;
    const view = densestPart(page.prepared);
    const flipped = { ...view, ...turnPgm(view, 180) };
    scores.push({ turn, sure: sureCharacters(await read(view)) });
    scores.push({ turn: turned(turn, 180), sure: sureCharacters(await read(flipped)) });
  }
  const [best, second] = scores.toSorted((a, b) => b.sure - a.sure);
  if (best === undefined || best.sure < FEW_CHARACTERS) return undefined;
  return best.sure >= LEAD * (second?.sure ?? 0) ? best.turn : undefined;
}

const PARTS = 8;
/** Half the page's width and height: a quarter of its cost. */
const VIEW = PARTS / 2;

/** A quarter of an A4 page at 200 dpi: no part of a smaller view is worth choosing. */
const SMALL_PIXELS = 1_000_000;

/** The part with most ink of those that are half as wide and high as the page; a small page itself. */
function densestPart(page: PreparedPage): PreparedPage {
  if (page.width * page.height <= SMALL_PIXELS) return page;
  const ink = inkGrid(page);
  let best = { ink: -1, x: 0, y: 0 };
  for (let y = 0; y <= PARTS - VIEW; y++) {
    for (let x = 0; x <= PARTS - VIEW; x++) {
      let sum = 0;
      for (let row = y; row < y + VIEW; row++)
        for (let column = x; column < x + VIEW; column++) sum += ink[row * PARTS + column] ?? 0;
      if (sum > best.ink) best = { ink: sum, x, y };
    }
  }
  const [across, down] = [page.width / PARTS, page.height / PARTS];
  const box = {
    x0: Math.floor(best.x * across),
    y0: Math.floor(best.y * down),
    x1: Math.floor((best.x + VIEW) * across),
    y1: Math.floor((best.y + VIEW) * down),
  };
  return { ...page, ...cropPgm(page, box) };
}

const DARK = 128;
const SAMPLE_EVERY = 3;

function inkGrid({ pgm, width, height }: PreparedPage): number[] {
  const grid = Array.from({ length: PARTS * PARTS }, () => 0);
  const start = pgm.length - width * height;
  for (let y = 0; y < height; y += SAMPLE_EVERY) {
    const row = Math.floor((y * PARTS) / height) * PARTS;
    for (let x = 0; x < width; x += SAMPLE_EVERY) {
      if ((pgm[start + y * width + x] ?? 255) >= DARK) continue;
      const cell = row + Math.floor((x * PARTS) / width);
      grid[cell] = (grid[cell] ?? 0) + 1;
    }
  }
  return grid;
}

function charactersOf(lines: readonly Line[]): number {
  return wordsOf(lines).reduce((sum, { text }) => sum + text.length, 0);
}

const wordsOf = (lines: readonly Line[]) => lines.flatMap(({ words }) => words);

/** Rules and specks read as single characters say nothing about the stance. */
function sureCharacters(lines: readonly Line[]): number {
  const sure = wordsOf(lines).filter(
    (word) => word.confidence >= SURE && word.text.length > 1 && isLevel(word),
  );
  return sure.reduce((sum, { text }) => sum + text.length, 0);
}

/** Tesseract reads lines that run up or down the page without saying so; only the shape of their words tells. */
function isLevel({ text, box }: Word): boolean {
  return text.length < 4 || box.x1 - box.x0 >= box.y1 - box.y0;
}

/** A page left as it lies needs no proof when it has next to no text; one that is turned does. */
function isGood(lines: readonly Line[], atLeast: number): boolean {
  const sure = sureCharacters(lines);
  return sure >= atLeast && sure >= charactersOf(lines) * GOOD_SHARE;
}
