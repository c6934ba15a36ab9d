import { expect, it } from "vitest";

interface Judges {
  readonly wordsOf: (text: string) => string[];
  readonly missingWords: (truth: string[], text: string[]) => number;
  readonly wordErrorRate: (truth: string[], text: string[]) => number;
}

interface Measured {
  readonly exit: number;
  readonly wall: number;
  readonly cpu: number;
  readonly peakMb: number;
  readonly stderr: string;
}

type Measure = (
  command: string,
  args: string[],
  options?: {
    onLine?: (line: string, stop: (signal: string) => void) => void;
    onSample?: (pids: number[]) => void;
  },
) => Promise<Measured>;

// The bench is plain JavaScript without types; what is judged here is what its figures rest on.
const load = (name: string): Promise<unknown> => import(new URL(name, import.meta.url).href);
const { wordsOf, missingWords, wordErrorRate } = (await load("./words.mjs")) as Judges;
const { measure } = (await load("./measure.mjs")) as { measure: Measure };
const { createCpuLedger } = (await load("./cpu-ledger.mjs")) as {
  createCpuLedger: (options: { jobs: number }) => {
    see: (pids: number[]) => void;
    shares: () => Readonly<Record<"ocr" | "mainThread" | "otherThreads" | "otherProcesses", number>>;
  };
};
const { createMemoryLog } = (await load("./memory-log.mjs")) as {
  createMemoryLog: (everyMs: number) => {
    see: (pids: number[], pages: number) => void;
    mean: (from: number, to: number) => { pss: number; samples: number };
    peak: () => { pss: number; rss: number };
  };
};

interface Profile {
  readonly nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  readonly samples: number[];
  readonly timeDeltas: number[];
}
const { whereTimeGoes } = (await load("./cpu-profile.mjs")) as {
  whereTimeGoes: (profile: Profile) => { part: string; seconds: number }[];
};
const { perThousand } = (await load("./sign.mjs")) as {
  perThousand: (seconds: number, files: number) => number;
};

const truth = wordsOf("một hai ba\nmột bốn");

it("counts a missing word as often as it is missing, whatever the order", () => {
  expect(missingWords(truth, wordsOf("bốn ba hai một một"))).toBe(0);
  expect(missingWords(truth, wordsOf("một hai ba bốn"))).toBeCloseTo(1 / 5);
  expect(missingWords(truth, [])).toBe(1);
});

it("counts insertions, deletions, substitutions and wrong order in the word error rate", () => {
  expect(wordErrorRate(truth, truth)).toBe(0);
  expect(wordErrorRate(truth, wordsOf("một hai thừa ba một bốn"))).toBeCloseTo(1 / 5);
  expect(wordErrorRate(truth, wordsOf("một ba một"))).toBeCloseTo(2 / 5);
  expect(wordErrorRate(truth, wordsOf("một hai bà một bốn"))).toBeCloseTo(1 / 5);
  expect(wordErrorRate(truth, wordsOf("hai một ba một bốn"))).toBeCloseTo(2 / 5);
});

it("takes decomposed letters for the same word", () => {
  expect(missingWords(truth, wordsOf("một hai ba một bốn".normalize("NFD")))).toBe(0);
});

const onLinux = process.platform === "linux";

it.skipIf(!onLinux)(
  "adds up the CPU time of the processes a program starts and passes its exit code on",
  async () => {
    const busy = `const end = Date.now() + 20000; let x = 0;
    while (process.cpuUsage().user < 300000 && Date.now() < end) x += Math.sqrt(x + 1);`;
    const script = `require("child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(busy)}]);
    console.error("words"); process.exit(6)`;
    const { exit, cpu, wall, stderr } = await measure(process.execPath, ["-e", script]);
    expect({ exit, stderr }).toEqual({ exit: 6, stderr: "words\n" });
    expect(cpu).toBeGreaterThan(0.3);
    expect(wall).toBeGreaterThan(0.3);
  },
);

