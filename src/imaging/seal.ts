import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import sharp from "sharp";
import { OperationalError } from "../domain/errors.ts";
import type { SealImage } from "../domain/seal.ts";

/** A seal at 1200 dpi is 2,000 pixels wide; photographs of paper do not belong here. */
const MAX_BYTES = 8_000_000;
const MAX_PIXELS = 16_000_000;
/** Every signed file carries the picture: more than 300 dpi only makes them larger. */
const DENSITY = 300;
/** Millimetres a seal or a stamp with a name may measure; what a density makes larger is a screen's density (72, 96). */
const PLAUSIBLE = { dpi: [70, 1200], millimetres: [15, 90] } as const;
/** Width in points of the seals in real state files. */
const USUAL_WIDTH = 109;
const INCH = 25.4;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * The PNG of `signing.seal`, in its real size by the file's own density where that is plausible, else 109 pt wide.
 * Throws `settings` when it is missing, no PNG, damaged or too big.
 */
export async function readSeal(path: string): Promise<SealImage> {
  const bytes = await sealBytes(path);
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw refusal(path, "không phải ảnh PNG / not a PNG");
  try {
    const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "warning" });
    const { width, height } = await picture.metadata();
    const widthPt = paperWidth(width, density(bytes));
    const fewer = Math.min(width, Math.round((widthPt / 72) * DENSITY));
    const { data, info } = await picture
      .toColourspace("srgb")
      .ensureAlpha()
      .resize({ width: fewer, height: Math.max(1, Math.round((height * fewer) / width)), fit: "fill" })
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, widthPt, ...planes(data) };
  } catch (cause) {
    throw refusal(path, "không đọc được hoặc quá lớn / damaged or too big", cause);
  }
}

async function sealBytes(path: string): Promise<Buffer> {
  try {
    if ((await stat(path)).size > MAX_BYTES) throw refusal(path, "quá lớn (8 MB) / too big (8 MB)");
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof OperationalError) throw cause;
    throw refusal(path, "không mở được / cannot be opened", cause);
  }
}

function refusal(path: string, why: string, cause?: unknown): OperationalError {
  return new OperationalError("settings", `signing.seal ${basename(path)}: ${why}`, { cause });
}

/** Dots an inch by the pHYs chunk; sharp tells a density even where the file has none. */
function density(bytes: Buffer): number | undefined {
  for (let at = 8; at + 21 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const name = bytes.toString("latin1", at + 4, at + 8);
    if (name === "IDAT") return undefined;
    if (name === "pHYs") return bytes[at + 16] === 1 ? bytes.readUInt32BE(at + 8) * (INCH / 1000) : undefined;
  }
  return undefined;
}

function paperWidth(pixels: number, dpi: number | undefined): number {
  if (dpi === undefined || dpi < PLAUSIBLE.dpi[0] || dpi > PLAUSIBLE.dpi[1]) return USUAL_WIDTH;
  const millimetres = (pixels / dpi) * INCH;
  const [least, most] = PLAUSIBLE.millimetres;
  return millimetres < least || millimetres > most ? USUAL_WIDTH : (pixels / dpi) * 72;
}

/** From interleaved RGBA. A picture that is opaque everywhere has no transparency, whatever its format. */
function planes(data: Buffer): Pick<SealImage, "rgb" | "alpha"> {
  const pixels = data.length / 4;
  const [rgb, alpha] = [Buffer.alloc(pixels * 3), Buffer.alloc(pixels)];
  for (let pixel = 0; pixel < pixels; pixel++) {
    data.copy(rgb, pixel * 3, pixel * 4, pixel * 4 + 3);
    alpha[pixel] = data[pixel * 4 + 3] ?? 255;
  }
  return { rgb, alpha: alpha.every((value) => value === 255) ? undefined : alpha };
}
