import { OperationalError } from "../domain/errors.ts";

export interface PngHead {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGB + alpha. */
  readonly colourType: number;
  readonly interlaced: boolean;
}

/** The IHDR of a PNG from its first 33 bytes. Throws `truncated`, `unreadable`. */
export function readPngHead(head: Buffer): PngHead {
  if (head.length < 29) throw new OperationalError("truncated", "png header");
  if (head.toString("latin1", 12, 16) !== "IHDR") throw new OperationalError("unreadable", "png header");
  return {
    width: head.readUInt32BE(16),
    height: head.readUInt32BE(20),
    bits: head[24] ?? 0,
    colourType: head[25] ?? 0,
    interlaced: head[28] !== 0,
  };
}

export interface PngChunks {
  /** The IDAT chunks joined: one zlib stream of filtered rows. */
  readonly data: Buffer;
  readonly palette: Buffer | undefined;
  readonly transparent: boolean;
}

/** Throws `truncated` when a chunk runs past the end or IEND is missing. */
export function readPngChunks(bytes: Buffer): PngChunks {
  const data: Buffer[] = [];
  let palette: Buffer | undefined;
  let transparent = false;
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) throw new OperationalError("truncated", "png");
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString("latin1", at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === "IEND") return { data: Buffer.concat(data), palette, transparent };
    if (name === "IDAT") data.push(body);
    else if (name === "PLTE") palette = body;
    else if (name === "tRNS") transparent = true;
    at += 12 + length;
  }
}
