import { basename } from "node:path";
import { isOperational } from "../domain/errors.ts";
import type { CodeGrammar } from "../domain/rules.ts";
import type { ListedFile, Unit } from "./found.ts";
import { naturalOrder } from "./natural-order.ts";
import { mayHoldMany } from "./page-files.ts";
import { readPageName } from "./page-name.ts";
import type { PageName } from "./page-name.ts";

/** Answers from the head of a file how many pages it holds; asked of TIFF and GIF only. */
export type Frames = (path: string) => Promise<number>;

interface Page {
  readonly file: ListedFile;
  readonly name: PageName;
}

/**
 * Puts the files of one folder together to documents: page images whose names differ only in a trailing number are
 * one; everything else stands alone. A dossier code in the name is never taken for a page number.
 * @param files of one folder
 */
export async function groupPages(
  files: readonly ListedFile[],
  grammar: CodeGrammar,
  frames: Frames,
): Promise<Unit[]> {
  const alone: ListedFile[] = [];
  const pages: Page[] = [];
  for (const file of files) {
    const name = readPageName(basename(file.name), grammar);
    if (name === undefined) alone.push(file);
    else pages.push({ file, name });
  }
  const units: Unit[] = alone.map((file) => ({ kind: "unit", files: [file] }));
  for (const members of seriesOf(pages)) units.push(...(await separate(members, frames)));
  return units.toSorted((a, b) => naturalOrder(a.files[0].name, b.files[0].name));
}

function seriesOf(pages: readonly Page[]): ListedFile[][] {
  const byKey = new Map<string, Page[]>();
  for (const page of pages) {
    const key = page.name.series?.key ?? `\n${page.file.path}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [page]);
    else known.push(page);
  }
  const series = [...byKey.values()].flatMap(withoutLoneLetters);
  const byStem = new Map(pages.map((page) => [stemKey(page.name.stem, page.name), page]));
  const firsts = new Map<readonly Page[], Page>();
  const moved = new Set<Page>();
  for (const members of series) {
    const first = byStem.get(unnumberedFirst(members) ?? "");
    if (first === undefined || moved.has(first)) continue;
    firsts.set(members, first);
    moved.add(first);
  }
  return series.map((members) => {
    const first = firsts.get(members);
    const kept = members.filter((page) => !moved.has(page));
    const all = first === undefined ? kept : [first, ...kept];
    return all.map(({ file }) => file).toSorted((a, b) => naturalOrder(a.name, b.name));
  });
}

function stemKey(stem: string, { format }: PageName): string {
  return `${stem}\n${format}`;
}

/** `2a` is a page where another page has the same number (both sides of a sheet, a page put in later); `Lớp 1A` is a name. */
function withoutLoneLetters(members: readonly Page[]): (readonly Page[])[] {
  const counts = new Map<number, number>();
  for (const { name } of members) counts.set(numberOf(name), (counts.get(numberOf(name)) ?? 0) + 1);
  const lettered = members.filter(({ name }) => name.series?.letter !== "");
  const paired = lettered.some(({ name }) => (counts.get(numberOf(name)) ?? 0) > 1);
  if (paired || lettered.length === 0) return [members];
  const plain = members.filter((page) => !lettered.includes(page));
  return [...(plain.length > 0 ? [plain] : []), ...lettered.map((page) => [page])];
}

/**
 * Windows and HP number only from the second page on: `Scan.jpg`, `Scan (2).jpg`. Browsers write `(1)` there, which
 * alone may as well be the same paper fetched twice.
 * @returns the stem key that the first page would have
 */
function unnumberedFirst(members: readonly Page[]): string | undefined {
  const [{ name }] = members as readonly [Page, ...Page[]];
  const lowest = members.reduce((least, page) => Math.min(least, numberOf(page.name)), Infinity);
  const browser = lowest === 1 && members.length > 1 && name.series?.bracketed === true;
  if (name.series === undefined || (lowest !== 2 && !browser)) return undefined;
  return stemKey(name.series.bare, name);
}

function numberOf({ series }: PageName): number {
  return series?.number ?? Number.NaN;
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
  if (!mayHoldMany(file.name)) return false;
  try {
    return (await frames(file.path)) > 1;
  } catch (error) {
    if (isOperational(error) || (error instanceof Error && "code" in error)) return false;
    throw error;
  }
}
