interface Rgb {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Yellowed paper is up to this much redder than green and blue. */
const PAPER_REDNESS = 40;
const STRENGTH = 3;
const DARK = 128;
/** Less than this of a page is dust and colour noise: a word of three letters at 14 pt covers twice as much of an A4. */
const LEAST_SHARE = 1e-4;

/**
 * Only the red ink of a page, dark on white. Stamps with a state-secret mark are red, and the red channel that
 * recognition works on does not show them.
 * @returns undefined when the page has no red ink to speak of
 */
export function redInkOf({ data, width, height }: Rgb): Buffer | undefined {
  const out = Buffer.allocUnsafe(width * height);
  let dark = 0;
  for (let i = 0, at = 0; i < out.length; i++, at += 3) {
    const redness = (data[at] ?? 0) - ((data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 2;
    const value = 255 - Math.min(255, Math.max(0, (redness - PAPER_REDNESS) * STRENGTH));
    out[i] = value;
    if (value < DARK) dark++;
  }
  return dark < out.length * LEAST_SHARE ? undefined : out;
}
