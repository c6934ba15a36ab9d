import { parseDossierCode, parseUnitCode, receivedDay } from "./codes.ts";
import { parseOfficerId, type OfficerId, type UnitCode } from "./ids.ts";
import { parseDay, parsePeriod } from "./period.ts";
import { headerKey, type QuotaKind, type RegisterKind, type RegisterRows } from "./register.ts";
import type { CodeGrammar } from "./rules.ts";

/** Why a row was not imported, for people. Names the column, never the cell: cells may hold personal data. */
export interface RowError {
  readonly vi: string;
  readonly en: string;
}

export type ParsedRow<Row> = { readonly row: Row } | { readonly error: RowError };

type Cells = Readonly<Record<string, string>>;

/** Checks one row of an import file; `cells` by canonical column names, `today` an ISO date. */
export function parseRegisterRow<Kind extends RegisterKind>(
  kind: Kind,
  cells: Cells,
  grammar: CodeGrammar,
  today: string,
): ParsedRow<RegisterRows[Kind]> {
  try {
    return { row: PARSERS[kind](new Reader(cells, grammar, today)) };
  } catch (error) {
    if (error instanceof RowProblem) return { error: { vi: error.vi, en: error.message } };
    throw error;
  }
}

const PARSERS: { readonly [Kind in RegisterKind]: (cells: Reader) => RegisterRows[Kind] } = {
  units: (cells) => ({
    code: cells.unit("code") ?? cells.missing("code"),
    name: cells.text("name") || cells.missing("name"),
    parent: cells.unit("parent"),
    level: cells.text("level"),
    validFrom: cells.day("validFrom"),
    validTo: cells.day("validTo"),
    successor: cells.unit("successor"),
  }),
  officers: (cells) => ({
    id: cells.officer("id") ?? cells.missing("id"),
    name: cells.text("name") || cells.missing("name"),
    unit: cells.unit("unit"),
  }),
  dossiers: (cells) => parseDossier(cells),
  quotas: (cells) => ({
    officer: cells.officer("officer") ?? cells.missing("officer"),
    period: cells.period("period"),
    kind: cells.quotaKind("kind"),
    target: cells.count("target") ?? cells.missing("target"),
  }),
};

function parseDossier(cells: Reader): RegisterRows["dossiers"] {
  const code = parseDossierCode(cells.text("code"), cells.grammar, cells.today) ?? cells.wrong("code");
  const received = cells.day("received") ?? receivedDay(code);
  const resolved = cells.day("resolved");
  if (received > cells.today) return cells.wrong("received");
  if (resolved !== null && (resolved < received || resolved > cells.today)) return cells.wrong("resolved");
  const [org = ""] = code.split("-");
  return {
    code,
    // The code names its unit (QĐ 20/2020), so an export without that column is still complete.
    unit: cells.unit("unit") ?? parseUnitCode(org, cells.grammar) ?? cells.missing("unit"),
    procedure: cells.procedure("procedure"),
    procedureName: cells.text("procedureName"),
    received,
    due: cells.day("due"),
    resolved,
    state: cells.count("state"),
    officer: cells.officer("officer"),
    noResult: cells.flag("noResult"),
    level: cells.text("level"),
  };
}

class RowProblem extends Error {
  readonly vi: string;

  constructor(vi: string, en: string) {
    super(en);
    this.vi = vi;
  }
}

const YES = new Set(["1", "x", "co", "true", "yes", "y"]);
const NO = new Set(["", "0", "khong", "false", "no", "n"]);
const QUOTA_KINDS: Readonly<Record<string, QuotaKind>> = {
  component: "component",
  thanhphan: "component",
  thanhphanhoso: "component",
  tphs: "component",
  result: "result",
  ketqua: "result",
  ketquagiaiquyet: "result",
  kq: "result",
  "": "all",
  all: "all",
  tatca: "all",
  giayto: "all",
  tailieu: "all",
  sohoa: "all",
};

/** Reads the cells of one row, each by its meaning; throws `RowProblem` naming the column. */
class Reader {
  readonly grammar: CodeGrammar;
  readonly today: string;
  readonly #cells: Cells;

  constructor(cells: Cells, grammar: CodeGrammar, today: string) {
    this.#cells = cells;
    this.grammar = grammar;
    this.today = today;
  }

  text(name: string): string {
    return (this.#cells[name] ?? "").normalize("NFC").trim();
  }

  unit(name: string): UnitCode | null {
    return this.#optional(name, (text) => parseUnitCode(text, this.grammar));
  }

  officer(name: string): OfficerId | null {
    return this.#optional(name, parseOfficerId);
  }

  day(name: string): string | null {
    return this.#optional(name, parseDay);
  }

  period(name: string): string {
    return this.#optional(name, parsePeriod)?.label ?? this.missing(name);
  }

  procedure(name: string): string {
    const fits = (text: string) => (new RegExp(this.grammar.procedure, "u").test(text) ? text : undefined);
    return this.#optional(name, (text) => fits(text.toUpperCase())) ?? "";
  }

  /** Whole number from 0; `1.200` is read as Vietnamese thousands. */
  count(name: string): number | null {
    const read = (text: string) => {
      const plain = text.replaceAll(/\.(?=\d{3}(?:\.|$))/gu, "");
      return /^\d{1,9}$/u.test(plain) ? Number(plain) : undefined;
    };
    return this.#optional(name, read);
  }

  flag(name: string): boolean {
    const word = headerKey(this.text(name));
    return YES.has(word) || (NO.has(word) ? false : this.wrong(name));
  }

  quotaKind(name: string): QuotaKind {
    return QUOTA_KINDS[headerKey(this.text(name))] ?? this.wrong(name);
  }

  missing(name: string): never {
    throw new RowProblem(`Thiếu giá trị ở cột "${name}".`, `Column "${name}" is empty.`);
  }

  wrong(name: string): never {
    throw new RowProblem(`Giá trị không hợp lệ ở cột "${name}".`, `Column "${name}" has a wrong value.`);
  }

  #optional<T>(name: string, parse: (text: string) => T | undefined): T | null {
    const text = this.text(name);
    return text === "" ? null : (parse(text) ?? this.wrong(name));
  }
}
