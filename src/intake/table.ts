import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { OperationalError } from "../domain/errors.ts";
import { namedEncoding, newDecoder, tableEncoding } from "./table-encoding.ts";
import { cellsOf, tableRecords, textLines } from "./table-records.ts";
import type { TableRecord } from "./table-records.ts";

/** One row of a table by column name. With `fault` it could not be read, and `cells` is empty. */
export interface TableRow {
  /** 1-based line of the file where the row begins. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  readonly fault?: string;
}

export interface Table {
  readonly columns: readonly string[];
  /** Read from disk while iterated; may be iterated again. Blank rows are passed over. */
  readonly rows: AsyncIterable<TableRow>;
  readonly encoding: string;
  readonly delimiter: string;
}

const HEAD_BYTES = 1 << 16;
const DELIMITERS = [";", ",", "\t", "|"];

/**
 * Opens a CSV file of any Vietnamese office: encoding and delimiter are found, text comes out NFC and trimmed.
 * Memory does not grow with the file.
 * @param options.words header words the caller knows, which decide between old encodings
 * @throws `table_encoding` (also for XLSX), `table_header`, `usage` (no such file), `permission`
 */
export async function readTable(
  path: string,
  options: { readonly encoding?: string; readonly words?: readonly string[] } = {},
): Promise<Table> {
  const head = await readHead(path);
  const found = await tableEncoding(path, head, options.words ?? []);
  const encoding = options.encoding === undefined ? found : namedEncoding(options.encoding);
  const header = readHeader(newDecoder(encoding).write(head));
  const rows = {
    [Symbol.asyncIterator]: () => readRows(path, encoding, header),
  };
  return { columns: header.columns, rows, encoding, delimiter: header.delimiter };
}

interface Header {
  readonly columns: readonly string[];
  readonly delimiter: string;
  /** Last line of the header row. */
  readonly lastLine: number;
}

async function* readRows(path: string, encoding: string, header: Header): AsyncGenerator<TableRow> {
  const lines = textLines(decoded(path, encoding));
  async function* body() {
    for await (const line of lines) if (line.line > header.lastLine) yield line;
  }
  for await (const record of tableRecords(body(), header.delimiter)) {
    const row = toRow(record, header.columns);
    if (row !== undefined) yield row;
  }
}

async function* decoded(path: string, encoding: string): AsyncGenerator<string> {
  const decoder = newDecoder(encoding);
  for await (const chunk of createReadStream(path)) yield decoder.write(chunk as Buffer);
  yield decoder.end();
}

function toRow(record: TableRecord, columns: readonly string[]): TableRow | undefined {
  const { line } = record;
  if ("fault" in record) return { line, cells: {}, fault: record.fault };
  const cells = record.cells.map(clean);
  if (cells.every((cell) => cell === "")) return undefined;
  if (cells.slice(columns.length).some((cell) => cell !== "")) {
    const fault = `the row has ${cells.length} cells, the header ${columns.length}`;
    return { line, cells: {}, fault };
  }
  return { line, cells: Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ""])) };
}

/** Finds delimiter and columns; `sep=;` on the first line is Excel's own way to say it. */
function readHeader(text: string): Header {
  const lines = text.split(/\r\n|[\r\n]/u);
  const told = /^"?sep=(?<delimiter>.)"?$/iu.exec(lines[0] ?? "")?.groups?.["delimiter"];
  let first = told === undefined ? 0 : 1;
  while (first < lines.length && lines[first]?.trim() === "") first++;
  let last = first;
  const row = () => lines.slice(first, last + 1).join("\n");
  while (row().split('"').length % 2 === 0 && last < lines.length) last++;
  const delimiter = told ?? mostFrequentDelimiter(row());
  const cells = cellsOf(row(), delimiter, false) ?? cellsOf(row(), delimiter, true);
  if (cells === undefined)
    throw new OperationalError("table_header", "không đọc được dòng tiêu đề / the header row cannot be read");
  return { columns: columnNames(cells), delimiter, lastLine: last + 1 };
}

function mostFrequentDelimiter(row: string): string {
  const bare = row.replaceAll(/"(?:[^"]|"")*"/gu, "");
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }));
  return counted.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ";";
}

/** A column without a name is kept as `#5`: its cells must not fall away unseen. */
function columnNames(cells: readonly string[]): string[] {
  const names = cells.map((cell, index) => clean(cell).replaceAll(/\s+/gu, " ") || `#${index + 1}`);
  while (names.at(-1) === `#${names.length}`) names.pop();
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new OperationalError("table_header", `hai cột cùng tên / two columns are named ${twice}`);
  if (names.length === 0)
    throw new OperationalError("table_header", "tệp không có dòng tiêu đề / the file has no header row");
  return names;
}

/** NFC, and Ð (U+00D0, from windows-1252 keyboards) is the Vietnamese Đ. */
function clean(cell: string): string {
  return cell.normalize("NFC").replaceAll("Ð", "Đ").replaceAll("ð", "đ").trim();
}

async function readHead(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "EISDIR")
      throw new OperationalError("usage", `không có tệp / no such file: ${path}`);
    if (code === "EACCES" || code === "EPERM")
      throw new OperationalError("permission", path, { cause: error });
    throw error;
  }
}
