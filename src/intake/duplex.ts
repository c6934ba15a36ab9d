import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { DuplexOrder } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import { refusedByDisk } from "./disk-error.ts";
import { kindOf } from "./find-files.ts";
import { PASSED_OVER } from "./folder.ts";
import type { ListedFile, Refused } from "./found.ts";
import { isPageFile } from "./page-files.ts";
import { naturalOrder } from "./natural-order.ts";

/** Both sides of one stack as `--duplex` names them, listed and known to be different files. */
export interface DuplexSource {
  readonly kind: "duplex";
  readonly fronts: readonly [ListedFile, ...ListedFile[]];
  readonly backs: readonly [ListedFile, ...ListedFile[]];
  readonly order: DuplexOrder["backs"];
}

export interface OpenedDuplex {
  readonly sources: readonly (DuplexSource | Refused)[];
  /** Real paths of all that lies in the named places: a folder that is listed too must not give it a second time. */
  readonly taken: ReadonlySet<string>;
}

interface Named {
  readonly odd: string;
  readonly even: string;
  readonly order: DuplexOrder["backs"];
}

const FORM = "odd=TỆP|THƯ_MỤC,even=TỆP|THƯ_MỤC[,backs=reverse|forward]";

/**
 * Opens what each `--duplex odd=PATH,even=PATH[,backs=reverse|forward]` names: a file, or the page files of a folder.
 * @throws `usage` for another form, a path that does not exist, or one path for both sides
 */
export async function openDuplex(asked: readonly string[]): Promise<OpenedDuplex> {
  const sources: (DuplexSource | Refused)[] = [];
  const taken = new Set<string>();
  for (const text of asked) {
    const { odd, even, order } = parseDuplex(text);
    const [fronts, backs] = [await openSide(odd, even), await openSide(even, odd)];
    for (const path of [...fronts.seen, ...backs.seen]) taken.add(await realpath(path).catch(() => path));
    sources.push(...fronts.refused, ...backs.refused);
    const empty = [fronts, backs].find(({ files }) => files.length === 0);
    const [[front, ...otherFronts], [back, ...otherBacks]] = [fronts.files, backs.files];
    if (empty !== undefined)
      sources.push({ kind: "refused", name: empty.name, reason: "no_pages", detail: "" });
    else if (front !== undefined && back !== undefined) {
      sources.push({ kind: "duplex", fronts: [front, ...otherFronts], backs: [back, ...otherBacks], order });
    }
  }
  return { sources, taken };
}

/** Paths may hold commas: only one before another of the three words divides. */
function parseDuplex(text: string): Named {
  const parts = new Map(
    text.split(/,(?=(?:odd|even|backs)=)/u).map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, Math.max(0, at)), part.slice(at + 1)] as const;
    }),
  );
  const { odd = "", even = "", backs = "reverse", ...others } = Object.fromEntries(parts);
  const known = backs === "reverse" || backs === "forward";
  if (odd === "" || even === "" || !known || Object.keys(others).length > 0)
    throw new OperationalError("usage", `--duplex ${FORM}`);
  if (resolve(odd) === resolve(even))
    throw new OperationalError("usage", `--duplex: hai mặt là một / both sides are the same: ${odd}`);
  return { odd, even, order: backs };
}

interface Side {
  readonly name: string;
  readonly files: readonly ListedFile[];
  readonly refused: readonly Refused[];
  readonly seen: readonly string[];
}

async function openSide(named: string, other: string): Promise<Side> {
  const path = resolve(named);
  const name = basename(path).normalize("NFC");
  const kind = await kindOf(path);
  if (kind === "file") return { name, files: [{ path, name }], refused: [], seen: [path] };
  if (kind === "folder") return openFolder(path, name, resolve(other));
  throw new OperationalError("usage", `không có đầu vào này / no such input: ${named}`);
}

/** Nothing in the folder is dropped unseen, unless it is the other side: what is no page file is refused by name. */
async function openFolder(folder: string, name: string, other: string): Promise<Side> {
  const files: ListedFile[] = [];
  const refused: Refused[] = [];
  const names = await readdir(folder).catch((error: unknown) => {
    refused.push(refusedByDisk(error, name));
    return [];
  });
  const entries = names
    .filter((entry) => !PASSED_OVER.test(entry) && join(folder, entry) !== other)
    .toSorted(naturalOrder);
  for (const entry of entries) {
    const file = { path: join(folder, entry), name: `${name}/${entry.normalize("NFC")}` };
    if (isPageFile(entry) && (await kindOf(file.path)) === "file") files.push(file);
    else refused.push({ kind: "refused", name: file.name, reason: "unsupported_format", detail: NO_PAGE });
  }
  return { name, files, refused, seen: entries.map((entry) => join(folder, entry)) };
}

const NO_PAGE = "không phải tệp trang quét trong thư mục --duplex / no page file in a folder of --duplex";

/** Without the files that `--duplex` takes. */
export async function withoutTaken(
  files: readonly ListedFile[],
  taken: ReadonlySet<string>,
): Promise<ListedFile[]> {
  if (taken.size === 0) return [...files];
  const paths = await Promise.all(files.map(({ path }) => realpath(path).catch(() => path)));
  return files.filter((_, at) => !taken.has(paths[at] ?? ""));
}

/** Names from the outermost folder to the first file of a side. */
export function partsOf(files: DuplexSource["fronts"]): string[] {
  const [{ path }] = files;
  return [...dirname(path).split(/[/\\]/u), basename(path)];
}
