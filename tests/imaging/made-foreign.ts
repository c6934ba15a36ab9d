import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  initializeImageMagick,
  MagickFormat,
  MagickImage,
  MagickReadSettings,
} from "@imagemagick/magick-wasm";

const LIBRARY = createRequire(import.meta.url).resolve("@imagemagick/magick-wasm/magick.wasm");
let started: Promise<void> | undefined;

/** RGB samples, 8 bit. */
export interface Samples {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** The samples in a format that only ImageMagick writes here. */
export async function magickFile(
  { data, width, height }: Samples,
  format: keyof typeof MagickFormat,
): Promise<Buffer> {
  await (started ??= initializeImageMagick(readFileSync(LIBRARY)));
  const image = MagickImage.create();
  try {
    image.read(pnm({ data, width, height }), new MagickReadSettings({ format: "PNM" }));
    image.quality = 100;
    return image.write(MagickFormat[format], (bytes) => Buffer.from(bytes));
  } finally {
    image.dispose();
  }
}

export function pnm({ data, width, height }: Samples): Buffer {
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), data]);
}

/** A BMP of 24 bits, or of 1 bit (dark samples are black), bottom row first. */
export function bmp({ data, width, height }: Samples, bits: 1 | 24, dotsPerMetre = 0): Buffer {
  const row = Math.ceil((width * bits) / 32) * 4;
  const palette = bits === 1 ? 8 : 0;
  const start = 54 + palette;
  const file = Buffer.alloc(start + row * height);
  file.write("BM", "latin1");
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(start, 10);
  [40, width, height, 1 | (bits << 16), 0, row * height, dotsPerMetre, dotsPerMetre].forEach((value, at) =>
    file.writeUInt32LE(value, 14 + 4 * at),
  );
  if (bits === 1) file.writeUInt32LE(0xffffff, 58);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = ((height - 1 - y) * width + x) * 3;
      const at = start + y * row;
      if (bits === 1) {
        if ((data[from] ?? 0) > 127) file[at + (x >> 3)] = (file[at + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
      } else for (let k = 0; k < 3; k++) file[at + 3 * x + k] = data[from + 2 - k] ?? 0;
    }
  return file;
}
