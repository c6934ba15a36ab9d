/**
 * `npm run bench`: how fast, how accurate and how frugal sohoa is, beside OCRmyPDF on the same pages. Linux only (it
 * reads /proc and needs bash, pdftotext; OCRmyPDF for the comparison). Measure on a quiet machine; see USAGE.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bound, printBound } from "./bound.mjs";
import { clean, printClean } from "./clean.mjs";
import { compare, makeBenchPages, printCompare } from "./compare.mjs";
import { machineFacts, versionOf } from "./machine.mjs";
import { memory, memoryFaults, printMemory } from "./memory.mjs";
import { printResume, resume, resumeFaults } from "./resume.mjs";
import { printSign, sign, signFaults } from "./sign.mjs";
import { printStages, stages } from "./stages.mjs";
import { printStartup, startup } from "./startup.mjs";
import { CORES } from "./workspace.mjs";

const USAGE = `usage: npm run bench -- [options]
  --pages N          pages of the bench PDF (default 12)
  --pairs N          runs of each program, in turn (default 3)
  --jobs N           OCR workers of both programs (default: cores)
  --ocr ENGINE,…     what sohoa reads with: tesseractjs, tesseract (default: both, where tesseract is installed)
  --only PART,…      compare, bound, startup, stages, clean, accuracy, resume, memory, sign (default: the first five)
  --bound-pages N    pages of the batch whose share of OCR is measured (default 100)
  --resume-pages N   pages of each document that is stopped and resumed (default 600: half an hour on two cores)
  --memory-pages N   pages of the batch whose memory must stay flat (default 2000: half an hour and more)
  --sign-files N     small PDFs that are signed (default 1000)
  --sign-mb N        megabytes of the large PDF that is signed (default 500)
  --json             one JSON object instead of tables
`;
const PARTS = ["compare", "bound", "startup", "stages", "clean", "accuracy", "resume", "memory", "sign"];
const NUMBERS = "pages pairs jobs bound-pages resume-pages memory-pages sign-files sign-mb".split(" ");
const ENGINES = ["tesseractjs", "tesseract"];

const options = readOptions();
if (typeof options === "string") {
  process.stderr.write(`${options}\n${USAGE}`);
  process.exitCode = 2;
} else {
  process.exitCode = await main(options);
}

async function main(given) {
  const { parts, json } = given;
  const say = (text) => process.stderr.write(`${text}\n`);
  const folder = await mkdtemp(join(tmpdir(), "sohoa-bench-"));
  const result = { machine: await machineFacts() };
  const { loadBefore } = result.machine;
  if (loadBefore > 0.5) say(`This machine is busy (load ${loadBefore.toFixed(2)}): the seconds say little.`);
  const engines = given.engines ?? (await enginesHere());
  try {
    Object.assign(result, await measured(parts, { ...given, engines, folder, say }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const print = (text) => process.stdout.write(`${text}\n`);
  if (json) print(JSON.stringify(result));
  else await printAll(result, print);
  return faultsOf(result).length > 0 ? 1 : 0;
}

/** Each part that was asked for, one after the other. */
async function measured(parts, given) {
  const { folder, say, jobs, pages, pairs, engines } = given;
  const result = {};
  const needsPages = parts.has("compare") || parts.has("stages");
  const bench = needsPages ? await makeBenchPages(folder, pages) : undefined;
  if (parts.has("compare")) result.compare = await compare({ folder, bench, engines, pairs, jobs, say });
  if (parts.has("bound")) {
    const many = await makeBenchPages(folder, given.boundPages);
    result.bound = await bound({ folder, bench: many, engines, jobs, say });
  }
  if (parts.has("startup")) result.startup = await startup({ folder, jobs, say });
  if (parts.has("stages")) result.stages = await stages({ folder, bench, engine: engines[0], say });
  if (parts.has("clean")) result.clean = await clean({ say });
  if (parts.has("accuracy"))
    result.accuracy = await (await accuracyPart()).accuracy({ folder, engines, say });
  if (parts.has("resume")) result.resume = await resume({ folder, pages: given.resumePages, jobs, say });
  if (parts.has("memory"))
    result.memory = await memory({ folder, pages: given.memoryPages, engines, jobs, say });
  if (parts.has("sign")) result.sign = await sign({ folder, say, ...given });
  return result;
}

/** It needs the corpus and a set of degraded pages, which nothing else here does. */
function accuracyPart() {
  return import("./accuracy.mjs");
}

async function enginesHere() {
  const system = (await versionOf("tesseract")) !== undefined;
  return ENGINES.filter((engine) => engine !== "tesseract" || system);
}

function faultsOf({ resume: resumed, memory: held, sign: signed }) {
  return [
    ...(resumed ? resumeFaults(resumed) : []),
    ...(held ? memoryFaults(held) : []),
    ...(signed ? signFaults(signed) : []),
  ];
}

async function printAll(result, print) {
  print("## Machine\n");
  for (const [name, value] of Object.entries(result.machine)) print(`${name}: ${value ?? "not found"}`);
  if (result.compare) printCompare(result.compare, print);
  if (result.bound) printBound(result.bound, print);
  if (result.startup) printStartup(result.startup, print);
  if (result.stages) printStages(result.stages, print);
  if (result.clean) printClean(result.clean, print);
  if (result.accuracy) (await accuracyPart()).printAccuracy(result.accuracy, print);
  if (result.resume) printResume(result.resume, print);
  if (result.memory) printMemory(result.memory, print);
  if (result.sign) printSign(result.sign, print);
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
      ocr: { type: "string" },
      only: text("compare,bound,startup,stages,clean"),
      "bound-pages": text(100),
      "resume-pages": text(600),
      "memory-pages": text(2000),
      "sign-files": text(1000),
      "sign-mb": text(500),
      json: { type: "boolean", default: false },
    },
  }).values;
}

function checked(values) {
  const parts = new Set(values.only.split(","));
  const numbers = Object.fromEntries(NUMBERS.map((name) => [camel(name), Number(values[name])]));
  if (!Object.values(numbers).every((value) => Number.isInteger(value) && value > 0))
    throw new Error("numbers are whole and above 0");
  const engines = values.ocr?.split(",");
  refuseUnknown("--only", [...parts], PARTS);
  refuseUnknown("--ocr", engines ?? [], ENGINES);
  return { parts, engines, ...numbers, json: values.json };
}

function camel(name) {
  return name.replaceAll(/-(.)/gu, (_, letter) => letter.toUpperCase());
}

function refuseUnknown(option, given, known) {
  const unknown = given.filter((word) => !known.includes(word));
  if (unknown.length > 0) throw new Error(`${option} ${unknown.join(",")}: there is no such thing`);
}
