import { createReadStream } from "node:fs";

const OVERLAP = 512;

/**
 * What a file says of itself in its XMP packet, e.g. `PDF/A-2u`; a claim, not a verdict. Reads the file as a stream;
 * packets hidden in compressed streams are not seen (ISO 19005 forbids those).
 */
export async function pdfaClaim(path: string): Promise<string | undefined> {
  let tail = "";
  let part: string | undefined;
  let level: string | undefined;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const text = tail + (chunk as Buffer).toString("latin1");
    part ??= /pdfaid:part(?:>|=["'])\s*(\d)/u.exec(text)?.[1];
    level ??= /pdfaid:conformance(?:>|=["'])\s*([ABUabu])/u.exec(text)?.[1];
    tail = text.slice(-OVERLAP);
  }
  return part === undefined ? undefined : `PDF/A-${part}${(level ?? "").toLowerCase()}`;
}
