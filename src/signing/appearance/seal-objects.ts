import { deflateSync } from "node:zlib";
import type { SealImage } from "../../domain/seal.ts";

/** The picture and its stencil. */
export const SEAL_OBJECTS = 2;

/**
 * sRGB's primaries and its usual gamma, told in full: /DeviceRGB would need an output intent for RGB, which a foreign
 * PDF/A may lack (ISO 19005-2, 6.2.4.3).
 */
const RGB =
  "[/CalRGB << /WhitePoint [0.9505 1 1.089] /Gamma [2.2 2.2 2.2] " +
  "/Matrix [0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505] >>]";
/** Fainter than this is paper. */
const LEAST_INK = 8;
/** A seal scanned without transparency stands on white paper. */
const WHITE = 244;

/** A batch draws one seal many times. */
const packed = new WeakMap<SealImage, { readonly colours: Buffer; readonly stencil: Buffer }>();

/**
 * Image XObject and 1-bit stencil, whose object number is given; PDF/A-1 forbids soft masks (6.4). Pixels of thin ink
 * are mixed with white and drawn opaque, so edges stay smooth on paper.
 */
export function sealObjects(seal: SealImage, stencil: number): Buffer[] {
  const streams = packed.get(seal) ?? { colours: colours(seal), stencil: stencilRows(seal) };
  packed.set(seal, streams);
  const size = `/Width ${seal.width} /Height ${seal.height}`;
  const kind = `/Type /XObject /Subtype /Image ${size}`;
  return [
    stream(
      `${kind} /BitsPerComponent 8 /ColorSpace ${RGB} /Interpolate false /Mask ${stencil} 0 R`,
      streams.colours,
    ),
    stream(`${kind} /BitsPerComponent 1 /ImageMask true`, streams.stencil),
  ];
}

/** Plain rows: two thirds of what PNG's filters leave of a picture of one ink. */
function colours({ width, height, rgb, alpha }: SealImage): Buffer {
  const mixed = Buffer.alloc(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const ink = (alpha?.[pixel] ?? 255) / 255;
    for (let i = pixel * 3; i < pixel * 3 + 3; i++)
      mixed[i] = Math.round(255 - (255 - (rgb[i] ?? 255)) * ink);
  }
  return deflateSync(mixed, { level: 9 });
}

/** A set bit leaves the paper as it is. */
function stencilRows({ width, height, rgb, alpha }: SealImage): Buffer {
  const stride = Math.ceil(width / 8);
  const rows = Buffer.alloc(stride * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const paper =
      alpha === undefined
        ? Math.min(rgb[pixel * 3] ?? 0, rgb[pixel * 3 + 1] ?? 0, rgb[pixel * 3 + 2] ?? 0) >= WHITE
        : (alpha[pixel] ?? 0) < LEAST_INK;
    const x = pixel % width;
    const at = Math.floor(pixel / width) * stride + (x >> 3);
    if (paper) rows[at] = (rows[at] ?? 0) | (0x80 >> (x & 7));
  }
  return deflateSync(rows, { level: 9 });
}

function stream(entries: string, bytes: Buffer): Buffer {
  const head = `<< ${entries} /Filter /FlateDecode /Length ${bytes.length} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from("\nendstream")]);
}
