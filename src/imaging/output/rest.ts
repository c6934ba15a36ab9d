import type { PaperMap } from "./paper.ts";
import type { Pixels } from "./pixels.ts";

/** Darker than its paper by this share, or coloured by this much (0..255), a sample shows something. */
const FAINT = 0.12;
const COLOUR = 32;
/** A page of paper alone still has creases and specks: this share of it says nothing. */
const SPECKS = 0.0003;
/** Every second row tells as much. */
const ROWS = 2;
/** Chroma of the paper itself that people would miss. */
const TINTED_PAPER = 28;

/**
 * What a page's background shows once its dark ink is gone: `nothing` but white or grey paper, coloured `paper` alone, or
 * `marks`: stamps, coloured ink, pictures, tinted fields, and print too faint for the mask.
 */
export function whatIsLeft(behind: Pixels, map: PaperMap, scale: number): "nothing" | "paper" | "marks" {
  const { data, width, height, channels } = behind;
  if (map.tinted > SPECKS * 30 || map.picture.includes(1)) return "marks";
  const cell = map.cell * scale;
  const paper = paperColour(behind);
  const own = Math.max(...paper) - Math.min(...paper);
  let shown = 0;
  for (let y = 0; y < height; y += ROWS) {
    const row = Math.min(map.rows - 1, Math.floor(y / cell)) * map.columns;
    for (let x = 0, at = y * width * channels; x < width; x += 1, at += channels) {
      const red = data[at] ?? 0;
      const [green, blue] = channels === 3 ? [data[at + 1] ?? 0, data[at + 2] ?? 0] : [red, red];
      const most = Math.max(red, green, blue);
      const chroma = most - Math.min(red, green, blue);
      const expected = map.paper[row + Math.min(map.columns - 1, Math.floor(x / cell))] ?? 255;
      if (chroma > own + COLOUR || most < expected * (1 - FAINT)) shown += 1;
    }
  }
  if (shown * ROWS > SPECKS * width * height) return "marks";
  return own > TINTED_PAPER ? "paper" : "nothing";
}

/** Median of each channel, from every seventh sample. */
function paperColour({ data, channels }: Pixels): readonly number[] {
  return Array.from({ length: channels }, (_, channel) => {
    const counts = new Uint32Array(256);
    let all = 0;
    for (let at = channel; at < data.length; at += 7 * channels) {
      counts[data[at] ?? 0] = (counts[data[at] ?? 0] ?? 0) + 1;
      all += 1;
    }
    let seen = 0;
    return counts.findIndex((count) => (seen += count) * 2 >= all);
  });
}
