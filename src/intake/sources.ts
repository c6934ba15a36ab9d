import { basename, dirname, extname, resolve } from "node:path";
import type { Role } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import type { Rules } from "../domain/rules.ts";
import type { Draft } from "./draft.ts";
import { partsOf, withoutTaken } from "./duplex.ts";
import type { DuplexSource } from "./duplex.ts";
import { kindOf } from "./find-files.ts";
import { walkFolder } from "./folder.ts";
import type { ListedFile, Refused, Unit } from "./found.ts";
import { groupPages } from "./group-pages.ts";
import type { Frames } from "./group-pages.ts";
import { openManifest, readManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { naturalOrder } from "./natural-order.ts";
import { pathHints, pathRole, sidesHints } from "./path-hints.ts";

/** One input of the command line, known to exist. Files of one folder are one source, so that pages find together. */
export type Source =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "files"; readonly folder: string; readonly files: ListedFile[] }
  | { readonly kind: "manifest"; readonly manifest: Manifest }
  | DuplexSource
  | Refused;

export interface Listing {
  readonly rules: Rules;
  readonly today: string;
  readonly frames: Frames;
  /** Real paths that folders and wildcards pass over. */
  readonly exclude: ReadonlySet<string>;
  readonly role?: Role;
}

const MANIFESTS = new Set([".csv", ".tsv"]);
const WORKBOOKS = new Set([".xlsx", ".xlsm", ".xls", ".ods"]);

/**
 * Looks at every input before work begins.
 * @param taken real paths of files that are spoken for already
 * @throws `usage` for one that does not exist, `table_header` and `table_encoding` for manifests
 */
export async function openSources(inputs: readonly string[], taken: ReadonlySet<string>): Promise<Source[]> {
  const sources: Source[] = [];
  const folders = new Map<string, ListedFile[]>();
  for (const input of inputs) {
    const source = await openSource(input, taken);
    const together = source.kind === "files" ? folders.get(source.folder) : undefined;
    if (source.kind === "files" && together !== undefined) together.push(...source.files);
    else sources.push(source);
    if (source.kind === "files" && together === undefined) folders.set(source.folder, source.files);
  }
  return sources;
}

async function openSource(input: string, taken: ReadonlySet<string>): Promise<Source> {
  const path = resolve(input);
  const name = basename(path).normalize("NFC");
  const extension = extname(path).toLowerCase();
  const kind = await kindOf(path);
  if (kind === "none") throw new OperationalError("usage", `không có đầu vào này / no such input: ${input}`);
  if (kind === "folder") return { kind, path };
  if (kind === "other") return refused(name, "neither a file nor a folder");
  if (WORKBOOKS.has(extension))
    return refused(name, "hãy lưu bảng kê thành CSV UTF-8 / save the list as CSV UTF-8");
  if (MANIFESTS.has(extension)) return { kind: "manifest", manifest: await openManifest(path) };
  return { kind: "files", folder: dirname(path), files: await withoutTaken([{ path, name }], taken) };
}

function refused(name: string, detail: string): Refused {
  return { kind: "refused", name, reason: "unsupported_format", detail };
}

/** The documents of one source, named and grouped but not hashed. */
export async function* sourceDrafts(source: Source, listing: Listing): AsyncGenerator<Draft | Refused> {
  if (source.kind === "refused") yield source;
  else if (source.kind === "manifest") yield* readManifest(source.manifest, listing);
  else if (source.kind === "duplex") yield duplexDraft(source, listing);
  else if (source.kind === "folder") {
    for await (const found of walkFolder(source.path, { ...listing, grammar: listing.rules.codes })) {
      yield found.kind === "unit" ? draftOf(found, source.path, listing) : found;
    }
  } else {
    const files = source.files.toSorted((a, b) => naturalOrder(a.name, b.name));
    for (const unit of await groupPages(files, listing.rules.codes, listing.frames)) {
      yield draftOf(unit, source.folder, listing);
    }
  }
}

/**
 * Codes count from anywhere on the path, for `run .` inside a dossier's folder means that dossier. Role words count
 * from the input's own name downward: `/home/kq/` says nothing about a paper.
 */
function draftOf({ files }: Unit, folder: string, { rules, today, role }: Listing): Draft {
  const { name } = files[0];
  const inner = name.split("/");
  const outer = folder.split(/[/\\]/u);
  return {
    kind: "draft",
    name,
    files,
    hints: pathHints([...outer, ...inner], rules.codes, today),
    role: role ?? pathRole([...outer.slice(-1), ...inner], rules.codes),
    fields: {},
  };
}

function duplexDraft({ fronts, backs, order }: DuplexSource, { rules, today, role }: Listing): Draft {
  const [odd, even] = [partsOf(fronts), partsOf(backs)];
  return {
    kind: "draft",
    name: fronts[0].name,
    files: [...fronts, ...backs],
    duplex: { fronts: fronts.length, backs: order },
    hints: sidesHints([odd, even], rules.codes, today),
    role: role ?? pathRole(odd.slice(-3), rules.codes),
    fields: {},
  };
}
