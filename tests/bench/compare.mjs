import { execFileSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { versionOf } from "./machine.mjs";
import { PROGRAMS, runOnce } from "./programs.mjs";
import { median, number, percent, printTable } from "./table.mjs";
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

/**
 * sohoa and OCRmyPDF in turn on the same PDF. Speeds of this machine drift, so only the ratio of the two runs of a pair
 * is a figure to quote.
 */
export async function compare({ folder, bench, pairs, jobs, say }) {
  const missing = (await versionOf("ocrmypdf")) === undefined;
  if (missing) say(HOW_TO_GET);
  const programs = Object.entries(PROGRAMS).filter(([name]) => !missing || name === "sohoa");
  const results = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    const result = {};
    for (const [name, run] of programs) {
      say(`pair ${pair}/${pairs}: ${name}`);
      const own = join(folder, `${name}-${pair}`);
      await mkdir(own, { recursive: true });
      result[name] = await runOnce(run, { folder: own, jobs, ...bench });
    }
    results.push(result);
  }
  return { pages: bench.truth.length, jobs, pairs: results, median: missing ? null : ratios(results) };
}

function ratios(results) {
  const of = (figure) => median(results.map(({ sohoa, ocrmypdf }) => sohoa[figure] / ocrmypdf[figure]));
  return { wall: of("wall"), cpu: of("cpu"), peakMb: of("peakMb"), bytes: of("bytes") };
}

export function printCompare({ pages, jobs, pairs, median: ratio }, print) {
  print(`\n## sohoa (whole program: PDF/A, signed, delivered) and OCRmyPDF (PDF/A alone): ${pages} pages,`);
  print(`   300 dpi colour, ${jobs} jobs each, run in turn\n`);
  const header = "pair program wall_s cpu_s pages/min peak_MB output_MB words_missing word_error".split(" ");
  const rows = pairs.flatMap((pair, index) =>
    Object.entries(pair).map(([name, run]) => [index + 1, name, ...cells(run, pages)]),
  );
  printTable(header, rows, print);
  if (ratio === null) return;
  const row = (pair) =>
    ["wall", "cpu", "peakMb", "bytes"].map((name) => number(pair.sohoa[name] / pair.ocrmypdf[name], 2));
  print("\nRatios sohoa ÷ OCRmyPDF, each of the two runs of one pair (below 1: sohoa needs less)\n");
  const paired = pairs.map((pair, index) => [`pair ${index + 1}`, ...row(pair)]);
  const medians = ["wall", "cpu", "peakMb", "bytes"].map((name) => number(ratio[name], 2));
  printTable(["", "wall", "cpu", "peak", "output"], [...paired, ["median", ...medians]], print);
  print(
    "\nwords_missing: share of printed words not found, order ignored; word_error: word edit distance in",
  );
  print("reading order ÷ printed words (words read in seals count as insertions). Both from pdftotext.");
  print(
    "peak_MB: of one process its high-water mark; of several the greatest sum seen, shared pages counted twice.",
  );
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
