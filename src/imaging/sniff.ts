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
  ["j2k", "\xff\x4f\xff\x51"],
  ["jxl", "\0\0\0\x0cJXL "],
  ["jxl", "\xff\x0a"],
  ["jbig2", "\x97JB2\r\n\x1a\n"],
  ["djvu", "AT&TFORM"],
  ["mdi", "EP*\0"],
  ["jxr", "II\xbc\x01"],
  ["psd", "8BPS"],
  ["wmf", "\xd7\xcd\xc6\x9a"],
  ["dcx", "\xb1\x68\xde\x3a"],
  ["raw", "FUJIFILMCCD-RAW"],
  ["raw", "IIU\0"],
  ["raw", "IIRO"],
  ["raw", "IIRS"],
  ["raw", "MMOR"],
  ["ole", "\xd0\xcf\x11\xe0"],
  ["7z", "7z\xbc\xaf\x27\x1c"],
  ["rar", "Rar!\x1a\x07"],
  ["gzip", "\x1f\x8b\x08"],
  ["bzip2", "BZh"],
  ["xz", "\xfd7zXZ\0"],
  ["cab", "MSCF"],
  ["rtf", "{\\rtf"],
  ["postscript", "%!PS"],
  ["shortcut", "\x4c\0\0\0\x01\x14\x02\0"],
  ["appledouble", "\0\x05\x16\x07"],
  ["program", "MZ"],
];

/** The format of a file from its first bytes, never from its name: `jpeg`, `pdf`, `heic`, `docx`, `text`, `empty` … */
export async function sniffFormat(path: string): Promise<string> {
  return withFile(path, async (bytes) => formatOf(await bytes.read(0, HEAD_BYTES)));
}

/** The format word for the first 1024 bytes of a file; `unknown` when nothing matches. */
export function formatOf(head: Buffer): string {
  if (head.length === 0) return "empty";
  const text = head.subarray(0, HEAD_BYTES).toString("latin1");
  const magic = MAGIC.find(([, start]) => text.startsWith(start))?.[0];
  // Canon's CR2 passes for a TIFF up to its ninth byte; the TIFF holds previews only.
  if (magic === "tiff" && text.slice(8, 10) === "CR") return "raw";
  const image = magic ?? boxed(text);
  if (image !== undefined) return image;
  if (text.includes("%PDF-")) return "pdf";
  if (text.startsWith("PK\x03\x04") || text.startsWith("PK\x05\x06")) return zipKind(text);
  return plainImage(head, text) ?? textKind(head, text);
}

/** RIFF and ISO media files name their kind a few bytes in; so does tar. */
function boxed(text: string): string | undefined {
  if (text.startsWith("RIFF")) return text.slice(8, 12) === "WEBP" ? "webp" : "riff";
  if (text.slice(257, 262) === "ustar") return "tar";
  if (text.slice(4, 8) !== "ftyp") return undefined;
  const brands = text.slice(8, 8 + 64);
  if (brands.includes("avif") || brands.includes("avis")) return "avif";
  if (brands.startsWith("crx ")) return "raw";
  return /hei[cxms]|hev[cx]|mif1|msf1/u.test(brands) ? "heic" : "mp4";
}

/** Formats whose mark is too short to be believed alone. */
function plainImage(head: Buffer, text: string): string | undefined {
  if (text.startsWith("BM") && head.length >= 14 && head.readUInt32LE(6) === 0) return "bmp";
  if (/^P[1-6]\s+(?:#[^\n]*\n\s*)*\d/u.test(text) || text.startsWith("P7\n")) return "pnm";
  if (isPcx(head)) return "pcx";
  if (text.startsWith("\x01\0\0\0") && text.slice(40, 44) === " EMF") return "emf";
  return text.startsWith("\0\0\x01\0") && head[5] === 0 ? "ico" : undefined;
}

/** Version 0-5 (never 1), run-length coded, 1-8 bits a sample, and a reserved byte that is always 0. */
function isPcx(head: Buffer): boolean {
  const [mark, version = 9, coding, bits = 0] = head;
  return (
    mark === 10 &&
    version <= 5 &&
    version !== 1 &&
    coding === 1 &&
    [1, 2, 4, 8].includes(bits) &&
    head[64] === 0
  );
}

function zipKind(text: string): string {
  if (text.includes("mimetypeapplication/vnd.oasis.opendocument")) {
    return text.includes("opendocument.spreadsheet")
      ? "ods"
      : text.includes("opendocument.pres")
        ? "odp"
        : "odt";
  }
  if (text.includes("word/")) return "docx";
  if (text.includes("xl/")) return "xlsx";
  if (text.includes("ppt/")) return "pptx";
  if (/FixedDoc|\.fpage|\.fdseq/u.test(text)) return "xps";
  return text.includes("[Content_Types].xml") ? "office" : "zip";
}

/** Header fields a saved e-mail begins with (RFC 5322); one alone could be a letter's own "Date:". */
const MAIL = /^(?:Return-Path|Received|From|To|Delivered-To|MIME-Version|Message-ID|Subject|X-[\w-]+): /gimu;

function textKind(head: Buffer, text: string): string {
  if (text.startsWith("\xff\xfe") || text.startsWith("\xfe\xff")) return "text";
  if (head.includes(0)) return "unknown";
  if (text.includes("<svg")) return "svg";
  if (/^\s*(?:\xef\xbb\xbf)?<(?:!doctype html|html)/iu.test(text)) return "html";
  if (/^[\w-]+: /u.test(text) && (text.match(MAIL)?.length ?? 0) >= 2) return "email";
  // A cut in the middle of a letter leaves at most three stray bytes at the end.
  const wide = head.toString("utf8").slice(0, -3);
  return wide.includes("\ufffd") ? "unknown" : "text";
}
