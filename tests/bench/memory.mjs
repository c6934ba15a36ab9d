import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeBenchPages } from "./compare.mjs";
import { measure } from "./measure.mjs";
import { createMemoryLog } from "./memory-log.mjs";
import { number, printTable, verdict } from "./table.mjs";
import { makeInput, makeWorkspace, SOHOA } from "./workspace.mjs";

/** Megabytes of all processes together; a machine of an office has 4 GB. */
const LIMIT_MB = 1200;
/** The last hundred pages may hold this much of what the first hundred held. */
const GROWTH = 1.1;
/** Programs start and compile during the first pages. */
const WARM_UP = 50;
const SPAN = 100;
/** Pictures the batch is made of, again and again under other bytes. */
const PICTURES = 36;
/** Pages of the documents, in turn. */
const SIZES = [3, 1, 5, 2, 4, 1, 6, 2];
const SAMPLE_MS = 1000;

/** Memory over one run of very many documents of a few pages each: it must not grow with their number. */
export async function memory({ folder, pages, engines, jobs, say }) {
  const results = [];
  const pictures = await makePictures(folder, say);
  for (const engine of engines) {
    say(`memory: ${pages} pages, ${engine}`);
    const own = join(folder, `memory-${engine}`);
    await mkdir(own, { recursive: true });
    try {
      results.push({ engine, ...(await oneRun({ own, pictures, pages, engine, jobs })) });
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  }
  return { pages, jobs, limitMb: LIMIT_MB, growth: GROWTH, results };
}

/** The bench's pages as the JPEG files a scanner writes. */
async function makePictures(folder, say) {
  say(`memory: drawing ${PICTURES} pages`);
  const { pdf } = await makeBenchPages(folder, PICTURES);
  const own = join(folder, "pictures");
  await mkdir(own);
  execFileSync("pdfimages", ["-all", pdf, join(own, "page")]);
  const names = (await readdir(own)).filter((name) => name.endsWith(".jpg")).toSorted();
  return Promise.all(names.map((name) => readFile(join(own, name))));
}

async function oneRun({ own, pictures, pages, engine, jobs }) {
  const workspace = await makeWorkspace(join(own, "workspace"));
  const input = await makeDocuments(own, pictures, pages);
  const log = createMemoryLog(SAMPLE_MS);
  let read = 0;
  const onLine = (line) => {
    if (JSON.parse(line).type === "page") read += 1;
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
  const onSample = (pids) => log.see(pids, read);
  const { exit, wall, cpu, stderr } = await measure(process.execPath, words, { onLine, onSample });
  const span = Math.min(SPAN, Math.max(1, Math.floor((pages - WARM_UP) / 2)));
  return {
    exit,
    wall,
    cpu,
    read,
    first: log.mean(WARM_UP, WARM_UP + span),
    last: log.mean(pages - span, pages),
    peak: log.peak(),
    ...(exit === 0 ? {} : { stderr: stderr.slice(-500) }),
  };
}

/** Multi-page TIFFs and PDFs come in one file; scanners of counters write a file a page: 01.jpg, 02.jpg … */
async function makeDocuments(own, pictures, pages) {
  const scans = join(own, "scans");
  const file = join(own, "page.jpg");
  for (let page = 0, turn = 0; page < pages; turn += 1) {
    const size = Math.min(SIZES[turn % SIZES.length], pages - page);
    for (let number = 1; number <= size; number += 1, page += 1) {
      await writeFile(file, withComment(pictures[page % pictures.length], `page ${page}`));
      await makeInput(scans, file, `${String(turn + 1).padStart(5, "0")}_${number}.jpg`);
    }
  }
  return scans;
}

/** A JPEG of other bytes with the same picture: two equal files would be one document. */
export function withComment(jpeg, words) {
  const length = words.length + 2;
  const head = Buffer.from([0xff, 0xfe, length >> 8, length & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), head, Buffer.from(words, "latin1"), jpeg.subarray(2)]);
}

export function memoryFaults({ pages, limitMb, growth, results }) {
  return results.flatMap(({ engine, exit, read, first, last, peak }) => {
    const checks = [
      [exit === 0 && read === pages, `exit ${exit}, ${read} pages read of ${pages}`],
      [peak.pss > 0 && peak.pss <= limitMb, `peak ${number(peak.pss, 0)} MB, limit ${limitMb} MB`],
      [last.pss <= growth * first.pss, `${number(last.pss / first.pss, 3)} times the first pages' memory`],
    ];
    return checks.filter(([kept]) => !kept).map(([, fault]) => `${engine}: ${fault}`);
  });
}

export function printMemory(result, print) {
  const { pages, jobs, limitMb, growth, results } = result;
  print(`\n## Memory of a long batch: ${pages} pages in documents of 1-6, ${jobs} jobs; megabytes\n`);
  const header = "engine wall_s first last last÷first first_main last_main peak peak_RSS".split(" ");
  const rows = results.map(({ engine, wall, first, last, peak }) => [
    engine,
    number(wall, 0),
    number(first.pss, 0),
    number(last.pss, 0),
    number(last.pss / first.pss, 3),
    number(first.main, 0),
    number(last.main, 0),
    number(peak.pss, 0),
    number(peak.rss, 0),
  ]);
  printTable(header, rows, print);
  const faults = memoryFaults(result);
  print(
    `\nfirst, last: means over ${SPAN} pages, the first after ${WARM_UP} of warm-up; main: the main process alone.`,
  );
  print("Shared pages are counted once (PSS); peak_RSS counts them once for each process.");
  print(`flat (≤ ${growth}) and within ${limitMb} MB: ${verdict(faults.length === 0)}`);
  for (const fault of faults) print(`  ✗ ${fault}`);
}
