import { scaleLine } from "../../domain/page-geometry.ts";
import type { PreparedPage } from "../../domain/page-ports.ts";
import type { Line } from "../../domain/reading.ts";

/**
 * Word recall of a letter photographed at 82 dpi: 0.92 as it is, 0.96 enlarged 1.5 times, 0.94-0.96 twice, for 15 % more
 * time (both models, two pages); letters of eight pixels lose their marks when the engine scales its lines.
 */
const COARSE_DPI = 120;
const WANTED_DPI = 130;
/** Above this a coarse page is a big sheet: its letters are big as well, and a copy twice its size costs too much memory. */
const MAX_PIXELS = 8e6;

/** How much a view is enlarged before it is read; 1 for all but coarse ones. */
export function enlargementOf({
  dpi,
  width,
  height,
}: Pick<PreparedPage, "dpi" | "width" | "height">): number {
  return dpi < COARSE_DPI && dpi > 0 && width * height <= MAX_PIXELS ? Math.min(2, WANTED_DPI / dpi) : 1;
}

/** Bilinear, `factor` > 1; 10 ms for a small page. Resolution grows with it, so that sizes on paper stay. */
export function enlarged<View extends PreparedPage>(view: View, factor: number): View {
  const [width, height] = [Math.round(view.width * factor), Math.round(view.height * factor)];
  const source = view.pgm.subarray(view.pgm.length - view.width * view.height);
  const head = Buffer.from(`P5\n${width} ${height}\n255\n`, "latin1");
  const pgm = Buffer.allocUnsafe(head.length + width * height);
  head.copy(pgm);
  const across = samplesAlong(width, view.width, factor);
  const down = samplesAlong(height, view.height, factor);
  for (let y = 0, at = head.length; y < height; y++) {
    const [upper, lower] = [(down.first[y] ?? 0) * view.width, (down.second[y] ?? 0) * view.width];
    const low = down.share[y] ?? 0;
    for (let x = 0; x < width; x++, at++) {
      const [left, right] = [across.first[x] ?? 0, across.second[x] ?? 0];
      const share = across.share[x] ?? 0;
      const above = (source[upper + left] ?? 0) * (1 - share) + (source[upper + right] ?? 0) * share;
      const below = (source[lower + left] ?? 0) * (1 - share) + (source[lower + right] ?? 0) * share;
      pgm[at] = Math.round(above * (1 - low) + below * low);
    }
  }
  return { ...view, pgm, width, height, dpi: view.dpi * factor, scale: view.scale * factor };
}

/** Lines of an enlarged view in pixels of the view itself, and with 1 ÷ factor the other way. What gave them is kept. */
export function shrunk(lines: readonly Line[], factor: number): Line[] {
  return lines.map((line) => ({
    ...scaleLine(line, 1 / factor, 1 / factor),
    ...(line.look !== undefined && { look: line.look }),
  }));
}

/** For each sample of the copy: the two samples it lies between, and the share of the second. */
function samplesAlong(length: number, sourceLength: number, factor: number) {
  const [first, second] = [new Int32Array(length), new Int32Array(length)];
  const share = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const place = Math.min(sourceLength - 1, Math.max(0, (i + 0.5) / factor - 0.5));
    first[i] = Math.floor(place);
    second[i] = Math.min(sourceLength - 1, Math.floor(place) + 1);
    share[i] = place - Math.floor(place);
  }
  return { first, second, share };
}
