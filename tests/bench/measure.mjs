import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const SAMPLE_MS = 100;
/** `time` of bash is on every Debian; it counts the processes a program started and waited for, which node cannot. */
const TIMED = `TIMEFORMAT='%R %U %S'; { time "$@" 2>&4 3>&- 4>&-; } 4>&2 2>&3`;

/**
 * @typedef {object} Measured
 * @property {number} exit
 * @property {number} wall seconds
 * @property {number} cpu seconds of user and system time, whole process tree
 * @property {number} peakMb memory, see `watchMemory`
 * @property {string} stderr
 */

/**
 * Runs a program from start to end and measures it from outside.
 * `onLine(line, stop)` gets each line of stdout; `stop(signal)` sends a signal to the program.
 * `onSample(pids)` gets the processes of the program, its first one first, every tenth of a second.
 * @returns {Promise<Measured>}
 */
export async function measure(command, args, options = {}) {
  const { env = {}, onLine = () => undefined, onSample = () => undefined } = options;
  const child = spawn("bash", ["-c", TIMED, "bash", command, ...args], {
    // A comma as decimal mark would spoil what `time` prints.
    env: { ...process.env, ...env, LC_ALL: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const memory = watchMemory(child.pid, onSample);
  const stop = (signal) => childrenOf(child.pid).forEach((pid) => process.kill(pid, signal));
  createInterface({ input: child.stdout }).on("line", (line) => onLine(line, stop));
  const [stderr, times, exit] = await Promise.all([
    text(child.stdio[2]),
    text(child.stdio[3]),
    new Promise((done, fail) => child.on("error", fail).on("close", (code) => done(code ?? 1))),
  ]);
  const [wall = 0, user = 0, system = 0] = times.trim().split(" ").map(Number);
  return { exit, wall, cpu: user + system, peakMb: memory.stop(), stderr };
}

/** As `measure`, but a program that did not end with 0 is an error that shows its last words. */
export async function measureClean(command, args, options) {
  const measured = await measure(command, args, options);
  if (measured.exit === 0) return measured;
  throw new Error(`${command} ${args.join(" ")}: exit ${measured.exit}\n${measured.stderr.slice(-2000)}`);
}

/**
 * Peak memory below the shell `root`: the greatest sum of resident sizes seen at one moment, or the high-water mark the
 * kernel keeps of one process (VmHWM, all its threads), whichever is more. A sum counts shared pages twice, so for a
 * program of many processes it is an upper bound.
 */
function watchMemory(root, onSample) {
  let peak = 0;
  const sample = () => {
    const pids = descendants(root);
    const tree = pids.map(memoryOf);
    const now = tree.reduce((sum, { resident }) => sum + resident, 0);
    peak = Math.max(peak, now, ...tree.map(({ highest }) => highest));
    if (pids.length > 0) onSample(pids);
  };
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      return peak / 1024;
    },
  };
}

function descendants(root) {
  const below = childrenOf(root);
  return below.flatMap((pid) => [pid, ...descendants(pid)]);
}

/** A thread may start processes too; each keeps its own list. */
function childrenOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return []; // it ended while we looked
  }
}

function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "mu").exec(status)?.[1] ?? 0);
    return { resident: kilobytes("VmRSS"), highest: kilobytes("VmHWM") };
  } catch {
    return { resident: 0, highest: 0 };
  }
}

async function text(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
