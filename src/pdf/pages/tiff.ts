/** TIFF tag numbers (TIFF 6.0). */
const TAGS = { width: 256, height: 257, bits: 258, compression: 259, photometric: 262, strip: 273 } as const;
const SHORT = 3;
const LONG = 4;

export interface BilevelImage {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  /** 4 = CCITT Group 4, 1 = packed rows. */
  readonly compression: 1 | 4;
  /** True when a 0 bit (or a fax white run) is white. */
  readonly zeroIsWhite: boolean;
}

/** Wraps a 1-bit image into a TIFF of one strip, so that image readers take the PDF's bytes as they are. */
export function bilevelTiff(image: BilevelImage): Buffer {
  const entries: readonly (readonly [number, number, number])[] = [
    [TAGS.width, LONG, image.width],
    [TAGS.height, LONG, image.height],
    [TAGS.bits, SHORT, 1],
    [TAGS.compression, SHORT, image.compression],
    [TAGS.photometric, SHORT, image.zeroIsWhite ? 0 : 1],
    [TAGS.strip, LONG, 0],
    [277, SHORT, 1],
    [278, LONG, image.height],
    [279, LONG, image.bytes.length],
  ];
  const head = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  head.write("II", 0, "latin1");
  head.writeUInt16LE(42, 2);
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, type, value]] of entries.entries()) {
    const at = 10 + index * 12;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(1, at + 4);
    head.writeUInt32LE(tag === TAGS.strip ? head.length : value, at + 8);
  }
  return Buffer.concat([head, image.bytes]);
}
