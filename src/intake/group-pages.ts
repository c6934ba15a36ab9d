import { basename, extname } from "node:path";
import { isOperational } from "../domain/errors.ts";
import type { CodeGrammar } from "../domain/rules.ts";
import type { ListedFile, Unit } from "./found.ts";
import { naturalOrder } from "./natural-order.ts";

/** Answers from the head of a file how many pages it holds; asked of TIFF and GIF only. */
export type Frames = (path: string) => Promise<number>;

const SAME_EXTENSION: Readonly<Record<string, string>> = { jpeg: "jpg", jpe: "jpg", tiff: "tif" };
const PAGE_IMAGES = new Set([
  "jpg",
  "png",
  "tif",
  "gif",
  "bmp",
  "webp",
  "heic",
  "heif",
  "avif",
  "jp2",
  "jxl",
]);
const MAY_HOLD_MANY = new Set(["tif", "gif"]);

/**
 * Puts the files of one folder together to documents: page images whose names differ only in a trailing number are
 * one; everything else stands alone. A dossier code in the name is never taken for a page number.
 * @param files of one folder, in natural order
 */
export async function groupPages(
  files: readonly ListedFile[],
  grammar: CodeGrammar,
  frames: Frames,
): Promise<Unit[]> {
  const series = new Map<string, ListedFile[]>();
  for (const file of files) {
    const key = seriesKey(basename(file.name), grammar) ?? `\n${file.path}`;
    series.set(key, [...(series.get(key) ?? []), file]);
  }
  const units: Unit[] = [];
  for (const members of series.values()) units.push(...(await separate(members, frames)));
  return units.toSorted((a, b) => naturalOrder(a.files[0].name, b.files[0].name));
}

/**
 * What page images of one document have in common; undefined for other files and names without a page number.
 * Codes are masked by their grammar alone: two codes with an impossible date are two codes all the same.
 */
function seriesKey(name: string, grammar: CodeGrammar): string | undefined {
  const written = extname(name).slice(1).toLowerCase();
  const extension = SAME_EXTENSION[written] ?? written;
  if (!PAGE_IMAGES.has(extension)) return undefined;
  const stem = name
    .normalize("NFC")
    .slice(0, -written.length - 1)
    .toUpperCase();
  const masked = stem.replaceAll(
    new RegExp(grammar.dossierInText, "gu"),
    (code) => `\t${code.replaceAll(/\d/gu, digit)}\t`,
  );
  const parts = /^(?<before>.*?)\d+(?<after>\s*[)\]]?\s*)$/su.exec(masked)?.groups;
  return parts && `${parts["before"]}\n${parts["after"]}\n${extension}`;
}

/** Digits of a code as letters, so that they stay part of the key and are no page number. */
function digit(character: string): string {
  return String.fromCodePoint(0x1_00 + Number(character));
}

/** Files of several pages are documents of their own. One that cannot be read stays: its document must not lose a page. */
async function separate(members: readonly ListedFile[], frames: Frames): Promise<Unit[]> {
  const pages: ListedFile[] = [];
  const units: Unit[] = [];
  for (const file of members) {
    const alone = members.length > 1 && (await holdsMany(file, frames));
    if (alone) units.push({ kind: "unit", files: [file] });
    else pages.push(file);
  }
  const [first, ...others] = pages;
  return first === undefined ? units : [...units, { kind: "unit", files: [first, ...others] }];
}

async function holdsMany(file: ListedFile, frames: Frames): Promise<boolean> {
  const written = extname(file.name).slice(1).toLowerCase();
  if (!MAY_HOLD_MANY.has(SAME_EXTENSION[written] ?? written)) return false;
  try {
    return (await frames(file.path)) > 1;
  } catch (error) {
    if (isOperational(error) || (error instanceof Error && "code" in error)) return false;
    throw error;
  }
}
