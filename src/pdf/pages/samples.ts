import { PdfDamage } from "../../pdf-syntax/damage.ts";
import type { PdfDict, PdfObject } from "../../pdf-syntax/objects.ts";
import { isInteger, isKind, nameOf } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";

/** A colour space we can turn into grey or RGB samples ourselves. */
export type SimpleColour =
  | { readonly kind: "gray" | "rgb" | "cmyk" }
  /** Three bytes (one when `base` is grey) an entry. */
  | { readonly kind: "indexed"; readonly base: "gray" | "rgb"; readonly table: Buffer };

const DIRECT: ReadonlyMap<string, "gray" | "rgb" | "cmyk"> = new Map([
  ["DeviceGray", "gray"],
  ["G", "gray"],
  ["CalGray", "gray"],
  ["DeviceRGB", "rgb"],
  ["RGB", "rgb"],
  ["CalRGB", "rgb"],
  ["DeviceCMYK", "cmyk"],
]);

/** Undefined for colour spaces that need a colour engine (Separation, DeviceN, Lab …). */
export function simpleColour(file: PdfFile, object: PdfObject | undefined): SimpleColour | undefined {
  const space = file.resolve(object);
  if (isKind(space, "name")) return direct(space.name);
  if (!isKind(space, "array")) return undefined;
  const family = nameOf(file.resolve(space.items[0])) ?? "";
  if (family === "ICCBased") return byComponents(file.get(file.dict(space.items[1]), "N"));
  if (family === "Indexed" || family === "I") return indexed(file, space.items);
  return direct(family);
}

function direct(name: string): SimpleColour | undefined {
  const kind = DIRECT.get(name);
  return kind === undefined ? undefined : { kind };
}

function byComponents(count: PdfObject): SimpleColour | undefined {
  if (count === 1) return { kind: "gray" };
  if (count === 3) return { kind: "rgb" };
  return count === 4 ? { kind: "cmyk" } : undefined;
}

function indexed(file: PdfFile, items: readonly PdfObject[]): SimpleColour | undefined {
  const base = file.resolve(items[1]);
  const under =
    isKind(base, "array") && nameOf(base.items[0]) === "Indexed" ? undefined : simpleColour(file, base);
  const lookup = file.resolve(items[3]);
  const table = isKind(lookup, "stream") ? file.decode(lookup).bytes : undefined;
  const bytes = isKind(lookup, "string") ? lookup.bytes : table;
  if (bytes === undefined || (under?.kind !== "gray" && under?.kind !== "rgb")) return undefined;
  return { kind: "indexed", base: under.kind, table: bytes };
}

/** 1, 2, 4 or 8 bits a sample to one byte a sample; rows start at whole bytes. */
export function unpackSamples(bytes: Buffer, perRow: number, height: number, bits: number): Buffer {
  const row = Math.ceil((perRow * bits) / 8);
  if (bytes.length < row * height) throw new PdfDamage("an image with too few rows");
  if (bits === 8) return bytes.subarray(0, row * height);
  const out = Buffer.allocUnsafe(perRow * height);
  const mask = (1 << bits) - 1;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < perRow; x += 1) {
      const bit = x * bits;
      out[y * perRow + x] = ((bytes[y * row + (bit >> 3)] ?? 0) >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return out;
}

export function expandIndexed(samples: Buffer, table: Buffer, channels: 1 | 3): Buffer {
  const out = Buffer.alloc(samples.length * channels);
  // By index: an iterator over the tens of millions of samples of a page takes seconds.
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] ?? 0;
    for (let channel = 0; channel < channels; channel += 1)
      out[index * channels + channel] = table[sample * channels + channel] ?? 0;
  }
  return out;
}

export function scaleSamples(samples: Buffer, bits: number): Buffer {
  if (bits === 8) return samples;
  const factor = 255 / ((1 << bits) - 1);
  return samples.map((sample) => sample * factor) as Buffer;
}

/** True when the Decode array is absent or the default; inverted and odd ranges are false. */
export function plainDecode(file: PdfFile, dict: PdfDict, top: number): boolean {
  const decode = file
    .array(dict.entries.get("Decode") ?? dict.entries.get("D"))
    .map((item) => file.resolve(item));
  return decode.every((value, index) => isInteger(value) && value === (index % 2 === 0 ? 0 : top));
}

/** True for `[1 0]`: black and white change places. */
export function invertedDecode(file: PdfFile, dict: PdfDict): boolean {
  const [first, second] = file.array(dict.entries.get("Decode")).map((item) => file.resolve(item));
  return first === 1 && second === 0;
}

/** True for a palette of black and white alone, in either order. */
export function isBlackAndWhite(table: Buffer, channels: number): boolean {
  const first = table.subarray(0, channels);
  const second = table.subarray(channels, channels * 2);
  const all = (bytes: Buffer, value: number): boolean =>
    bytes.length === channels && bytes.every((byte) => byte === value);
  return (all(first, 0) && all(second, 255)) || (all(first, 255) && all(second, 0));
}
