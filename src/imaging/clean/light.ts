import { backgroundOf, type Background } from "./background.ts";
import { channelsOf, type Pixels } from "./pixels.ts";

/** What paper becomes: a little below white, so that its grain is not cut off. */
const PAPER = 248;
/** Share of the page on which paper must show. */
const MIN_SEEN = 0.85;
/** Brightest tenth of the paper ÷ darkest tenth: scanners stay below 1.05, photos reach 1.2 to 2. */
const MIN_UNEVEN = 1.1;
/** Paper of a scan is brighter. */
const MAX_MEDIAN = 238;

/** The light of so many rows is taken for the same: a cell of the grid is 58 rows high at 200 dpi. */
const SAME_ROWS = 4;

/** Whether the paper is lit unevenly, as photos are. */
export function isUnevenlyLit(page: Pixels): boolean {
  const { values, seen } = backgroundOf(page);
  const channels = channelsOf(page);
  const levels = values.filter((_, i) => i % channels === channels >> 1).toSorted();
  const at = (share: number): number => levels[Math.floor(share * (levels.length - 1))] ?? 0;
  return seen >= MIN_SEEN && at(0.5) < MAX_MEDIAN && at(0.95) >= at(0.05) * MIN_UNEVEN;
}

/** Divides the page's own samples by the paper's colour there, so that paper is white and stamps keep their colour. */
export function evenOut(page: Pixels): void {
  const background = backgroundOf(page);
  const channels = channelsOf(page);
  const gains = new Float32Array(page.width * channels);
  for (let y = 0; y < page.height; y++) {
    if (y % SAME_ROWS === 0) gainsOfRow(background, page, y, gains);
    const start = y * page.width * channels;
    for (let i = 0; i < gains.length; i++) {
      const value = (page.data[start + i] ?? 0) * (gains[i] ?? 1);
      page.data[start + i] = value > 255 ? 255 : value;
    }
  }
}

/** What each sample of a row is to be multiplied by, between the centres of the grid's cells. */
function gainsOfRow(
  { columns, rows, values }: Background,
  page: Pixels,
  y: number,
  gains: Float32Array,
): void {
  const channels = channelsOf(page);
  const [upper, lower, down] = between(((y + 0.5) * rows) / page.height - 0.5, rows);
  const row = new Float32Array(columns * channels);
  for (let i = 0; i < row.length; i++) {
    const [one, two] = [
      values[upper * columns * channels + i] ?? 1,
      values[lower * columns * channels + i] ?? 1,
    ];
    row[i] = PAPER / Math.max(16, one + (two - one) * down);
  }
  for (let x = 0; x < page.width; x++) {
    const place = ((x + 0.5) * columns) / page.width - 0.5;
    const left = place < 0 ? 0 : Math.min(columns - 1, Math.floor(place));
    const right = Math.min(columns - 1, left + 1);
    const share = place < 0 ? 0 : place - left;
    for (let c = 0; c < channels; c++) {
      const [one, two] = [row[left * channels + c] ?? 1, row[right * channels + c] ?? 1];
      gains[x * channels + c] = one + (two - one) * share;
    }
  }
}

function between(place: number, count: number): [lower: number, upper: number, share: number] {
  const at = Math.min(count - 1, Math.max(0, place));
  const lower = Math.floor(at);
  return [lower, Math.min(count - 1, lower + 1), at - lower];
}
