import sharp from "sharp";
import { refusalOf } from "./refusal.ts";
import { plainTiff } from "./plain-tiff.ts";

/** A drawn stamp or form has some hundred kilobytes; more is a bomb or a map. */
const MAX_BYTES = 4_000_000;
const DPI = 300;
/** A printed page; drawing costs time, not bytes, so the limit is lower than for scans. */
const MAX_PIXELS = 40_000_000;

/**
 * What may not be in a drawing: entities and styles that fetch, scripts, foreign content, drawings in other files, and text,
 * which would be set in whatever font this machine has.
 */
const FORBIDDEN =
  /<!(?:doctype|entity)|<\?xml-stylesheet|<(?:\w+:)?(?:script|foreignObject|text|use|filter|pattern)\b|@import/iu;
const REFERENCE = /(?:href\s*=\s*["']?|url\(\s*["']?)\s*([^"')\s>]*)/giu;

/**
 * An SVG drawn on white at 300 dpi of its size, as an uncompressed TIFF. Throws `unsupported_format` for one that is
 * large, holds text, or names anything outside itself.
 */
export async function svgTiff(bytes: Buffer): Promise<Buffer> {
  if (!isSelfContained(bytes)) throw refusalOf("svg");
  const { data, info } = await sharp(bytes, { density: DPI, limitInputPixels: MAX_PIXELS, failOn: "error" })
    .flatten({ background: "#fff" })
    .toColourspace("srgb")
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const density = { x: DPI, y: DPI };
  return plainTiff({ width, height, kind: "rgb", density, orientation: 1 }, (samples) => data.copy(samples));
}

/** Whether a drawing can be drawn from its own bytes alone. */
export function isSelfContained(bytes: Buffer): boolean {
  if (bytes.length > MAX_BYTES) return false;
  const text = bytes.toString("utf8");
  if (FORBIDDEN.test(text)) return false;
  return [...text.matchAll(REFERENCE)].every(([, target = ""]) =>
    /^(?:#|data:image\/(?:png|jpeg);)/iu.test(target),
  );
}
