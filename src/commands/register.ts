import { basename, resolve } from "node:path";
import { OperationalError } from "../domain/errors.ts";
import { REGISTER_COLUMNS, REGISTER_KINDS, type RegisterKind } from "../domain/register.ts";
import { mapColumns } from "../intake/columns.ts";
import { readTable, type Table } from "../intake/table.ts";
import { openLedger } from "../ledger/open-ledger.ts";
import type { ImportResult, RegisterLine } from "../ledger/register-queries.ts";
import type { Io, Lang } from "../ui/io.ts";
import { count } from "../ui/words.ts";
import { commandSettings, currentRules, type Flags, today, word } from "./workspace.ts";

const MAX_LISTED = 200;

/** `sohoa register import KIND FILE`: right rows are imported, wrong ones listed by line; exit 4 when there were any. */
export async function register(io: Io, flags: Flags, words: readonly string[]): Promise<number> {
  const [action, given = "", file = ""] = words;
  const kind = REGISTER_KINDS.find((name) => name === given);
  if (action !== "import" || kind === undefined) {
    throw new OperationalError("usage", `register import ${REGISTER_KINDS.join("|")} FILE`);
  }
  const settings = await commandSettings(io, flags);
  const encoding = word(flags, "encoding");
  const aliases = Object.values(REGISTER_COLUMNS[kind]).flatMap(({ names }) => names);
  const table = await readTable(resolve(io.cwd, file), {
    words: aliases,
    ...(encoding === undefined ? {} : { encoding }),
  });
  const lines = canonicalLines(kind, table);
  const ledger = await openLedger({ path: settings.ledger });
  try {
    const result = await ledger.importRegister(kind, lines, {
      grammar: currentRules().codes,
      today: today(),
      source: basename(file),
      actor: settings.officer ?? settings.unit ?? "",
    });
    print(result, kind, table, settings.lang, flags["json"] === true, io);
    return result.errors.length > 0 ? 4 : 0;
  } finally {
    await ledger.close();
  }
}

/** Renames the file's columns to ours; throws `table_header` when a required one is missing. */
function canonicalLines(kind: RegisterKind, table: Table): AsyncIterable<RegisterLine> {
  const { columns } = mapColumns(table.columns, REGISTER_COLUMNS[kind]);
  const pairs = Object.entries(columns).filter((pair) => pair[1] !== undefined) as [string, string][];
  return (async function* () {
    for await (const { line, cells, fault } of table.rows) {
      const known = Object.fromEntries(pairs.map(([name, header]) => [name, cells[header] ?? ""]));
      yield { line, cells: known, ...(fault === undefined ? {} : { fault }) };
    }
  })();
}

function print(result: ImportResult, kind: string, table: Table, lang: Lang, json: boolean, io: Io): void {
  const { inserted, updated, unchanged, errors } = result;
  const { encoding, delimiter } = table;
  if (json) {
    io.out(`${JSON.stringify({ type: "import", kind, encoding, delimiter, ...result })}\n`);
    return;
  }
  const [a, b, c, d] = [inserted, updated, unchanged, errors.length].map((number) => count(number, lang));
  io.out(
    lang === "vi"
      ? `${kind}: thêm ${a}, sửa ${b}, không đổi ${c}, lỗi ${d} (bảng mã ${encoding}, ngăn cách ${JSON.stringify(delimiter)})\n`
      : `${kind}: ${a} added, ${b} changed, ${c} unchanged, ${d} wrong (${encoding}, delimiter ${JSON.stringify(delimiter)})\n`,
  );
  for (const error of errors.slice(0, MAX_LISTED)) {
    io.err(`${lang === "vi" ? "dòng" : "line"} ${error.line}: ${error[lang]}\n`);
  }
  if (errors.length > MAX_LISTED) io.err(`… +${errors.length - MAX_LISTED}\n`);
}
