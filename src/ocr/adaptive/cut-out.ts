import type { PreparedPage } from "../../domain/page-ports.ts";
import type { Box, Word } from "../../domain/reading.ts";
import { cropPgm } from "../../domain/turn-pgm.ts";
import { within } from "./boxes.ts";
import type { Samples } from "./samples.ts";

/** The region with paper where `words` are; whole pixels inside the page. */
export function cutOut(
  page: PreparedPage,
  region: Box,
  words: readonly Word[],
  { paper }: Pick<Samples, "paper">,
): PreparedPage {
  const crop = cropPgm(page, region);
  const start = crop.pgm.length - crop.width * crop.height;
  for (const { box } of words) {
    const hidden = within(
      { x0: box.x0 - region.x0, y0: box.y0 - region.y0, x1: box.x1 - region.x0, y1: box.y1 - region.y0 },
      crop.width,
      crop.height,
    );
    for (let y = hidden.y0; y < hidden.y1 && hidden.x0 < hidden.x1; y++)
      crop.pgm.fill(paper, start + y * crop.width + hidden.x0, start + y * crop.width + hidden.x1);
  }
  return { ...page, ...crop };
}
