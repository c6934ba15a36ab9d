import { join } from "node:path";
import { measure, measureClean } from "./measure.mjs";
import { median, number, printTable, verdict } from "./table.mjs";
import { makeWorkspace, PROJECT, SOHOA } from "./workspace.mjs";

const TIMES = 5;
/** The contract: `--help` of any command but run, demo, watch and worker; a run with nothing to do. */
const HELP_LIMIT = 0.3;
const IDLE_LIMIT = 2;
const SCANS = join(PROJECT, "fixtures/scans");
const DOSSIERS = join(PROJECT, "fixtures/register/dossiers.csv");
const LONG_COMMANDS = new Set(["run", "demo", "watch", "worker"]);

/** Seconds of `--help` for every command (median of five) and of a second run over papers that are all done. */
export async function startup({ folder, jobs, say }) {
  const help = [];
  for (const command of ["", ...(await commands())]) {
    say(`start-up: ${["sohoa", command, "--help"].filter(Boolean).join(" ")}`);
    const words = [SOHOA, ...(command === "" ? [] : [command]), "--help"];
    const limit = LONG_COMMANDS.has(command) ? null : HELP_LIMIT;
    help.push({ command: `${command} --help`.trim(), limit, ...(await medianOf(words)) });
  }
  return { times: TIMES, help, idle: await idleRun(folder, jobs, say) };
}

/** The names the program itself lists. */
async function commands() {
  const lines = [];
  await measure(process.execPath, [SOHOA, "--help"], { onLine: (line) => lines.push(line) });
  const list = lines.slice(lines.findIndex((line) => line.startsWith("Commands:")) + 1);
  return list.flatMap((line) => /^ {2}(?!help\b)([a-z]+)/u.exec(line)?.[1] ?? []);
}

/** Held and failed papers of the fixtures are looked at again by every run, with the pages already read. */
async function idleRun(folder, jobs, say) {
  const workspace = await makeWorkspace(join(folder, "idle"));
  const words = (...command) => [SOHOA, ...command, "--workspace", workspace];
  await measureClean(process.execPath, words("register", "import", "dossiers", DOSSIERS));
  const again = words("run", SCANS, "--jobs", `${jobs}`, "--json");
  say("start-up: first run over fixtures/scans");
  const first = await measure(process.execPath, again);
  const events = [];
  say("start-up: second run");
  const second = await measure(process.execPath, again, { onLine: (line) => events.push(JSON.parse(line)) });
  const documents = events.filter(({ type }) => type === "document");
  return {
    first: first.wall,
    second: second.wall,
    secondCpu: second.cpu,
    exit: second.exit,
    documents: documents.length,
    unchanged: documents.filter(({ unchanged }) => unchanged).length,
    pagesReadAgain: events.filter(({ type, kept }) => type === "page" && !kept).length,
    limit: IDLE_LIMIT,
  };
}

export function printStartup({ times, help, idle }, print) {
  print(`\n## Start-up: seconds, median of ${times}\n`);
  const rows = help.map(({ command, seconds, cpu, limit }) => [
    `sohoa ${command}`,
    number(seconds, 3),
    number(cpu, 3),
    limit === null ? "" : number(limit, 1),
    limit === null ? "" : verdict(seconds <= limit),
  ]);
  printTable(["command", "wall_s", "cpu_s", "limit", ""], rows, print);
  const { first, second, secondCpu, documents, unchanged, pagesReadAgain, limit, exit } = idle;
  print(
    `\nfixtures/scans: first run ${number(first, 1)} s; second run ${number(second, 2)} s, CPU ${number(secondCpu, 2)} s`,
  );
  print(`  (wanted below ${limit} s: ${verdict(second <= limit)}; exit ${exit}, ${documents} documents,`);
  print(`  ${unchanged} untouched, ${pagesReadAgain} pages read again)`);
}

async function medianOf(words) {
  const runs = [];
  for (let time = 0; time < TIMES; time += 1) runs.push(await measureClean(process.execPath, words));
  return { seconds: median(runs.map(({ wall }) => wall)), cpu: median(runs.map(({ cpu }) => cpu)) };
}
