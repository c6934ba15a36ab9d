import { OperationalError } from "../domain/errors.ts";
import { headerKey } from "../domain/register.ts";

/** What a field's column may be called, the most exact name first. */
export interface ColumnNames {
  readonly names: readonly string[];
  readonly required?: boolean;
}

export interface ColumnMap<Field extends string> {
  readonly columns: Readonly<Partial<Record<Field, string>>>;
  /** Columns that mean nothing to us, kept as metadata. */
  readonly extra: readonly string[];
}

/**
 * Finds the column of each field, whatever its case, accents, spaces, underscores and parentheses.
 * @throws `table_header` naming what was expected, or two columns of one meaning
 */
export function mapColumns<Field extends string>(
  columns: readonly string[],
  fields: Readonly<Record<Field, ColumnNames>>,
): ColumnMap<Field> {
  const found: Partial<Record<Field, string>> = {};
  const missing: string[] = [];
  for (const field of Object.keys(fields) as Field[]) {
    const { names, required = false } = fields[field];
    const column = columnNamed(columns, names);
    if (column !== undefined) found[field] = column;
    else if (required) missing.push(names.join(" / "));
  }
  if (missing.length > 0) {
    throw new OperationalError(
      "table_header",
      `thiếu cột / no column ${missing.join(", ")}; found: ${columns.join(", ")}`,
    );
  }
  const used = new Set(Object.values<string | undefined>(found));
  return { columns: found, extra: columns.filter((column) => !used.has(column)) };
}

/** The name listed first wins: `mã cán bộ` before `cán bộ`; the other column stays an extra one. */
function columnNamed(columns: readonly string[], names: readonly string[]): string | undefined {
  return (
    only(columns, names, headerKey) ?? only(columns, names, (column) => headerKey(withoutRemark(column)))
  );
}

function only(
  columns: readonly string[],
  names: readonly string[],
  keyOf: (column: string) => string,
): string | undefined {
  for (const key of names.map(headerKey)) {
    const fits = columns.filter((column) => keyOf(column) === key);
    if (fits.length > 1)
      throw new OperationalError(
        "table_header",
        `hai cột cùng nghĩa / two columns mean the same: ${fits.join(", ")}`,
      );
    if (fits[0] !== undefined) return fits[0];
  }
  return undefined;
}

/** `Tệp (đường dẫn)` is also `Tệp`. */
function withoutRemark(column: string): string {
  return column.replaceAll(/\([^)]*\)/gu, "");
}
