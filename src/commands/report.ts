import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { computeReport } from "../domain/compute-report.ts";
import { OperationalError } from "../domain/errors.ts";
import { parseDay, parsePeriod, type Period, periodBetween } from "../domain/period.ts";
import { GROUPINGS, MEASURES, type Report } from "../domain/report.ts";
import { diskFailure, systemCode } from "../objects/durable.ts";
import { openLedger } from "../ledger/open-ledger.ts";
import { renderCsv } from "../reports/render-csv.ts";
import { renderJson } from "../reports/render-json.ts";
import { renderTable } from "../reports/render-table.ts";
import type { Io, Lang } from "../ui/io.ts";
import { commandSettings, currentRules, type Flags, today, word } from "./workspace.ts";

const RATE_BELOW = 9;

/** `sohoa report`: rates and quotas out of register and ledger; exit 9 when `--require` is not reached. */
export async function report(io: Io, flags: Flags): Promise<number> {
  const settings = await commandSettings(io, flags);
  const by = GROUPINGS.find((name) => name === word(flags, "by")) ?? "unit";
  const measure = MEASURES.find((name) => name === word(flags, "measure")) ?? "portal";
  const period = periodOf(flags);
  const asOf = dayOf(flags, "asOf") ?? today();
  const required = requiredOf(flags);
  const ledger = await openLedger({ path: settings.ledger });
  try {
    const facts = await ledger.reportFacts({ period, asOf });
    const computed = computeReport(
      facts,
      { by, measure, period, asOf, lang: settings.lang },
      currentRules().assessment,
    );
    if (required !== undefined && computed.total.received === null)
      throw new OperationalError("usage", "--require: sohoa register import dossiers FILE");
    const text = render(computed, flags["json"] === true ? "json" : word(flags, "format"), settings.lang);
    const out = word(flags, "out");
    if (out === undefined) io.out(text);
    else await writeReport(resolve(io.cwd, out), text);
    return below(computed, required) ? RATE_BELOW : 0;
  } finally {
    await ledger.close();
  }
}

async function writeReport(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR")
      throw new OperationalError("usage", `--out ${path}`);
    throw diskFailure(error);
  });
}

function render(computed: Report, format: string | undefined, lang: Lang): string {
  if (format === "json") return renderJson(computed);
  return format === "csv" ? renderCsv(computed) : renderTable(computed, lang);
}

function periodOf(flags: Flags): Period | null {
  const named = word(flags, "period");
  const [from, to] = [dayOf(flags, "from"), dayOf(flags, "to")];
  if (named === undefined && from === undefined && to === undefined) return null;
  if (named !== undefined && (from ?? to) !== undefined)
    throw new OperationalError("usage", "--period | --from --to");
  const period =
    named === undefined ? periodBetween(from ?? "0001-01-01", to ?? today()) : parsePeriod(named);
  if (period === undefined)
    throw new OperationalError("usage", `--period ${named ?? `${from ?? ""}..${to ?? ""}`}`);
  return period;
}

function dayOf(flags: Flags, name: string): string | undefined {
  const given = word(flags, name);
  const day = given === undefined ? undefined : parseDay(given);
  if (given !== undefined && day === undefined) throw new OperationalError("usage", `--${name} ${given}`);
  return day;
}

/** Percent; asked before anything is computed, for a report that was printed looks like one that was judged. */
function requiredOf(flags: Flags): number | undefined {
  const required = flags["require"];
  if (required === undefined) return undefined;
  if (typeof required !== "number" || Number.isNaN(required))
    throw new OperationalError("usage", "--require");
  return required;
}

/** Every unit and the total must reach it; where there is nothing to divide by there is nothing to require. */
function below({ rows, total }: Report, required: number | undefined): boolean {
  if (required === undefined) return false;
  return [...rows, total].some(({ received, componentsRate, resolved, resultsRate }) => {
    const components = (received ?? 0) > 0 ? componentsRate : null;
    const results = (resolved ?? 0) > 0 ? resultsRate : null;
    return [components, results].some((rate) => rate !== null && rate < required);
  });
}
