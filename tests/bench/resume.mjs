import { execFileSync } from "node:child_process";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { measure } from "./measure.mjs";
import { number, printTable, verdict } from "./table.mjs";
import { deliveredPdfs, makeInput, makeWorkspace, PROJECT, SOHOA } from "./workspace.mjs";

/** Megabytes of the whole process with two OCR workers; a machine of an office has 4 GB. */
const LIMIT_MB = 900;
const SCANS = [
  { name: "multi-frame TIFF, G4", file: "large.tif", kind: "tiff", codec: "g4" },
  { name: "image-only PDF, JPEG colour", file: "large.pdf", kind: "pdf", codec: "jpeg" },
];
const INTERRUPTED = 143;

/** Peak memory over one document of very many pages, and what a run does that was stopped on the way. */
export async function resume({ folder, pages, jobs, say }) {
  const results = [];
  for (const scan of SCANS) results.push(await oneScan({ scan, folder, pages, jobs, say }));
  return { pages, jobs, limitMb: LIMIT_MB, results };
}

async function oneScan({ scan, folder, pages, jobs, say }) {
  const own = join(folder, scan.kind);
  await mkdir(own, { recursive: true });
  say(`resume: making ${pages} pages, ${scan.name}`);
  const source = makeLarge(join(own, scan.file), scan, pages);
  const workspace = await makeWorkspace(join(own, "workspace"));
  const input = await makeInput(join(own, "scans"), source, scan.file);
  const inputBytes = (await stat(source)).size;
  await rm(source);
  const words = [SOHOA, "run", input, "--workspace", workspace, "--jobs", `${jobs}`, "--json"];
  say("resume: run, stopped after a tenth of the pages");
  const stopped = await runUntil(words, Math.max(1, Math.floor(pages / 10)));
  say(`resume: stopped at ${stopped.read} pages; run to the end`);
  const resumed = await runUntil(words, Infinity);
  const idle = await runUntil(words, Infinity);
  const outputs = await deliveredPdfs(workspace);
  const outputBytes = outputs.length === 1 ? (await stat(outputs[0])).size : 0;
  await rm(own, { recursive: true, force: true });
  return { name: scan.name, inputBytes, outputBytes, stopped, resumed, idle };
}

function makeLarge(file, { kind, codec }, pages) {
  const maker = join(PROJECT, "fixtures/make/make-large.mjs");
  const how = ["--pages", `${pages}`, "--kind", kind, "--codec", codec];
  execFileSync(process.execPath, [maker, file, ...how], { stdio: "inherit" });
  return file;
}

/** Runs and asks the program to end (SIGTERM, as cron and systemd do) once so many pages have been read. */
async function runUntil(words, limit) {
  let read = 0;
  let kept = 0;
  let states = {};
  const onLine = (line, stop) => {
    const event = JSON.parse(line);
    if (event.type === "summary") states = event.documents;
    if (event.type !== "page") return;
    if (event.kept) kept += 1;
    else read += 1;
    if (read === limit) stop("SIGTERM");
  };
  const { exit, wall, cpu, peakMb, stderr } = await measure(process.execPath, words, { onLine });
  return {
    exit,
    wall,
    cpu,
    peakMb,
    read,
    kept,
    states,
    ...(exit === 0 ? {} : { stderr: stderr.slice(-500) }),
  };
}

/** Every page read once over both runs, the document delivered, memory below the limit. */
export function resumeFaults({ pages, limitMb, results }) {
  return results.flatMap(({ name, outputBytes, stopped, resumed, idle }) => {
    const peak = Math.max(stopped.peakMb, resumed.peakMb);
    const checks = [
      [peak > 0 && peak <= limitMb, `peak ${number(peak, 0)} MB, limit ${limitMb} MB`],
      [stopped.exit === INTERRUPTED, `stopped run: exit ${stopped.exit}, expected ${INTERRUPTED}`],
      [resumed.exit === 0 && outputBytes > 0, `resumed run: exit ${resumed.exit}, ${outputBytes} bytes`],
      [resumed.kept === stopped.read, `${stopped.read} pages read before, ${resumed.kept} kept`],
      [stopped.read + resumed.read === pages, `${stopped.read} + ${resumed.read} read of ${pages}`],
      [idle.exit === 0 && idle.read === 0, `third run: exit ${idle.exit}, ${idle.read} pages read`],
    ];
    return checks.filter(([kept]) => !kept).map(([, fault]) => `${name}: ${fault}`);
  });
}

export function printResume(result, print) {
  const { pages, jobs, limitMb, results } = result;
  print(`\n## Memory and resuming: one document of ${pages} pages, 200 dpi, ${jobs} jobs\n`);
  const header = "input run exit wall_s cpu_s read kept peak_MB in_MB out_MB".split(" ");
  const rows = results.flatMap((scan) =>
    ["stopped", "resumed", "idle"].map((run) => [
      scan.name,
      run,
      scan[run].exit,
      number(scan[run].wall, 1),
      number(scan[run].cpu, 1),
      scan[run].read,
      scan[run].kept,
      number(scan[run].peakMb, 0),
      number(scan.inputBytes / 1e6, 1),
      run === "resumed" ? number(scan.outputBytes / 1e6, 1) : "",
    ]),
  );
  printTable(header, rows, print);
  const faults = resumeFaults(result);
  print(`\npeak_MB is the high-water mark of the whole process, threads included; limit ${limitMb} MB.`);
  print(`all promises of memory and resuming: ${verdict(faults.length === 0)}`);
  for (const fault of faults) print(`  ✗ ${fault}`);
}
