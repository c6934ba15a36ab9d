import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { IMagickImage, MagickFormat } from "@imagemagick/magick-wasm";
import { OperationalError } from "../../domain/errors.ts";
import { plainTiff, rowBytes, STRIP_ROWS, type PlainImage } from "./plain-tiff.ts";

type Magick = typeof import("@imagemagick/magick-wasm");

/** Formats that libvips has no decoder for, and what ImageMagick calls them. It is told, so that it never guesses. */
const FORMATS: Readonly<Record<string, MagickFormat>> = {
  heic: "HEIC",
  jp2: "JP2",
  j2k: "J2K",
  jxl: "JXL",
  bmp: "BMP",
  pnm: "PNM",
  pcx: "PCX",
  tiff: "TIFF",
};

/** A 100-megapixel page has 400 MB in ImageMagick's own form. */
const MEMORY_BYTES = 450_000_000n;
const MAX_SIDE = 65_500n;

let started: Promise<Magick> | undefined;

/** 14 MB of WebAssembly, started in 65-95 ms; takes 70 MB. */
function magick(): Promise<Magick> {
  started ??= start();
  return started;
}

async function start(): Promise<Magick> {
  const library = await import("@imagemagick/magick-wasm");
  // The build for 32-bit addresses: the other one needs a newer engine than Node 20.
  const path = createRequire(import.meta.url).resolve("@imagemagick/magick-wasm/magick.wasm");
  await library.initializeImageMagick(await readFile(path));
  const { ResourceLimits } = library;
  ResourceLimits.memory = MEMORY_BYTES;
  ResourceLimits.maxMemoryRequest = MEMORY_BYTES;
  ResourceLimits.disk = 0n;
  ResourceLimits.width = MAX_SIDE;
  ResourceLimits.height = MAX_SIDE;
  return library;
}

export interface ForeignSource {
  readonly bytes: Uint8Array;
  /** A word of `formatOf`. */
  readonly format: string;
  /** Directory of a TIFF; 0 for all others, which is the primary image of a HEIC. */
  readonly frame: number;
}

/** Width and height from the head of the file. Throws ImageMagick's errors. */
export async function sizeOf(source: ForeignSource): Promise<{ width: number; height: number }> {
  return withImage(source, "ping", ({ width, height }) => ({ width, height }));
}

/** The file's image as an uncompressed TIFF of 8 (or 1) bits, on white where it was transparent, in RGB or grey. */
export async function tiffOf(source: ForeignSource): Promise<Buffer<ArrayBuffer>> {
  return withImage(source, "read", (image, library) => {
    flatten(image, library);
    const plain = describe(image, library);
    return plainTiff(plain, (samples) => copySamples(image, plain, samples));
  });
}

async function withImage<T>(
  { bytes, format, frame }: ForeignSource,
  how: "ping" | "read",
  use: (image: IMagickImage, library: Magick) => T,
): Promise<T> {
  const library = await magick();
  const coder = FORMATS[format];
  if (coder === undefined) throw new OperationalError("unsupported_format", format);
  const settings = new library.MagickReadSettings({ format: coder, frameIndex: frame, frameCount: 1 });
  const image = library.MagickImage.create();
  // A page with its lower half missing is only a warning to some decoders; a lost page is never one here.
  let warned: Error | undefined;
  image.onWarning = ({ error }) => {
    if (isLoss(error.message)) warned ??= error;
    return 0;
  };
  try {
    if (how === "ping") image.ping(bytes, settings);
    else image.read(bytes, settings);
    if (warned !== undefined) throw warned;
    return use(image, library);
  } finally {
    image.dispose();
  }
}

function isLoss(message: string): boolean {
  return /unexpected|premature|truncat|insufficient|corrupt|not enough|past end|unable ?to ?read|too short/iu.test(
    message,
  );
}

function flatten(image: IMagickImage, { AlphaAction, ColorSpace, MagickColors }: Magick): void {
  if (image.hasAlpha) {
    image.backgroundColor = MagickColors.White;
    image.alpha(AlphaAction.Remove);
    image.alpha(AlphaAction.Off);
  }
  if (image.colorSpace === ColorSpace.sRGB || image.colorSpace === ColorSpace.Gray) return;
  // CMYK, Lab, YCbCr: the profile described the samples as they were.
  image.colorSpace = ColorSpace.sRGB;
  image.removeProfile("icc");
}

function describe(image: IMagickImage, { ColorSpace, DensityUnit }: Magick): PlainImage {
  const { width, height, density, orientation } = image;
  const grey = image.colorSpace === ColorSpace.Gray;
  const bilevel = image.depth === 1 && isBlackAndWhite(image);
  const icc = image.getColorProfile()?.data;
  const perInch = density.units === DensityUnit.PixelsPerCentimeter ? 2.54 : 1;
  const known = density.units !== DensityUnit.Undefined && density.x >= 1 && density.y >= 1;
  return {
    width,
    height,
    kind: bilevel ? "bilevel" : grey ? "grey" : "rgb",
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    ...(known ? { density: { x: density.x * perInch, y: density.y * perInch } } : {}),
    ...(icc === undefined || grey || bilevel ? {} : { icc }),
  };
}

/** Rows `y` … as 8-bit samples. */
function rows(image: IMagickImage, y: number, mapping: "RGB" | "R"): Uint8Array {
  const height = Math.min(STRIP_ROWS, image.height - y);
  const samples = image.getPixels((pixels) => pixels.toByteArray(0, y, image.width, height, mapping));
  if (samples === null) throw new Error("no pixels");
  return samples;
}

function isBlackAndWhite(image: IMagickImage): boolean {
  for (let y = 0; y < image.height; y += STRIP_ROWS) {
    const samples = rows(image, y, "RGB");
    for (let at = 0; at < samples.length; at += 3) {
      const red = samples[at];
      if ((red !== 0 && red !== 255) || samples[at + 1] !== red || samples[at + 2] !== red) return false;
    }
  }
  return true;
}

function copySamples(image: IMagickImage, plain: PlainImage, out: Buffer): void {
  const row = rowBytes(plain);
  for (let y = 0; y < plain.height; y += STRIP_ROWS) {
    const samples = rows(image, y, plain.kind === "rgb" ? "RGB" : "R");
    if (plain.kind === "bilevel") packBits(samples, plain.width, out.subarray(y * row));
    else out.set(samples, y * row);
  }
}

function packBits(samples: Uint8Array, width: number, out: Buffer): void {
  const row = Math.ceil(width / 8);
  for (let i = 0; i < samples.length; i++) {
    if (samples[i] !== 255) continue;
    const x = i % width;
    const at = Math.floor(i / width) * row + (x >> 3);
    out[at] = (out[at] ?? 0) | (0x80 >> (x & 7));
  }
}
