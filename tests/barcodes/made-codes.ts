import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import sharp, { type Sharp } from "sharp";
import { prepareZXingModule, writeBarcode, type WriterOptions } from "zxing-wasm/writer";

export interface Page {
  readonly pgm: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Grey samples without a header. */
export interface Grey {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** A4 at 200 dpi. */
export const A4 = { width: 1654, height: 2339 } as const;

const wasm = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer } });

/** One code as black modules of whole pixels with a quiet zone around. */
export async function drawnCode(
  format: NonNullable<WriterOptions["format"]>,
  text: string,
  size: { readonly module: number; readonly barHeight?: number },
): Promise<Grey> {
  const { symbol, error } = await writeBarcode(text, { format, addQuietZones: false, scale: 1 });
  if (error !== "") throw new Error(error);
  const rows = symbol.height === 1 ? (size.barHeight ?? 90) : symbol.height * size.module;
  const quiet = size.module * 10;
  const [width, height] = [symbol.width * size.module + 2 * quiet, rows + 2 * quiet];
  const data = Buffer.alloc(width * height, 255);
  for (let y = 0; y < rows; y++) {
    const row = symbol.height === 1 ? 0 : Math.floor(y / size.module);
    for (let x = 0; x < symbol.width * size.module; x++) {
      const value = symbol.data[row * symbol.width + Math.floor(x / size.module)] ?? 255;
      data[(y + quiet) * width + x + quiet] = value;
    }
  }
  return { data, width, height };
}

/** A page of gibberish print with pictures laid on it. */
export async function pageWith(
  pictures: readonly { readonly picture: Grey; readonly x: number; readonly y: number }[],
  { width, height }: { readonly width: number; readonly height: number } = A4,
): Promise<Grey> {
  const data = Buffer.alloc(width * height, 250);
  printLines(data, width, height);
  for (const { picture, x, y } of pictures) {
    for (let row = 0; row < picture.height; row++) {
      picture.data.copy(data, (y + row) * width + x, row * picture.width, (row + 1) * picture.width);
    }
  }
  return { data, width, height };
}

/** Words of letter-like blobs, so that a reader has something to be mistaken about. */
function printLines(data: Buffer, width: number, height: number): void {
  const next = randomNumbers(5);
  for (let y = 160; y < height - 160; y += 44) {
    for (let x = 150; x < width - 150; x += 7 + Math.floor(next() * 14)) {
      const tall = 8 + Math.floor(next() * 16);
      for (let row = 24 - tall; row < 24; row++)
        data.fill(20, (y + row) * width + x, (y + row) * width + x + 3);
      if (next() < 0.5) data.fill(20, (y + 23) * width + x, (y + 23) * width + x + 10);
    }
  }
}

export function pageOf({ data, width, height }: Grey): Page {
  return { pgm: Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), data]), width, height };
}

export async function turned(page: Grey, degrees: number): Promise<Grey> {
  return collected(raw(page).rotate(degrees, { background: "#fff" }));
}

export async function blurred(page: Grey, sigma: number): Promise<Grey> {
  return collected(raw(page).blur(sigma));
}

export async function scaled(page: Grey, factor: number): Promise<Grey> {
  return collected(raw(page).resize({ width: Math.round(page.width * factor) }));
}

export async function jpeg(page: Grey, quality: number): Promise<Grey> {
  return collected(sharp(await raw(page).jpeg({ quality }).toBuffer()));
}

/** Uniform noise of ± `amplitude` grey levels, the same in every run. */
export function noisy(page: Grey, amplitude: number): Grey {
  const next = randomNumbers(11);
  return mapped(page, (value) => value + (next() * 2 - 1) * amplitude);
}

/** Black becomes `black`, white becomes `white`. */
export function faded(page: Grey, black: number, white: number): Grey {
  return mapped(page, (value) => black + (value / 255) * (white - black));
}

export function oneBit(page: Grey, threshold = 150): Grey {
  return mapped(page, (value) => (value < threshold ? 0 : 255));
}

function mapped(page: Grey, change: (value: number) => number): Grey {
  const data = Buffer.from(page.data.map((value) => Math.min(255, Math.max(0, Math.round(change(value))))));
  return { ...page, data };
}

function raw({ data, width, height }: Grey): Sharp {
  return sharp(data, { raw: { width, height, channels: 1 } });
}

async function collected(image: Sharp): Promise<Grey> {
  const { data, info } = await image.extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Park and Miller's generator. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
