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
  const density = densityFor(bytes.toString("utf8"));
  const { data, info } = await sharp(bytes, { density, limitInputPixels: MAX_PIXELS, failOn: "error" })
    .flatten({ background: "#fff" })
    .toColourspace("srgb")
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const image = { width, height, kind: "rgb", density: { x: DPI, y: DPI }, orientation: 1 } as const;
  return plainTiff(image, (samples) => data.copy(samples));
}

/**
 * What sharp must be told to draw at 300 dpi: it applies its density to lengths in millimetres twice (as resolution, and
 * as scale against 72), to pixels, which are 1/96 inch, once.
 */
function densityFor(text: string): number {
  const physical = /<svg\b[^>]*?\swidth\s*=\s*["']\s*[\d.]+\s*(?:mm|cm|in|pt|pc)/iu.test(text);
  return physical ? Math.sqrt(DPI * 72) : (DPI * 72) / 96;
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
