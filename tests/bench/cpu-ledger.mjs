import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second in /proc; 100 on every Linux for user space. */
const TICKS = 100;
/** Fields after the name in brackets: state is 0, so user and system time are 11 and 12, those of ended children 13, 14. */
const [USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM] = [11, 12, 13, 14];

/**
 * Where the CPU time of sohoa goes, from samples of /proc. `see(pids)` takes the processes of the program, the main one
 * first. A process that ends is known by its last sample; what it used after that is in its parent's account of ended
 * children and is shared out by the number of processes that ended.
 */
export function createCpuLedger({ jobs }) {
  const threads = new Map();
  const children = new Map();
  let [main, reaped] = [0, 0];
  return {
    see(pids) {
      const [first, ...others] = pids;
      main = Math.max(main, ticksOf(`/proc/${first}/stat`));
      reaped = Math.max(reaped, ticksOf(`/proc/${first}/stat`, [CHILDREN_USER, CHILDREN_SYSTEM]));
      for (const thread of threadsOf(first)) {
        const ticks = ticksOf(`/proc/${first}/task/${thread}/stat`);
        if (thread !== first) threads.set(thread, Math.max(threads.get(thread) ?? 0, ticks));
        else threads.set("main", Math.max(threads.get("main") ?? 0, ticks));
      }
      for (const pid of others) {
        const known = children.get(pid);
        // Between its start and the program it becomes a process looks like ours.
        const kind = known === undefined || known.kind === "other" ? kindOf(pid) : known.kind;
        children.set(pid, { kind, ticks: Math.max(known?.ticks ?? 0, ticksOf(`/proc/${pid}/stat`)) });
      }
    },
    /** CPU seconds by part. */
    shares: () => seconds(sharesOf({ jobs, main, reaped, threads, children })),
  };
}

function sharesOf({ jobs, main, reaped, threads, children }) {
  const mainThread = threads.get("main") ?? 0;
  const others = [...threads].filter(([name]) => name !== "main").map(([, ticks]) => ticks);
  const busiest = others.toSorted((a, b) => b - a).slice(0, jobs);
  const childTicks = [...children.values()];
  const lost =
    Math.max(0, reaped - sum(childTicks.map(({ ticks }) => ticks))) / Math.max(1, childTicks.length);
  const of = (wanted) =>
    sum(childTicks.filter(({ kind }) => kind === wanted).map(({ ticks }) => ticks + lost));
  const programs = of("tesseract");
  // With the system program the busiest threads of ours are no OCR.
  const ocrThreads = programs > 0 ? 0 : sum(busiest);
  return {
    ocr: programs + ocrThreads,
    decoders: of("decoder"),
    otherProcesses: of("other"),
    mainThread,
    otherThreads: Math.max(0, main - mainThread - ocrThreads),
  };
}

const seconds = (shares) =>
  Object.fromEntries(Object.entries(shares).map(([name, ticks]) => [name, ticks / TICKS]));

const sum = (values) => values.reduce((total, value) => total + value, 0);

function threadsOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return []; // it ended while we looked
  }
}

function kindOf(pid) {
  const words = read(`/proc/${pid}/cmdline`);
  if (read(`/proc/${pid}/comm`).trim() === "tesseract") return "tesseract";
  return words.includes("imaging/process/child.js") ? "decoder" : "other";
}

function ticksOf(path, fields = [USER, SYSTEM]) {
  const text = read(path);
  const values = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return sum(fields.map((field) => Number(values[field] ?? 0)));
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
