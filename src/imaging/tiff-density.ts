import type { Source } from "./decode.ts";

/** Dots per inch in both directions. */
export interface Density {
  readonly across: number;
  readonly down: number;
}

const [X_RESOLUTION, Y_RESOLUTION, UNIT] = [282, 283, 296];
const RATIONAL = 5;
const SHORT = 3;
const CENTIMETRE = 3;

/**
 * Both resolutions of a TIFF page: libvips tells the horizontal one only, and fax boards write 204 × 98.
 * @returns undefined when the page is no TIFF or does not say
 */
export async function tiffDensity({ bytes, tiff }: Source): Promise<Density | undefined> {
  // BigTIFF is no fax board's.
  if (tiff === undefined || tiff.file.big) return undefined;
  const { littleEndian } = tiff.file;
  const number = (block: Buffer, at: number, size: 2 | 4): number =>
    littleEndian ? block.readUIntLE(at, size) : block.readUIntBE(at, size);
  const head = await bytes.read(tiff.frame.offset, 2);
  if (head.length < 2) return undefined;
  const block = await bytes.read(tiff.frame.offset + 2, number(head, 0, 2) * 12);
  const [found, wanted] = [new Map<number, number>(), new Set([X_RESOLUTION, Y_RESOLUTION])];
  let inches = 1;
  for (let at = 0; at + 12 <= block.length; at += 12) {
    const [tag, type] = [number(block, at, 2), number(block, at + 2, 2)];
    if (tag === UNIT && type === SHORT && number(block, at + 8, 2) === CENTIMETRE) inches = 2.54;
    if (!wanted.has(tag) || type !== RATIONAL) continue;
    const value = await bytes.read(number(block, at + 8, 4), 8);
    if (value.length === 8) found.set(tag, number(value, 0, 4) / Math.max(1, number(value, 4, 4)));
  }
  const [across, down] = [found.get(X_RESOLUTION), found.get(Y_RESOLUTION)];
  return across === undefined || down === undefined
    ? undefined
    : { across: across * inches, down: down * inches };
}
