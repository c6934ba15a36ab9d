import { lstat, readdir, stat } from "node:fs/promises";
import { isAbsolute, join, parse, resolve } from "node:path";
import { PASSED_OVER } from "./folder.ts";
import { naturalOrder } from "./natural-order.ts";

/** Finds the files a manifest cell names; an empty list means none. */
export type FindFiles = (cell: string) => Promise<readonly string[]>;

type List = (folder: string) => Promise<readonly string[]>;

const KEPT_LISTINGS = 64;
const WILD = /[*?]/u;

/**
 * Makes a finder for cells relative to `base`: a name as written, or with `*`, `?` and `**`. Names are compared in
 * NFC, for a list typed in Excel and a disk filled by a Mac spell `ảnh` in different bytes.
 * @param exclude paths that wildcards pass over
 */
export function newFinder(base: string, exclude: ReadonlySet<string>): FindFiles {
  const list = newLister();

  async function find(folder: string, segments: readonly string[]): Promise<string[]> {
    const [segment, ...rest] = segments;
    if (segment === undefined) return [folder];
    if (segment === "..") return find(resolve(folder, ".."), rest);
    if (segment === "**") return [...(await find(folder, rest)), ...(await descend(folder, segments))];
    const names = matching(await list(folder), segment).map((name) => join(folder, name));
    const kept = WILD.test(segment) ? names.filter((path) => !exclude.has(path)) : names;
    return (await Promise.all(kept.map((path) => find(path, rest)))).flat();
  }

  async function descend(folder: string, segments: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const name of matching(await list(folder), "*")) {
      const inner = join(folder, name);
      if (!exclude.has(inner) && (await isRealFolder(inner))) found.push(...(await find(inner, segments)));
    }
    return found;
  }

  return async (cell) => {
    const exact = resolve(base, cell);
    if ((await kindOf(exact)) !== "none") return [exact];
    const written = cell.replaceAll("\\", "/").normalize("NFC");
    const root = isAbsolute(written) ? parse(written).root : "";
    const segments = written.slice(root.length).split("/");
    const found = await find(
      root === "" ? base : root,
      segments.filter((part) => part !== "" && part !== "."),
    );
    return chosen([...new Set(found)], WILD.test(written));
  };
}

/** Folders that a wildcard happens to hit are not meant; one that is named outright is the row's error. */
async function chosen(paths: readonly string[], wild: boolean): Promise<string[]> {
  const kinds = await Promise.all(paths.map(kindOf));
  return paths.filter((_, at) => (wild ? kinds[at] === "file" : kinds[at] !== "none"));
}

/** Remembers the last folders' names: 200,000 rows of one folder must not list it 200,000 times. */
function newLister(): List {
  const listings = new Map<string, Promise<readonly string[]>>();
  return (folder) => {
    const known = listings.get(folder);
    if (known !== undefined) return known;
    if (listings.size >= KEPT_LISTINGS) listings.clear();
    const listing = readdir(folder).then(
      (names) => names.toSorted(naturalOrder),
      () => [],
    );
    listings.set(folder, listing);
    return listing;
  };
}

function matching(names: readonly string[], segment: string): readonly string[] {
  if (!WILD.test(segment)) {
    return names.includes(segment) ? [segment] : names.filter((name) => name.normalize("NFC") === segment);
  }
  const pattern = wildcard(segment);
  return names.filter((name) => !PASSED_OVER.test(name) && pattern.test(name.normalize("NFC")));
}

/** Links are not followed by `**`: a link to a folder above would never end. */
async function isRealFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}

export async function kindOf(path: string): Promise<"file" | "folder" | "other" | "none"> {
  try {
    const status = await stat(path);
    if (status.isFile()) return "file";
    return status.isDirectory() ? "folder" : "other";
  } catch {
    return "none";
  }
}

function wildcard(segment: string): RegExp {
  const source = segment
    .replaceAll(/[.+^${}()|[\]\\]/gu, String.raw`\$&`)
    .replaceAll(/\*+/gu, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "iu");
}
