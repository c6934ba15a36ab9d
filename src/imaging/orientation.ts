/** Degrees clockwise. */
export type Turn = 0 | 90 | 180 | 270;

/** First mirror left to right (if `mirrored`), then turn clockwise: the order of EXIF 2.32 and TIFF 6 tag 274. */
export interface Stance {
  readonly mirrored: boolean;
  readonly turn: Turn;
}

const STANCES: Readonly<Record<number, Stance>> = {
  1: { mirrored: false, turn: 0 },
  2: { mirrored: true, turn: 0 },
  3: { mirrored: false, turn: 180 },
  4: { mirrored: true, turn: 180 },
  5: { mirrored: true, turn: 270 },
  6: { mirrored: false, turn: 90 },
  7: { mirrored: true, turn: 90 },
  8: { mirrored: false, turn: 270 },
};

const TURNS: readonly Turn[] = [0, 90, 180, 270];

/** What makes an image with this orientation tag, turned further by `turn`, stand upright. */
export function stanceOf(orientation: number | undefined, turn: Turn): Stance {
  const { mirrored, turn: own } = STANCES[orientation ?? 1] ?? { mirrored: false, turn: 0 };
  return { mirrored, turn: TURNS[((own + turn) / 90) % 4] ?? 0 };
}
