/** Width and height as the codec's own head says them, which is what a decoder makes room for. */
export interface CodecSize {
  readonly width: number;
  readonly height: number;
}

/** Undefined when there is no such head, or the codec has none (CCITT, Flate). */
export function codecSize(codec: string | undefined, bytes: Buffer): CodecSize | undefined {
  if (codec === "DCTDecode") return jpegSize(bytes);
  if (codec === "JPXDecode") return jpxSize(bytes);
  return codec === "JBIG2Decode" ? jbig2Size(bytes) : undefined;
}

function jpegSize(bytes: Buffer): CodecSize | undefined {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    if (marker === 0xda) return undefined;
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

/** SOC and SIZ follow each other at the start of every JPEG 2000 code stream (ISO 15444-1, A.4.1). */
const CODE_STREAM = Buffer.from([0xff, 0x4f, 0xff, 0x51]);

function jpxSize(bytes: Buffer): CodecSize | undefined {
  const at = bytes.indexOf(CODE_STREAM);
  if (at < 0 || at + 24 > bytes.length) return undefined;
  const [right, bottom, left, top] = [8, 12, 16, 20].map((step) => bytes.readUInt32BE(at + step));
  return { width: (right ?? 0) - (left ?? 0), height: (bottom ?? 0) - (top ?? 0) };
}

/** True when a JPEG 2000 code stream has that many components of 8 bits, none of them coarser than the picture. */
export function isPlainJpx(bytes: Buffer, components: number): boolean {
  const at = bytes.indexOf(CODE_STREAM);
  if (at < 0 || at + 42 + 3 * components > bytes.length || bytes.readUInt16BE(at + 40) !== components)
    return false;
  const facts = bytes.subarray(at + 42, at + 42 + 3 * components);
  return facts.every((value, index) => value === (index % 3 === 0 ? 7 : 1));
}

const PAGE_INFORMATION = 48;
const LONG_PAGE_NUMBER = 0x40;
/** Tables and dictionaries may come before the page; more than this is no picture. */
const MAX_SEGMENTS = 1000;

/** The page information segment of an embedded JBIG2 stream (ISO 14492, 7.2 and 7.4.8). */
function jbig2Size(bytes: Buffer): CodecSize | undefined {
  let at = 0;
  for (let count = 0; count < MAX_SEGMENTS && at + 11 <= bytes.length; count += 1) {
    const number = bytes.readUInt32BE(at);
    const flags = bytes[at + 4] ?? 0;
    const short = (bytes[at + 5] ?? 0) >> 5;
    const references = short <= 4 ? short : bytes.readUInt32BE(at + 5) & 0x1fffffff;
    const head = short <= 4 ? 1 : 4 + Math.ceil((references + 1) / 8);
    const each = number <= 256 ? 1 : number <= 65_536 ? 2 : 4;
    const page = (flags & LONG_PAGE_NUMBER) === 0 ? 1 : 4;
    const data = at + 5 + head + references * each + page + 4;
    if (data + 8 > bytes.length) return undefined;
    if ((flags & 0x3f) === PAGE_INFORMATION)
      return { width: bytes.readUInt32BE(data), height: bytes.readUInt32BE(data + 4) };
    at = data + bytes.readUInt32BE(data - 4);
  }
  return undefined;
}
