import type { Source } from "./decode.ts";
import type { Density } from "./tiff-density.ts";

/** SOI, APP0 marker and length, "JFIF" and its zero, version, units, two densities of 16 bits. */
const HEAD = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
const [NAME, UNITS, ACROSS, DOWN, SIZE] = [6, 13, 14, 16, 18];
const PER_CENTIMETRE = 2;

/** Both densities of a JFIF head: libvips tells the horizontal one only. Undefined when there is none. */
export async function jfifDensity({ bytes, format }: Source): Promise<Density | undefined> {
  if (format !== "jpeg") return undefined;
  const head = await bytes.read(0, SIZE);
  if (head.length < SIZE || !head.subarray(0, 4).equals(HEAD)) return undefined;
  const units = head[UNITS];
  if (head.toString("latin1", NAME, NAME + 4) !== "JFIF" || !(units === 1 || units === PER_CENTIMETRE))
    return undefined;
  const inches = units === PER_CENTIMETRE ? 2.54 : 1;
  return { across: head.readUInt16BE(ACROSS) * inches, down: head.readUInt16BE(DOWN) * inches };
}
