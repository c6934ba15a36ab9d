import { basename, dirname, relative, resolve } from "node:path";
import type { Candidate, DuplexOrder, Role } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import type { Rules } from "../domain/rules.ts";
import { mapColumns } from "./columns.ts";
import type { ColumnMap } from "./columns.ts";
import { refusedByDisk } from "./disk-error.ts";
import type { Draft } from "./draft.ts";
import { kindOf, newFinder } from "./find-files.ts";
import type { FindFiles } from "./find-files.ts";
import type { ListedFile, Refused } from "./found.ts";
import { groupPages } from "./group-pages.ts";
import type { Frames } from "./group-pages.ts";
import { MANIFEST_COLUMNS, MANIFEST_WORDS } from "./manifest-columns.ts";
import type { ManifestField } from "./manifest-columns.ts";
import { parseManifestRow } from "./manifest-row.ts";
import type { ManifestRow } from "./manifest-row.ts";
import { pathRole, sidesHints } from "./path-hints.ts";
import { readTable } from "./table.ts";
import type { Table, TableRow } from "./table.ts";

export interface Manifest {
  readonly path: string;
  readonly table: Table;
  readonly map: ColumnMap<ManifestField>;
}

export interface ManifestReading {
  readonly rules: Rules;
  readonly today: string;
  readonly frames: Frames;
  readonly exclude: ReadonlySet<string>;
  /** `--role`, for rows that say nothing. */
  readonly role?: Role;
}

/** Opens a manifest and checks its header; throws `table_header`, `table_encoding`, `permission`. */
export async function openManifest(path: string): Promise<Manifest> {
  const table = await readTable(path, { words: MANIFEST_WORDS });
  return { path: resolve(path), table, map: mapColumns(table.columns, MANIFEST_COLUMNS) };
}

/** The documents of a manifest, row by row; a bad row is refused with its line and the rest goes on. */
export async function* readManifest(
  manifest: Manifest,
  reading: ManifestReading,
): AsyncGenerator<Draft | Refused> {
  const find = newFinder(dirname(manifest.path), reading.exclude);
  for await (const row of manifest.table.rows) {
    const name = row.cells[manifest.map.columns.file ?? ""] || `${basename(manifest.path)}:${row.line}`;
    try {
      for (const draft of await rowDrafts(row, name, find, manifest, reading)) yield draft;
    } catch (error) {
      const refused = refusedByDisk(error, name);
      const detail = [`line ${row.line}`, refused.detail].filter((part) => part !== "").join(": ");
      yield { ...refused, detail, line: row.line };
    }
  }
}

async function rowDrafts(
  row: TableRow,
  name: string,
  find: FindFiles,
  manifest: Manifest,
  reading: ManifestReading,
): Promise<Draft[]> {
  if (row.fault !== undefined) throw new OperationalError("manifest_row", row.fault);
  const facts = await withRange(
    parseManifestRow(row.cells, manifest.map, reading.rules, reading.today),
    find,
  );
  const base = dirname(manifest.path);
  const files = await listed(facts.file, facts, find, base);
  const parts = { facts, line: row.line, base, reading };
  if (files.length === 0) return [draftOf({ ...parts, files, name })];
  if (facts.even !== undefined) {
    const backs = await listed(facts.even, facts, find, base);
    refuseUneven(facts, files, backs);
    const duplex = { fronts: files.length, backs: facts.backs ?? "reverse" } as const;
    return [draftOf({ ...parts, files: [...files, ...backs], name: files[0]?.name ?? name, duplex })];
  }
  if (facts.range !== undefined && files.length > 1) {
    throw new OperationalError(
      "manifest_row",
      "khoảng trang chỉ dùng cho một tệp / a page range needs one file",
    );
  }
  const units = await groupPages(files, reading.rules.codes, reading.frames);
  if (facts.expected !== undefined && units.length > 1) {
    throw new OperationalError(
      "manifest_row",
      `số trang, số hồ sơ chỉ dùng cho một tài liệu / counts need one document; the row names ${units.length}`,
    );
  }
  return units.map((unit) => draftOf({ ...parts, files: unit.files, name: unit.files[0].name }));
}

function refuseUneven(facts: ManifestRow, fronts: readonly ListedFile[], backs: readonly ListedFile[]): void {
  if (facts.range !== undefined) {
    throw new OperationalError(
      "manifest_row",
      "khoảng trang không dùng cùng tệp mặt sau / a page range does not go with backs",
    );
  }
  if (backs.some(({ path }) => fronts.some((front) => front.path === path))) {
    throw new OperationalError("manifest_row", "một tệp ghi ở cả hai mặt / one file is named for both sides");
  }
}

interface DraftParts {
  readonly facts: ManifestRow;
  readonly files: readonly ListedFile[];
  readonly line: number;
  readonly name: string;
  readonly duplex?: DuplexOrder;
  readonly base: string;
  readonly reading: ManifestReading;
}

/** A code stated in the manifest settles it: names are asked only where the row is silent. */
function draftOf({ facts, files, line, name, duplex, base, reading }: DraftParts): Draft {
  const { file: _cell, even: _backs, backs: _order, hint, role, ...stated } = facts;
  const { codes } = reading.rules;
  const back = files[duplex?.fronts ?? files.length];
  const sides = [name, ...(back === undefined ? [] : [back.name])];
  const parts = sides.map((side) => resolve(base, side).split(/[/\\]/u));
  const inner = name.split("/");
  return {
    ...stated,
    kind: "draft",
    name,
    files,
    line,
    ...(duplex && { duplex }),
    hints: hint === undefined ? sidesHints(parts, codes, reading.today) : [hint],
    role: role ?? reading.role ?? pathRole(inner, codes),
  };
}

/** `a.pdf#3-7` is a range, unless a file is really named so. */
async function withRange(facts: ManifestRow, find: FindFiles): Promise<ManifestRow> {
  const parts = /^(?<file>.+)#(?<first>\d{1,5})(?:-(?<last>\d{1,5}))?$/u.exec(facts.file)?.groups;
  if (parts === undefined || (await find(facts.file)).length > 0) return facts;
  const first = Number(parts["first"]);
  const range: NonNullable<Candidate["range"]> = { first, last: Number(parts["last"] ?? first) };
  if (first < 1 || range.last < first)
    throw new OperationalError("manifest_row", "khoảng trang bị ngược / the page range runs backwards");
  return { ...facts, file: parts["file"] ?? "", range };
}

/** Papers that are not digitized need no file. Devices and pipes are no papers, and reading one could block for ever. */
async function listed(
  cell: string,
  { skip }: ManifestRow,
  find: FindFiles,
  base: string,
): Promise<ListedFile[]> {
  const paths = cell === "" ? [] : await find(cell);
  if (paths.length === 0 && skip === undefined) throw new OperationalError("source_missing");
  for (const path of paths) {
    const kind = await kindOf(path);
    if (kind === "folder")
      throw new OperationalError(
        "manifest_row",
        "là thư mục, hãy ghi THƯ_MỤC/* / names a folder; write FOLDER/*",
      );
    if (kind === "other")
      throw new OperationalError("manifest_row", "không phải tệp thường / names a device or pipe");
  }
  return paths.map((path) => ({
    path,
    name: (relative(base, path) || basename(path)).replaceAll("\\", "/").normalize("NFC"),
  }));
}