it.skipIf(!onLinux)("sees the memory a program touched and can stop it at a line of its output", async () => {
  const script = `const held = Buffer.alloc(150e6, 1); process.on("SIGTERM", () => process.exit(143));
    setTimeout(() => console.log("ready", held.length), 500); setTimeout(() => {}, 60000)`;
  const { exit, peakMb } = await measure(process.execPath, ["-e", script], {
    onLine: (line, stop) => line.startsWith("ready") && stop("SIGTERM"),
  });
  expect(exit).toBe(143);
  expect(peakMb).toBeGreaterThan(150e6 / 2 ** 20);
});

/** Burns CPU time of its own, so that a machine that is busy otherwise changes nothing. */
const BURN = `const burn = (ms) => { let x = 0; const end = Date.now() + 20000, start = process.cpuUsage().user;
  while ((process.cpuUsage().user - start) / 1000 < ms && Date.now() < end)
    for (let i = 0; i < 1e6; i++) x += Math.sqrt(x + 1); };`;

it.skipIf(!onLinux)(
  "tells recognition in threads, the main thread and other processes apart, and adds all of them up",
  async () => {
    const script = `${BURN}
      const { Worker } = require("worker_threads");
      require("child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(`${BURN} burn(300)`)}]);
      const thread = new Worker(${JSON.stringify(`${BURN} burn(700)`)}, { eval: true });
      thread.on("exit", () => setTimeout(() => burn(300), 300));`;
    const ledger = createCpuLedger({ jobs: 1 });
    const { cpu } = await measure(process.execPath, ["-e", script], { onSample: (pids) => ledger.see(pids) });
    const { ocr, mainThread, otherProcesses, otherThreads } = ledger.shares();
    expect(otherProcesses).toBeGreaterThan(0.25);
    expect(mainThread).toBeGreaterThan(0.15);
    expect(ocr).toBeGreaterThan(otherThreads);
    const all = ocr + mainThread + otherProcesses + otherThreads;
    expect(all).toBeGreaterThan(cpu * 0.8);
    expect(all).toBeLessThan(cpu * 1.05);
  },
);

it.skipIf(!onLinux)("keeps memory by the pages read, all processes together, shared pages once", async () => {
  const script = `const held = Buffer.alloc(100e6, 1);
    require("child_process").spawn(process.execPath, ["-e", "const b = Buffer.alloc(100e6, 1); setTimeout(() => b, 900)"]);
    setTimeout(() => held.length, 1200)`;
  const log = createMemoryLog(50);
  let looks = 0;
  await measure(process.execPath, ["-e", script], { onSample: (pids) => log.see(pids, ++looks) });
  expect(log.peak().pss).toBeGreaterThan(200e6 / 2 ** 20);
  expect(log.peak().pss).toBeLessThanOrEqual(log.peak().rss);
  expect(log.mean(0, looks).samples).toBeGreaterThan(3);
  expect(log.mean(looks, looks + 1).samples).toBe(0);
});

it("tells how long a thousand files take at the speed of those that were signed", () => {
  expect(perThousand(45, 1000)).toBe(45);
  expect(perThousand(6, 100)).toBe(60);
});

it("sums the profile's own time by folder, package and node, without waiting", () => {
  const at = (id: number, functionName: string, url = "") => ({ id, callFrame: { functionName, url } });
  const nodes = [
    at(1, "(idle)"),
    at(2, "judge", "file:///p/dist/signing/verify/verify.js"),
    at(3, "fromBER", "file:///p/node_modules/asn1js/build/index.es.js"),
    at(4, "decode", "file:///p/node_modules/@peculiar/utils/index.js"),
    at(5, "(program)"),
    at(6, "readCms", "file:///p/dist/signing/verify/other.js"),
    at(7, "main", "file:///p/dist/cli.js"),
    at(8, "(garbage collector)"),
  ];
  const profile = {
    nodes,
    samples: [1, 2, 3, 4, 5, 6, 7, 8],
    timeDeltas: [9e6, 1e6, 5e6, 4e6, 3e6, 7e6, 1e5, 2e5],
  };
  expect(whereTimeGoes(profile)).toEqual([
    { part: "signing/verify", seconds: 8 },
    { part: "asn1js", seconds: 5 },
    { part: "@peculiar/utils", seconds: 4 },
    { part: "node", seconds: 3 },
    { part: "garbage collector", seconds: 0.2 },
    { part: "sohoa", seconds: 0.1 },
  ]);
});
