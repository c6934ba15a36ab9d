import { execFileSync } from "node:child_process";
import { constants } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const compiled = pathToFileURL(resolve(import.meta.dirname, "../../dist/engines/tune-process.js")).href;

/** Priorities last: they are changed in a process of its own. */
function answerOf(script: string): unknown {
  const source = `import { giveWay, collectLess } from ${JSON.stringify(compiled)}; ${script}`;
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "-e", source], { encoding: "utf8" }),
  );
}

it.skipIf(process.platform !== "linux")("gives way in every thread and process that is started later", () => {
  const script = `import { getPriority } from "node:os"; import { Worker } from "node:worker_threads";
    import { execFileSync } from "node:child_process"; import { readdirSync, readFileSync } from "node:fs";
    giveWay();
    const child = Number(execFileSync("nice", { encoding: "utf8" }));
    const before = new Set(readdirSync("/proc/self/task"));
    const worker = new Worker("setInterval(() => undefined, 1000)", { eval: true });
    worker.once("online", async () => {
      const [thread] = readdirSync("/proc/self/task").filter((name) => !before.has(name));
      const fields = readFileSync("/proc/self/task/" + thread + "/stat", "latin1").split(") ")[1].split(" ");
      console.log(JSON.stringify([getPriority(), child, Number(fields[16])]));
      await worker.terminate();
    });`;
  const nice = constants.priority.PRIORITY_BELOW_NORMAL;
  expect(answerOf(script)).toEqual([nice, nice, nice]);
});

it("collects less often when page images come and go", () => {
  const script = `import { PerformanceObserver } from "node:perf_hooks";
    const held = Array.from({ length: 2e5 }, (_, i) => ({ i, words: [i] }));
    let major = 0;
    new PerformanceObserver((list) => {
      major += list.getEntries().filter(({ detail }) => detail.kind === 4).length;
    }).observe({ entryTypes: ["gc"] });
    const pages = async () => {
      const kept = [];
      for (let page = 0; page < 60; page++) {
        kept.push(Buffer.alloc(4e6, 1));
        if (kept.length > 3) kept.shift();
        await new Promise((done) => setTimeout(done, 2));
      }
    };
    await pages();
    const before = major;
    collectLess();
    await pages();
    major -= before;
    await pages();
    console.log(JSON.stringify([before, major, held.length]));`;
  const [before, after] = answerOf(script) as [number, number];
  expect(after).toBeLessThan(before);
});
