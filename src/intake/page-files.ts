import { extname } from "node:path";

const SAME_FORMAT: Readonly<Record<string, string>> = {
  jpeg: "jpg",
  jpe: "jpg",
  jfif: "jpg",
  pjpeg: "jpg",
  tiff: "tif",
  heif: "heic",
  hif: "heic",
  dib: "bmp",
  j2k: "jp2",
  j2c: "jp2",
  jpc: "jp2",
  jpf: "jp2",
  jpx: "jp2",
  pbm: "pnm",
  pgm: "pnm",
  ppm: "pnm",
  pam: "pnm",
};
const PAGE_IMAGES = new Set("jpg png tif gif bmp webp heic avif jp2 jxl pnm pcx".split(" "));
const MAY_HOLD_MANY = new Set(["tif", "gif"]);

/** The format that a name's ending claims (`jpg` for `.JPEG`), when it is one of page images; else undefined. */
export function pageFormat(name: string): string | undefined {
  const written = endingOf(name);
  const format = SAME_FORMAT[written] ?? written;
  return PAGE_IMAGES.has(format) ? format : undefined;
}

/** Whether a file of this name may hold several page images. */
export function mayHoldMany(name: string): boolean {
  return MAY_HOLD_MANY.has(pageFormat(name) ?? "");
}

/** Page images and PDFs, by name. */
export function isPageFile(name: string): boolean {
  return pageFormat(name) !== undefined || endingOf(name) === "pdf";
}

function endingOf(name: string): string {
  return extname(name).slice(1).toLowerCase();
}
