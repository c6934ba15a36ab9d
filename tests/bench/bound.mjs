import { execFileSync } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createCpuLedger } from "./cpu-ledger.mjs";
import { measureClean } from "./measure.mjs";
import { number, percent, printTable } from "./table.mjs";
import { CORES, makeInput, makeWorkspace, SOHOA } from "./workspace.mjs";

/** OCR CPU time ÷ (wall × cores): the rest is other work, or a core that waits. */
const GOAL = 0.92;
/** Pages of the documents of a batch, in turn: what a counter takes in, and now and then something long. */
const SIZES = [3, 1, 5, 2, 14, 4, 1, 8, 2, 10];
const PARTS = ["ocr", "decoders", "mainThread", "otherThreads", "otherProcesses"];

/**
 * How much of the machine recognition gets over a batch, from the start of the program to its end. `bench` is one PDF;
 * it is cut into documents of 1 to 14 pages.
 */
export async function bound({ folder, bench, engines, jobs, say }) {
  const results = [];
  for (const engine of engines) {
    say(`bound: ${bench.truth.length} pages, ${engine}`);
    const own = join(folder, `bound-${engine}`);
    await mkdir(own, { recursive: true });
    try {
      results.push({ engine, ...(await oneRun({ own, bench, engine, jobs })) });
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  }
  return { pages: bench.truth.length, jobs, cores: CORES, results };
}

async function oneRun({ own, bench, engine, jobs }) {
  const workspace = await makeWorkspace(join(own, "workspace"));
  const input = await cutUp(bench, own);
  const ledger = createCpuLedger({ jobs });
  const started = performance.now();
  const clock = { first: undefined, last: undefined, ended: undefined };
  let documents = 0;
  const onLine = (line) => {
    const { type } = JSON.parse(line);
    const now = (performance.now() - started) / 1000;
    if (type === "page") clock.last = now;
    if (type === "page") clock.first ??= now;
    if (type === "document") documents += 1;
    if (type === "summary") clock.ended = now;
  };
  const words = [
    SOHOA,
    "run",
    input,
    "--workspace",
    workspace,
    "--jobs",
    `${jobs}`,
    "--json",
    "--ocr",
    engine,
  ];
  const measured = await measureClean(process.execPath, words, {
    onLine,
    onSample: (pids) => ledger.see(pids),
  });
  const { wall, cpu, peakMb } = measured;
  return { wall, cpu, peakMb, documents, clock, cpuBy: ledger.shares() };
}

async function cutUp({ pdf, truth }, own) {
  const scans = join(own, "scans");
  for (let first = 1, turn = 0; first <= truth.length; turn += 1) {
    const last = Math.min(truth.length, first + SIZES[turn % SIZES.length] - 1);
    const part = join(own, "part.pdf");
    execFileSync("qpdf", [pdf, "--pages", ".", `${first}-${last}`, "--", part]);
    await makeInput(scans, part, `${String(turn + 1).padStart(3, "0")}.pdf`);
    first = last + 1;
  }
  return scans;
}

/** Share of the cores' time that went into recognition, and what it would be if no core ever waited. */
export function boundOf({ wall, cpu, cpuBy }, cores) {
  return { reached: cpuBy.ocr / (wall * cores), ofWork: cpuBy.ocr / cpu, busy: cpu / (wall * cores) };
}

export function printBound({ pages, jobs, cores, results }, print) {
  print(`\n## Share of the OCR bound: ${pages} pages in documents of 1-14, ${jobs} jobs, ${cores} cores\n`);
  const header =
    "engine wall_s OCR÷(wall×cores) OCR÷CPU CPU÷(wall×cores) first_page_read_s after_last_page_s";
  const rows = results.map((result) => {
    const { reached, ofWork, busy } = boundOf(result, cores);
    const { first = 0, last = 0, ended = result.wall } = result.clock;
    const times = [number(first, 2), number(ended - last, 2)];
    return [
      result.engine,
      number(result.wall, 1),
      percent(reached),
      percent(ofWork),
      percent(busy),
      ...times,
    ];
  });
  printTable(header.split(" "), rows, print);
  print(`\ngoal: OCR÷(wall×cores) ≥ ${GOAL}. CPU milliseconds a page, by part:\n`);
  const parts = results.map(({ engine, cpu, cpuBy }) => [
    engine,
    ...PARTS.map((part) => number((cpuBy[part] * 1000) / pages, 0)),
    number((cpu * 1000) / pages, 0),
  ]);
  printTable(["engine", ...PARTS, "all"], parts, print);
  print(
    "\nocr: threads of tesseract.js or processes of tesseract, second looks with them; decoders: normalization and",
  );
  print("encoding; otherThreads: barcodes, pdfium, compiling, collecting garbage, file system.");
}
