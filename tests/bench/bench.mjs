/**
 * `npm run bench`: how fast, how accurate and how frugal sohoa is, beside OCRmyPDF on the same pages. Linux only (it
 * reads /proc and needs bash, pdftotext; OCRmyPDF for the comparison). Measure on a quiet machine; see USAGE.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { clean, printClean } from "./clean.mjs";
import { compare, makeBenchPages, printCompare } from "./compare.mjs";
import { machineFacts } from "./machine.mjs";
import { memory, memoryFaults, printMemory } from "./memory.mjs";
import { printStages, stages } from "./stages.mjs";
import { printStartup, startup } from "./startup.mjs";
import { CORES } from "./workspace.mjs";

const USAGE = `usage: npm run bench -- [options]
  --pages N          pages of the bench PDF (default 12)
  --pairs N          runs of each program, in turn (default 3)
  --jobs N           OCR workers of both programs (default: cores)
  --only PART,…      compare, startup, stages, clean, memory (default: all but memory)
  --memory           memory and resuming as well (two documents of 600 pages: half an hour on two cores)
  --memory-pages N   pages of those documents (default 600)
  --json             one JSON object instead of tables
`;
const PARTS = ["compare", "startup", "stages", "clean", "memory"];

const options = readOptions();
if (typeof options === "string") {
  process.stderr.write(`${options}\n${USAGE}`);
  process.exitCode = 2;
} else {
  process.exitCode = await main(options);
}

async function main({ parts, pages, pairs, jobs, memoryPages, json }) {
  const say = (text) => process.stderr.write(`${text}\n`);
  const folder = await mkdtemp(join(tmpdir(), "sohoa-bench-"));
  const result = { machine: await machineFacts() };
  const { loadBefore } = result.machine;
  if (loadBefore > 0.5) say(`This machine is busy (load ${loadBefore.toFixed(2)}): the seconds say little.`);
  try {
    const needsPages = parts.has("compare") || parts.has("stages");
    const bench = needsPages ? await makeBenchPages(folder, pages) : undefined;
    if (parts.has("compare")) result.compare = await compare({ folder, bench, pairs, jobs, say });
    if (parts.has("startup")) result.startup = await startup({ folder, jobs, say });
    if (parts.has("stages")) result.stages = await stages({ folder, bench, say });
    if (parts.has("clean")) result.clean = await clean({ say });
    if (parts.has("memory")) result.memory = await memory({ folder, pages: memoryPages, jobs, say });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const print = (text) => process.stdout.write(`${text}\n`);
  if (json) print(JSON.stringify(result));
  else printAll(result, print);
  return result.memory !== undefined && memoryFaults(result.memory).length > 0 ? 1 : 0;
}

function printAll(result, print) {
  print("## Machine\n");
  for (const [name, value] of Object.entries(result.machine)) print(`${name}: ${value ?? "not found"}`);
  if (result.compare) printCompare(result.compare, print);
  if (result.startup) printStartup(result.startup, print);
  if (result.stages) printStages(result.stages, print);
  if (result.clean) printClean(result.clean, print);
  if (result.memory) printMemory(result.memory, print);
}

/** A sentence when the command line is wrong. */
function readOptions() {
  try {
    return checked(readWords());
  } catch (error) {
    return error.message;
  }
}

function readWords() {
  const text = (fallback) => ({ type: "string", default: `${fallback}` });
  return parseArgs({
    options: {
      pages: text(12),
      pairs: text(3),
      jobs: text(CORES),
      only: text("compare,startup,stages,clean"),
      memory: { type: "boolean", default: false },
      "memory-pages": text(600),
      json: { type: "boolean", default: false },
    },
  }).values;
}

function checked(values) {
  const parts = new Set(values.only.split(","));
  if (values.memory) parts.add("memory");
  const [pages, pairs, jobs, memoryPages] = ["pages", "pairs", "jobs", "memory-pages"].map((name) =>
    Number(values[name]),
  );
  if (![pages, pairs, jobs, memoryPages].every((value) => Number.isInteger(value) && value > 0))
    throw new Error("numbers are whole and above 0");
  const unknown = [...parts].filter((part) => !PARTS.includes(part));
  if (unknown.length > 0) throw new Error(`--only ${unknown.join(",")}: there is no such part`);
  return { parts, pages, pairs, jobs, memoryPages, json: values.json };
}
