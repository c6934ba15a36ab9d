import { parseUnitCode, readDossierCell } from "../domain/codes.ts";
import type { Candidate, DuplexOrder, LinkHint, PaperFields, Role } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import { parseOfficerId } from "../domain/ids.ts";
import type { OfficerId, UnitCode } from "../domain/ids.ts";
import { parseDay } from "../domain/period.ts";
import { headerKey } from "../domain/register.ts";
import type { Rules } from "../domain/rules.ts";
import type { ColumnMap } from "./columns.ts";
import type { ManifestField } from "./manifest-columns.ts";

/** What one manifest row says, checked; nothing has been opened. */
export interface ManifestRow {
  readonly file: string;
  /** Backs of what `file` names, scanned apart. */
  readonly even?: string;
  readonly backs?: DuplexOrder["backs"];
  readonly expected?: NonNullable<Candidate["expected"]>;
  readonly range?: NonNullable<Candidate["range"]>;
  readonly hint?: LinkHint;
  readonly role?: Role;
  readonly unit?: UnitCode;
  readonly officer?: OfficerId;
  readonly fields: PaperFields;
  readonly skip?: string;
}

const ROLES: Readonly<Record<string, Role>> = {
  component: "component",
  thanhphan: "component",
  thanhphanhoso: "component",
  tphs: "component",
  "0": "component",
  result: "result",
  ketqua: "result",
  ketquagiaiquyet: "result",
  kq: "result",
  "1": "result",
};

const ORDERS: Readonly<Record<string, DuplexOrder["backs"]>> = {
  reverse: "reverse",
  reversed: "reverse",
  nguoc: "reverse",
  forward: "forward",
  xuoi: "forward",
};

/**
 * Checks the cells of one row.
 * @throws `manifest_row` naming the column, never the cell, which may hold personal data
 */
export function parseManifestRow(
  cells: Readonly<Record<string, string>>,
  map: ColumnMap<ManifestField>,
  rules: Rules,
  today: string,
): ManifestRow {
  const text = (field: ManifestField) => cells[map.columns[field] ?? ""] ?? "";
  const checked = <T>(field: ManifestField, read: (cell: string) => T | undefined): T | undefined => {
    if (text(field) === "") return undefined;
    const value = read(text(field));
    if (value === undefined)
      throw new OperationalError("manifest_row", `cột / column ${map.columns[field] ?? field}`);
    return value;
  };
  const code = checked("dossier", (cell) => readDossierCell(cell, rules.codes, today));
  const row = {
    file: text("file"),
    even: text("even") || undefined,
    backs: checked("backs", (cell) => ORDERS[headerKey(cell)]),
    expected: expectation(checked("pages", wholeNumber), checked("dossiers", wholeNumber)),
    hint: code && ({ code, from: "manifest", text: text("dossier") } as const),
    role: checked("role", (cell) => ROLES[headerKey(cell)]),
    unit: checked("unit", (cell) => parseUnitCode(cell, rules.codes)),
    officer: checked("officer", parseOfficerId),
    skip: checked("skip", (cell) => skipReason(cell, rules)),
    fields: paperFields(text, checked("issued", parseDay), cells, map),
  };
  if (row.file === "" && row.skip === undefined)
    throw new OperationalError("manifest_row", "không ghi tên tệp / no file is named");
  return given(row);
}

function wholeNumber(cell: string): number | undefined {
  return /^0*[1-9]\d{0,4}$/u.test(cell) ? Number(cell) : undefined;
}

function expectation(
  pages: number | undefined,
  dossiers: number | undefined,
): Candidate["expected"] | undefined {
  return pages === undefined && dossiers === undefined ? undefined : given({ pages, dossiers });
}

/** Reason words of the rules, or their sentence as it is printed on forms. */
function skipReason(cell: string, rules: Rules): string | undefined {
  const found = Object.entries(rules.skipReasons).find(
    ([word, sentence]) => headerKey(word) === headerKey(cell) || headerKey(sentence) === headerKey(cell),
  );
  return found?.[0];
}

function paperFields(
  text: (field: ManifestField) => string,
  issued: string | undefined,
  cells: Readonly<Record<string, string>>,
  map: ColumnMap<ManifestField>,
): PaperFields {
  const extra = map.extra.map((name) => [name, cells[name] ?? ""] as const).filter(([, cell]) => cell !== "");
  const optional = (field: ManifestField) => text(field) || undefined;
  return given({
    type: optional("type"),
    title: optional("title"),
    owner: optional("owner"),
    symbol: optional("symbol"),
    issued,
    extra: extra.length > 0 ? Object.fromEntries(extra) : undefined,
  });
}

type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The record without what is undefined. */
function given<T extends object>(record: T): Given<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Given<T>;
}
