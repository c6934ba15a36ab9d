import { open } from "node:fs/promises";

const PIECE = 1 << 20;
/** Longest claim with its tags. */
const OVERLAP = 512;

/**
 * What a file says of itself in its XMP packet, e.g. `PDF/A-2u`; a claim, not a verdict. Reads the file piece by piece;
 * packets hidden in compressed streams are not seen (ISO 19005 forbids those).
 */
export async function pdfaClaim(path: string): Promise<string | undefined> {
  const file = await open(path, "r");
  let part: string | undefined;
  let level: string | undefined;
  try {
    const buffer = Buffer.allocUnsafe(PIECE + OVERLAP);
    for (let at = 0, read = -1; read !== 0 && (part === undefined || level === undefined); at += PIECE) {
      ({ bytesRead: read } = await file.read(buffer, 0, buffer.length, at));
      const piece = buffer.subarray(0, read);
      // Text is made of the few pieces that say anything: of all of them it would be another file in memory.
      if (!piece.includes("pdfaid:")) continue;
      const text = piece.toString("latin1");
      part ??= /pdfaid:part(?:>|=["'])\s*(\d)/u.exec(text)?.[1];
      level ??= /pdfaid:conformance(?:>|=["'])\s*([ABUabu])/u.exec(text)?.[1];
    }
  } finally {
    await file.close();
  }
  return part === undefined ? undefined : `PDF/A-${part}${(level ?? "").toLowerCase()}`;
}
