import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  initializeImageMagick,
  MagickFormat,
  MagickImage,
  MagickReadSettings,
} from "@imagemagick/magick-wasm";

/** A JP2 file of RGB samples, written by ImageMagick. */
export async function madeJp2(pixels: Buffer, width: number, height: number): Promise<Buffer> {
  const wasm = createRequire(import.meta.url).resolve("@imagemagick/magick-wasm/magick.wasm");
  await initializeImageMagick(readFileSync(wasm));
  const settings = new MagickReadSettings({ width, height, format: MagickFormat.Rgb, depth: 8 });
  const image = MagickImage.create(pixels, settings);
  image.quality = 95;
  try {
    return image.write(MagickFormat.Jp2, (data) => Buffer.from(data));
  } finally {
    image.dispose();
  }
}
