import { execFileSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { versionOf } from "./machine.mjs";
import { PROGRAMS, runOnce } from "./programs.mjs";
import { median, number, percent, printTable, verdict } from "./table.mjs";
import { PROJECT } from "./workspace.mjs";

const HOW_TO_GET = "OCRmyPDF was not found: comparison skipped (apt-get install ocrmypdf tesseract-ocr-vie)";

/** Image-only PDF of `pages` colour pages at 300 dpi and the words printed on each. */
export async function makeBenchPages(folder, pages) {
  const pdf = join(folder, `bench-${pages}.pdf`);
  const maker = join(PROJECT, "fixtures/make/make-bench.mjs");
  execFileSync(process.execPath, [maker, pdf, "--pages", `${pages}`], { stdio: "inherit" });
  const text = await readFile(pdf.replace(/\.pdf$/u, ".txt"), "utf8");
  return { pdf, truth: text.trimEnd().split("\f") };
}

/** Goals of wall time against OCRmyPDF. */
const WALL_GOALS = { "sohoa tesseractjs": 0.26, "sohoa tesseract": 0.15 };
const FIGURES = ["wall", "cpu", "peakMb", "bytes"];

/**
 * sohoa with each engine and OCRmyPDF in turn on the same PDF. Speeds of this machine drift, so only the ratio of two
 * runs of one pair is a figure to quote.
 */
export async function compare({ folder, bench, engines, pairs, jobs, say }) {
  const missing = (await versionOf("ocrmypdf")) === undefined;
  if (missing) say(HOW_TO_GET);
  const names = [...engines.map((engine) => `sohoa ${engine}`), ...(missing ? [] : ["ocrmypdf"])];
  const results = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    const result = {};
    for (const name of names) {
      say(`pair ${pair}/${pairs}: ${name}`);
      const own = join(folder, `${name.replace(" ", "-")}-${pair}`);
      await mkdir(own, { recursive: true });
      result[name] = await runOnce(PROGRAMS[name], { folder: own, jobs, ...bench });
    }
    results.push(result);
  }
  const median = missing ? null : Object.fromEntries(engines.map((engine) => ratiosOf(engine, results)));
  return { pages: bench.truth.length, jobs, pairs: results, median };
}

function ratiosOf(engine, results) {
  const name = `sohoa ${engine}`;
  const of = (figure) => median(results.map((pair) => pair[name][figure] / pair.ocrmypdf[figure]));
  return [name, Object.fromEntries(FIGURES.map((figure) => [figure, of(figure)]))];
}

export function printCompare({ pages, jobs, pairs, median: ratios }, print) {
  print(`\n## sohoa (whole program: PDF/A, signed, delivered) and OCRmyPDF (PDF/A alone): ${pages} pages,`);
  print(`   300 dpi colour, ${jobs} jobs each, run in turn\n`);
  const header = "pair program wall_s cpu_s pages/min peak_MB output_MB words_missing word_error".split(" ");
  const rows = pairs.flatMap((pair, index) =>
    Object.entries(pair).map(([name, run]) => [index + 1, name, ...cells(run, pages)]),
  );
  printTable(header, rows, print);
  if (ratios === null) return;
  print("\nRatios sohoa ÷ OCRmyPDF, each of the two runs of one pair (below 1: sohoa needs less)\n");
  for (const name of Object.keys(ratios)) printRatios(name, pairs, ratios[name], print);
  print("words_missing: share of printed words not found, order ignored; word_error: word edit distance in");
  print("reading order ÷ printed words (words read in seals count as insertions). Both from pdftotext.");
  print(
    "peak_MB: of one process its high-water mark; of several the greatest sum seen, shared pages counted twice.",
  );
}

function printRatios(name, pairs, medians, print) {
  const row = (pair) => FIGURES.map((figure) => number(pair[name][figure] / pair.ocrmypdf[figure], 3));
  const rows = pairs.map((pair, index) => [`pair ${index + 1}`, ...row(pair)]);
  const last = ["median", ...FIGURES.map((figure) => number(medians[figure], 3))];
  printTable([name, "wall", "cpu", "peak", "output"], [...rows, last], print);
  const goal = WALL_GOALS[name];
  print(`goal: wall ≤ ${goal}: ${verdict(medians.wall <= goal)}\n`);
}

function cells({ wall, cpu, peakMb, bytes, missing, errorRate }, pages) {
  const speed = number((pages * 60) / wall, 1);
  const size = number(bytes / 1e6, 2);
  return [
    number(wall, 1),
    number(cpu, 1),
    speed,
    number(peakMb, 0),
    size,
    percent(missing),
    percent(errorRate),
  ];
}
