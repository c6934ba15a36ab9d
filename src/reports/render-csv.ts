import type { Report, ReportRow } from "../domain/report.ts";

const COLUMNS = [
  "key",
  "name",
  "level",
  "received",
  "componentsDigitized",
  "componentsRate",
  "resolved",
  "resultsDigitized",
  "resultsRate",
  "resultsSigned",
  "resultsSignedRate",
  "reused",
  "reuseRate",
  "late",
  "quota",
  "done",
  "quotaRate",
  "weekendDone",
  "assessment",
] as const satisfies readonly (keyof ReportRow)[];

/** UTF-8 with byte order mark and CRLF, as Excel wants it; every row says its period, measure, day and source. */
export function renderCsv(report: Report): string {
  const { asOf, period, measure, source } = report;
  const lines = [...report.rows, report.total].map((row) =>
    [...COLUMNS.map((name) => row[name]), asOf, period, measure, source].map(cell).join(","),
  );
  const header = [...COLUMNS, "asOf", "period", "measure", "source"].join(",");
  return `\uFEFF${[header, ...lines].join("\r\n")}\r\n`;
}

/** Text that a spreadsheet would run as a formula gets an apostrophe; numbers keep their dot. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
