import { withFile } from "./bytes.ts";

/** A PDF header may stand anywhere in the first 1024 bytes (Acrobat's rule, kept by every reader). */
const HEAD_BYTES = 1024;

/** What stands at the very start, as latin1 text. The first match wins. */
const MAGIC: readonly (readonly [format: string, start: string])[] = [
  ["jpeg", "\xff\xd8\xff"],
  ["png", "\x89PNG\r\n\x1a\n"],
  ["tiff", "II*\0"],
  ["tiff", "MM\0*"],
  ["tiff", "II+\0"],
  ["tiff", "MM\0+"],
  ["gif", "GIF87a"],
  ["gif", "GIF89a"],
  ["jp2", "\0\0\0\x0cjP  "],
  ["jp2", "\xff\x4f\xff\x51"],
  ["jxl", "\0\0\0\x0cJXL "],
  ["jxl", "\xff\x0a"],
  ["djvu", "AT&TFORM"],
  ["ole", "\xd0\xcf\x11\xe0"],
  ["7z", "7z\xbc\xaf"],
  ["rar", "Rar!"],
  ["rtf", "{\\rtf"],
  ["postscript", "%!PS"],
];

/** The format of a file from its first bytes, never from its name: `jpeg`, `pdf`, `heic`, `docx`, `text`, `empty` … */
export async function sniffFormat(path: string): Promise<string> {
  return withFile(path, async (bytes) => formatOf(await bytes.read(0, HEAD_BYTES)));
}

/** The format word for the first 1024 bytes of a file; `unknown` when nothing matches. */
export function formatOf(head: Buffer): string {
  if (head.length === 0) return "empty";
  const text = head.subarray(0, HEAD_BYTES).toString("latin1");
  const image = MAGIC.find(([, start]) => text.startsWith(start))?.[0] ?? boxed(text);
  if (image !== undefined) return image;
  if (text.includes("%PDF-")) return "pdf";
  if (text.startsWith("PK\x03\x04")) return zipKind(text);
  if (text.startsWith("BM") && head.length >= 14 && head.readUInt32LE(6) === 0) return "bmp";
  return textKind(head, text);
}

/** RIFF and ISO media files name their kind a few bytes in. */
function boxed(text: string): string | undefined {
  if (text.startsWith("RIFF")) return text.slice(8, 12) === "WEBP" ? "webp" : "riff";
  if (text.slice(4, 8) !== "ftyp") return undefined;
  const brands = text.slice(8, 8 + 64);
  if (brands.includes("avif") || brands.includes("avis")) return "avif";
  return /hei[cxms]|hev[cx]|mif1|msf1/u.test(brands) ? "heic" : "mp4";
}

function zipKind(text: string): string {
  if (text.includes("word/")) return "docx";
  if (text.includes("xl/")) return "xlsx";
  return text.includes("[Content_Types].xml") ? "office" : "zip";
}

function textKind(head: Buffer, text: string): string {
  if (head.includes(0)) return "unknown";
  if (text.includes("<svg")) return "svg";
  if (/^\s*<(?:!doctype html|html)/iu.test(text)) return "html";
  // A cut in the middle of a letter leaves at most three stray bytes at the end.
  const wide = head.toString("utf8").slice(0, -3);
  return wide.includes("\ufffd") ? "unknown" : "text";
}
