import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CodeGrammar } from "../domain/rules.ts";
import { refusedByDisk } from "./disk-error.ts";
import type { ListedFile, Refused, Unit } from "./found.ts";
import { groupPages } from "./group-pages.ts";
import type { Frames } from "./group-pages.ts";
import { naturalOrder } from "./natural-order.ts";

export interface Walk {
  readonly grammar: CodeGrammar;
  readonly frames: Frames;
  /** Real paths of files and folders to pass over, such as the warehouse. */
  readonly exclude: ReadonlySet<string>;
}

/**
 * Hidden files, and what Office, Explorer, browsers and scanners leave while they work; folders of previews and of
 * deleted files that Windows, macOS and network drives keep on every disk.
 */
export const PASSED_OVER = new RegExp(
  [
    String.raw`^\.`,
    String.raw`^~\$`,
    String.raw`^(?:eh)?thumbs\.db$`,
    String.raw`^desktop\.ini$`,
    String.raw`^picasa\.ini$`,
    String.raw`^\$RECYCLE\.BIN$`,
    "^System Volume Information$",
    String.raw`^(?:#recycle|@Recycle|@eaDir|__MACOSX|lost\+found)$`,
    String.raw`\.(?:tmp|part|partial|filepart|crdownload|opdownload)$`,
  ].join("|"),
  "iu",
);

/**
 * Lists the documents of a folder and all below it in natural order of their paths. Links are followed, but no real
 * folder is entered twice; a folder that cannot be read is reported and the rest goes on.
 */
export async function* walkFolder(root: string, walk: Walk): AsyncGenerator<Unit | Refused> {
  yield* walkInto({ path: root, name: "" }, walk, new Set());
}

interface Listing {
  readonly files: ListedFile[];
  readonly folders: ListedFile[];
  readonly refused: Refused[];
}

async function* walkInto(folder: ListedFile, walk: Walk, seen: Set<string>): AsyncGenerator<Unit | Refused> {
  let listing: Listing;
  try {
    const real = await realpath(folder.path);
    if (seen.has(real) || walk.exclude.has(real)) return;
    seen.add(real);
    listing = await list(folder, walk);
  } catch (error) {
    yield refusedByDisk(error, folder.name === "" ? "." : folder.name);
    return;
  }
  const units = await groupPages(listing.files, walk.grammar, walk.frames);
  const named = [
    ...units.map((unit) => ({ name: unit.files[0].name, found: unit })),
    ...listing.refused.map((found) => ({ name: found.name, found })),
    ...listing.folders.map((inner) => ({ name: inner.name, inner })),
  ].toSorted((a, b) => naturalOrder(a.name, b.name));
  for (const entry of named) {
    if ("inner" in entry) yield* walkInto(entry.inner, walk, seen);
    else yield entry.found;
  }
}

async function list(folder: ListedFile, walk: Walk): Promise<Listing> {
  const listing: Listing = { files: [], folders: [], refused: [] };
  const entries = (await readdir(folder.path)).filter((entry) => !PASSED_OVER.test(entry));
  for (const entry of entries.toSorted(naturalOrder)) {
    const shown = entry.normalize("NFC");
    const file = {
      path: join(folder.path, entry),
      name: folder.name === "" ? shown : `${folder.name}/${shown}`,
    };
    try {
      await sort(file, listing, walk);
    } catch (error) {
      listing.refused.push(entry.includes("\uFFFD") ? noUnicode(file.name) : refusedByDisk(error, file.name));
    }
  }
  return listing;
}

/** Names from old archives and file servers: Node can list them, and open none. */
function noUnicode(name: string): Refused {
  const detail = "tên tệp không phải Unicode, hãy đổi tên / the name is not Unicode; rename it";
  return { kind: "refused", name, reason: "unreadable", detail };
}

async function sort(file: ListedFile, listing: Listing, walk: Walk): Promise<void> {
  const status = await stat(file.path);
  if (status.isDirectory()) listing.folders.push(file);
  else if (walk.exclude.has(await realpath(file.path))) return;
  else if (status.isFile()) listing.files.push(file);
  else {
    const detail = "neither a file nor a folder";
    listing.refused.push({ kind: "refused", name: file.name, reason: "unsupported_format", detail });
  }
}
