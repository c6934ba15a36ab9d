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
  options?: { onLine: (line: string, stop: (signal: string) => void) => void },
) => Promise<Measured>;

// The bench is plain JavaScript without types; what is judged here is what its figures rest on.
const load = (name: string): Promise<unknown> => import(new URL(name, import.meta.url).href);
const { wordsOf, missingWords, wordErrorRate } = (await load("./words.mjs")) as Judges;
const { measure } = (await load("./measure.mjs")) as { measure: Measure };

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
