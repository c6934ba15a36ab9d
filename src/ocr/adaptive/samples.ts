import type { PreparedPage } from "../../domain/page-ports.ts";

/** The samples of a view without its head, and what counts as paper and as ink in it. */
export interface Samples {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  /** Grey of the paper. */
  readonly paper: number;
  /** Darker than this is ink. */
  readonly ink: number;
}

const EVERY = 61;
/** Faded ink has 0.4 of the paper's grey, print showing through from the back 0.75. */
const INK_OF_PAPER = 0.62;

export function samplesOf({ pgm, width, height }: Pick<PreparedPage, "pgm" | "width" | "height">): Samples {
  const data = pgm.subarray(pgm.length - width * height);
  const counts = new Uint32Array(32);
  for (let at = 0; at < data.length; at += EVERY) {
    const bin = (data[at] ?? 0) >> 3;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  // The most frequent grey of the brighter half.
  const bins = counts.subarray(16);
  const paper = (16 + bins.indexOf(Math.max(...bins))) * 8 + 7;
  return { data, width, height, paper, ink: paper * INK_OF_PAPER };
}

/** A view of the same resolution, all paper, to lay pieces of others on. */
export function emptyView(like: PreparedPage, width: number, height: number, paper: number): PreparedPage {
  const head = Buffer.from(`P5\n${width} ${height}\n255\n`, "latin1");
  const pgm = Buffer.concat([head, Buffer.alloc(width * height, paper)]);
  return { ...like, pgm, width, height };
}
