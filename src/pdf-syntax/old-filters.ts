import { OperationalError } from "../domain/errors.ts";
import { PdfDamage } from "./damage.ts";
import { isSpace } from "./lexer.ts";

/** Texts of pictures that some writers of the nineties left; more is no paper. */
const MAX_TEXT = 64 * 1024 * 1024;

export function asciiHex(bytes: Buffer): Buffer {
  if (bytes.length > MAX_TEXT) throw new OperationalError("too_large", "stream");
  const digits = (bytes.toString("latin1").split(">", 1)[0] ?? "").replaceAll(/[^0-9A-Fa-f]/gu, "");
  return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, "hex");
}

export function ascii85(bytes: Buffer, limit: number): Buffer {
  if (bytes.length > MAX_TEXT) throw new OperationalError("too_large", "stream");
  let zeros = 0;
  for (const byte of bytes) if (byte === 0x7a) zeros += 1;
  if (zeros * 4 > limit) throw new OperationalError("too_large", "stream");
  const out = Buffer.alloc(zeros * 4 + bytes.length);
  let at = 0;
  const group: number[] = [];
  for (const byte of bytes) {
    if (byte === 0x7e) break;
    if (byte === 0x7a && group.length === 0) at += 4;
    else if (byte >= 0x21 && byte <= 0x75) group.push(byte - 0x21);
    else if (!isSpace(byte)) throw new PdfDamage("a broken ASCII85 stream");
    if (group.length === 5) {
      at = out.writeUInt32BE(groupValue(group), at);
      group.length = 0;
    }
  }
  if (group.length < 2) return out.subarray(0, at);
  const last = Buffer.alloc(4);
  last.writeUInt32BE(groupValue([...group, 84, 84, 84, 84].slice(0, 5)));
  return Buffer.concat([out.subarray(0, at), last.subarray(0, group.length - 1)]);
}

function groupValue(group: readonly number[]): number {
  return group.reduce((sum, digit) => sum * 85 + digit, 0) % 0x1_0000_0000;
}

export function runLength(bytes: Buffer, limit: number): Buffer {
  const parts: Buffer[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] ?? 128;
    if (length === 128) break;
    const literal = length < 128;
    const part = literal
      ? bytes.subarray(at + 1, at + 2 + length)
      : Buffer.alloc(257 - length, bytes[at + 1] ?? 0);
    parts.push(part);
    total += part.length;
    if (total > limit) throw new OperationalError("too_large", "stream");
    at += literal ? length + 2 : 2;
  }
  return Buffer.concat(parts);
}

const CLEAR = 256;
const END = 257;

/** LZW as TIFF and PDF have it: most significant bit first, 9 to 12 bits a code. */
export function lzw(bytes: Buffer, earlyChange: number, limit: number): Buffer {
  let table: Buffer[] = [];
  const parts: Buffer[] = [];
  let total = 0;
  let previous: Buffer | undefined;
  const bits = { at: 0, width: 9 };
  for (;;) {
    const code = nextCode(bytes, bits);
    if (code === undefined || code === END) break;
    if (code === CLEAR) {
      table = [];
      bits.width = 9;
      previous = undefined;
      continue;
    }
    const entry = entryOf(code, table, previous);
    parts.push(entry);
    total += entry.length;
    if (total > limit) throw new OperationalError("too_large", "stream");
    if (previous !== undefined && table.length < 4096 - 258)
      table.push(Buffer.concat([previous, entry.subarray(0, 1)]));
    previous = entry;
    bits.width = widthFor(table.length + 258 + earlyChange);
  }
  return Buffer.concat(parts);
}

function nextCode(bytes: Buffer, bits: { at: number; width: number }): number | undefined {
  if (bits.at + bits.width > bytes.length * 8) return undefined;
  const first = bits.at >> 3;
  const three = ((bytes[first] ?? 0) << 16) | ((bytes[first + 1] ?? 0) << 8) | (bytes[first + 2] ?? 0);
  const code = (three >> (24 - (bits.at & 7) - bits.width)) & ((1 << bits.width) - 1);
  bits.at += bits.width;
  return code;
}

function entryOf(code: number, table: readonly Buffer[], previous: Buffer | undefined): Buffer {
  if (code < CLEAR) return Buffer.from([code]);
  const known = table[code - 258];
  if (known !== undefined) return known;
  if (previous === undefined || code - 258 !== table.length) throw new PdfDamage("a broken LZW stream");
  return Buffer.concat([previous, previous.subarray(0, 1)]);
}

function widthFor(next: number): number {
  if (next >= 2048) return 12;
  if (next >= 1024) return 11;
  return next >= 512 ? 10 : 9;
}
