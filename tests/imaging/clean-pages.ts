import sharp from "sharp";
import type { CleanFacts } from "../../src/imaging/clean/clean-page.ts";
import type { Pixels } from "../../src/imaging/clean/pixels.ts";
import { PARAGRAPH, pixels, textPage, type Page } from "./made-pages.ts";

/** A4 at 200 dpi, all pixels of the page at hand. */
export const FACTS: CleanFacts = { dpi: 200, colour: true, bilevel: false, scale: 1 };

const drawn = new Map<number, Promise<Page>>();

/** Twenty-four lines of text: enough for every step to have something to go by. Do not write to it. */
export function fullPage(dpi = 200): Promise<Page> {
  const lines = Array.from({ length: 24 }, (_, i) => PARAGRAPH[i % PARAGRAPH.length] ?? "");
  const page = drawn.get(dpi) ?? textPage(lines, dpi);
  drawn.set(dpi, page);
  return page;
}

/** Turned clockwise by sharp, an independent judge of our own turning; the canvas grows. */
export async function skewedPage(page: Page, degrees: number, background = "#fff"): Promise<Page> {
  const { data, info } = await pixels(page)
    .rotate(degrees, { background })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The page at another size, as `normalize` makes its working view. */
export async function resized(page: Page, scale: number): Promise<Page> {
  const { data, info } = await pixels(page)
    .resize({ width: Math.round(page.width * scale), height: Math.round(page.height * scale), fit: "fill" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Black and white only, as a page scanned so looks when it is decoded. */
export async function bilevelPage(page: Page): Promise<Page> {
  const grey = await pixels(page).greyscale().threshold(128).extractChannel(0).raw().toBuffer();
  const data = Buffer.alloc(grey.length * 3);
  for (let i = 0; i < data.length; i++) data[i] = grey[Math.floor(i / 3)] ?? 0;
  return { ...page, data };
}

/** Number of pixels whose first channel is dark, from a place on. */
export function inkIn(page: Pixels, from = { x: 0, y: 0 }): number {
  const channels = page.channels ?? 3;
  let count = 0;
  for (let y = from.y; y < page.height; y++)
    for (let x = from.x; x < page.width; x++)
      if ((page.data[(y * page.width + x) * channels] ?? 255) < 128) count += 1;
  return count;
}

/** Centre of gravity of the ink in the first channel, which no resampling moves. */
export function centreOfInk(page: Pixels): { readonly x: number; readonly y: number } {
  const channels = page.channels ?? 3;
  let [weight, x, y] = [0, 0, 0];
  for (let i = 0; i < page.width * page.height; i++) {
    const ink = 255 - (page.data[i * channels] ?? 255);
    weight += ink;
    x += ink * ((i % page.width) + 0.5);
    y += ink * (Math.floor(i / page.width) + 0.5);
  }
  return { x: x / weight, y: y / weight };
}

/** One channel of a page. */
export function greyPage(page: Page): Pixels {
  const data = Buffer.alloc(page.width * page.height);
  for (let i = 0; i < data.length; i++) data[i] = page.data[i * 3] ?? 0;
  return { data, width: page.width, height: page.height, channels: 1 };
}

/** Draws SVG shapes on a page, without smoothing when it is to stay black and white. */
export async function drawnOn(page: Page, shapes: string, crisp = false): Promise<Page> {
  const style = crisp ? ' shape-rendering="crispEdges"' : "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${page.width}" height="${page.height}"${style}>${shapes}</svg>`;
  const drawing = await sharp(Buffer.from(svg)).png().toBuffer();
  const data = await pixels(page)
    .composite([{ input: drawing }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { ...page, data };
}
