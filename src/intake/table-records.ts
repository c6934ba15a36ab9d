import { parse } from "csv-parse/sync";

/** One physical line; `text` is undefined when it is too long to be part of a table. */
export interface TextLine {
  readonly line: number;
  readonly text: string | undefined;
}

/** One row of cells, or why the line is none. `line` is where the row begins, 1-based. */
export type TableRecord = { readonly line: number } & (
  | { readonly cells: readonly string[] }
  | { readonly fault: string }
);

const LONGEST_LINE = 1 << 20;
/** A cell may hold line breaks; more of them means that a closing quote is missing. */
const MOST_LINES = 100;
const BATCH = 500;

/** Splits decoded pieces at CR LF, LF or CR and counts from 1. */
export async function* textLines(pieces: AsyncIterable<string>): AsyncGenerator<TextLine> {
  let rest = "";
  let line = 0;
  let dropping = false;
  for await (const piece of pieces) {
    // A CR at the very end may be half of a CR LF: it waits for the next piece.
    const parts = (rest + piece).split(/\r\n|\n|\r(?!$)/u);
    rest = parts.pop() ?? "";
    for (const text of parts) {
      yield { line: ++line, text: dropping || text.length > LONGEST_LINE ? undefined : text };
      dropping = false;
    }
    if (rest.length > LONGEST_LINE) {
      rest = "";
      dropping = true;
    }
  }
  if (rest !== "" || dropping) yield { line: ++line, text: dropping ? undefined : rest.replace(/\r$/u, "") };
}

/**
 * Reads rows out of lines. Delimiter-separated text with stray quotes is common in hand-made lists: a row that
 * cannot be read is a fault of its own line, and reading goes on with the next line.
 */
export async function* tableRecords(
  lines: AsyncIterable<TextLine>,
  delimiter: string,
): AsyncGenerator<TableRecord> {
  let batch: { line: number; text: string }[] = [];
  for await (const { line, text } of wholeRows(lines, delimiter)) {
    if (text?.trim() === "") continue;
    if (text !== undefined && batch.push({ line, text }) < BATCH) continue;
    yield* parsedBatch(batch, delimiter);
    batch = [];
    if (text === undefined) yield { line, fault: "the line is too long" };
  }
  yield* parsedBatch(batch, delimiter);
}

/** Joins the lines of a row whose cells contain line breaks. */
async function* wholeRows(lines: AsyncIterable<TextLine>, delimiter: string): AsyncGenerator<TextLine> {
  const iterator = lines[Symbol.asyncIterator]();
  const waiting: TextLine[] = [];
  const next = async () => waiting.shift() ?? ((await iterator.next()).value as TextLine | undefined);
  try {
    for (let first = await next(); first !== undefined; first = await next()) {
      const row = [first];
      while (isOpen(row) && row.length < MOST_LINES) {
        const more = await next();
        if (more === undefined) break;
        row.push(more);
      }
      const text = row.map((part) => part.text).join("\n");
      if (row.length === 1) yield first;
      else if (cellsOf(text, delimiter, false) !== undefined) yield { line: first.line, text };
      else {
        yield first;
        waiting.unshift(...row.slice(1));
      }
    }
  } finally {
    await iterator.return?.(undefined);
  }
}

function isOpen(row: readonly TextLine[]): boolean {
  if (row.some(({ text }) => text === undefined)) return false;
  return row.reduce((sum, { text = "" }) => sum + text.split('"').length - 1, 0) % 2 === 1;
}

function* parsedBatch(
  rows: readonly { line: number; text: string }[],
  delimiter: string,
): Generator<TableRecord> {
  if (rows.length === 0) return;
  const all = parsed(rows.map(({ text }) => text).join("\n"), delimiter, false);
  for (const [index, { line, text }] of rows.entries()) {
    const cells = all?.length === rows.length ? all[index] : readRow(text, delimiter);
    yield cells === undefined ? { line, fault: "a quotation mark is missing or misplaced" } : { line, cells };
  }
}

/** Exactly by the rules first; else quotes inside an unquoted cell (`Công ty "A"`) are read as they stand. */
function readRow(text: string, delimiter: string): readonly string[] | undefined {
  return cellsOf(text, delimiter, false) ?? cellsOf(text, delimiter, true);
}

/** The cells of one row, or undefined when the text is not exactly one. */
export function cellsOf(text: string, delimiter: string, relaxed: boolean): readonly string[] | undefined {
  const rows = parsed(text, delimiter, relaxed);
  return rows?.length === 1 ? rows[0] : undefined;
}

function parsed(text: string, delimiter: string, relaxed: boolean): string[][] | undefined {
  try {
    return parse(text, {
      delimiter,
      relax_column_count: true,
      relax_quotes: relaxed,
      record_delimiter: ["\n"],
    });
  } catch {
    return undefined;
  }
}
