import { OperationalError } from "../domain/errors.ts";
import type { Bytes } from "./bytes.ts";

export interface JpegHead {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Bits per sample. */
  readonly precision: number;
  /** Second byte of the SOF marker: 0xC0 baseline, 0xC1 extended, 0xC2 progressive. */
  readonly process: number;
  readonly jfif: boolean;
  /** Colour transform of the Adobe APP14 segment: 0 none (RGB, CMYK), 1 YCbCr, 2 YCCK. */
  readonly adobeTransform: number | undefined;
  readonly componentIds: readonly number[];
}

const [SCAN, END] = [0xda, 0xd9];

/** The frame header of a JPEG, reading only segment heads. Throws `truncated`, `unreadable`. */
export async function readJpegHead(bytes: Bytes): Promise<JpegHead> {
  let at = 2;
  let jfif = false;
  let adobeTransform: number | undefined;
  for (;;) {
    const head = await bytes.read(at, 40);
    if (head.length < 4) throw new OperationalError("truncated", "jpeg header");
    const [marker = 0, code = 0] = head;
    if (marker !== 0xff) throw new OperationalError("unreadable", "jpeg header");
    if (code === 0xff) at += 1;
    else if (isFrame(code)) return { ...frameOf(head, code), jfif, adobeTransform };
    else if (code === SCAN || code === END) throw new OperationalError("unreadable", "jpeg header");
    else {
      if (code === 0xe0) jfif ||= head.toString("latin1", 4, 8) === "JFIF";
      if (code === 0xee && head.toString("latin1", 4, 9) === "Adobe") adobeTransform = head[15];
      at += 2 + head.readUInt16BE(2);
    }
  }
}

/** C0-CF without DHT (C4), JPG (C8) and DAC (CC); F7 is JPEG-LS. */
function isFrame(code: number): boolean {
  if (code === JPEG_LS) return true;
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

const JPEG_LS = 0xf7;
/** Baseline, extended, progressive; the last two also with arithmetic coding. */
const DECODED = new Set([0xc0, 0xc1, 0xc2, 0xc9, 0xca]);

/** What makes a JPEG one that only its maker's programs read; undefined for all that people call JPEG. */
export function oddCoding({ process, precision }: JpegHead): string | undefined {
  if (process === JPEG_LS) return "JPEG-LS";
  if (!DECODED.has(process)) return process === 0xc3 || process === 0xcb ? "lossless" : "hierarchical";
  return precision === 8 ? undefined : `${precision}-bit`;
}

function frameOf(head: Buffer, code: number) {
  const components = head[9] ?? 0;
  if (head.length < 10 + 3 * Math.min(components, 4)) throw new OperationalError("truncated", "jpeg header");
  return {
    process: code,
    precision: head[4] ?? 0,
    height: head.readUInt16BE(5),
    width: head.readUInt16BE(7),
    components,
    componentIds: Array.from({ length: Math.min(components, 4) }, (_, i) => head[10 + 3 * i] ?? 0),
  };
}

/**
 * Whether every PDF reader draws this JPEG in the right colours without being told: 8-bit Huffman, grey or YCbCr.
 * RGB stored as it is (Adobe transform 0, or components named R, G, B) would need /ColorTransform, CMYK a Decode array.
 */
export function isPlainJpeg(head: JpegHead): boolean {
  if (head.precision !== 8 || head.process > 0xc2 || head.width === 0 || head.height === 0) return false;
  if (head.components === 1) return true;
  if (head.components !== 3) return false;
  if (head.adobeTransform !== undefined) return head.adobeTransform === 1;
  return head.jfif || String.fromCharCode(...head.componentIds) !== "RGB";
}
