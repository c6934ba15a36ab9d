import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Ended, events, makeWorkspace, scratchFolder, sohoa } from "../support/program.ts";
import { bagsOf, leftovers } from "../support/warehouse.ts";
import { lifeOf, liveRun } from "./killed-run.ts";
import { layOutPapers } from "./papers.ts";

/** The first five files: two TIFFs, one paper of two JPEGs, one PDF; seven pages. */
const PAPERS = 4;
const PAGES = 7;

/** The second Ctrl-C must not wait for a page: one takes about two seconds. */
const AT_ONCE_MS = 1000;

describe("a run that is asked to stop", () => {
  const folder = scratchFolder("interrupt");
  const input = layOutPapers(join(folder, "quet"), 5);

  /** Sends signals at the first page, `apartMs` from each other; gives also how long the last one took to work. */
  async function stopped(workspace: string, signals: readonly NodeJS.Signals[]) {
    let sentAt = 0;
    const ended: Ended = await sohoa(["run", input, "--json", "--workspace", workspace], {
      onLine: (line, child) => {
        if (sentAt > 0 || !line.includes('"page"')) return;
        for (const [at, signal] of signals.entries()) {
          setTimeout(() => {
            child.kill(signal);
            sentAt = Date.now();
          }, at * 100);
        }
        sentAt = Date.now();
      },
    });
    return { ...lifeOf(ended), tookMs: Date.now() - sentAt };
  }

  it.each([
    { signal: "SIGINT", exit: 130 },
    { signal: "SIGTERM", exit: 143 },
  ] as const)(
    "ends at a clean checkpoint with $exit after one $signal, and the next run goes on",
    async ({ signal, exit }) => {
      const workspace = await makeWorkspace(join(folder, signal));
      const first = await stopped(workspace, [signal]);
      expect(first.ended.exit).toBe(exit);
      const summary = events(first.ended.out).at(-1);
      expect(summary).toMatchObject({ type: "summary", exit });
      expect(summary?.left).toBeGreaterThan(0);
      expect(leftovers(join(workspace, ".sohoa"), join(workspace, "kho"))).toEqual([]);

      const second = await liveRun(workspace, input);
      expect(second.ended.exit).toBe(0);
      const read = [...first.read, ...second.read];
      expect(read.toSorted()).toEqual([...new Set(read)].toSorted());
      expect(read).toHaveLength(PAGES);
      expect(bagsOf(join(workspace, "kho"))).toHaveLength(PAPERS);
    },
    120_000,
  );

  it("stops at once at the second Ctrl-C, and the next run goes on", async () => {
    const workspace = await makeWorkspace(join(folder, "twice"));
    const first = await stopped(workspace, ["SIGINT", "SIGINT"]);
    expect(first.ended.exit).toBe(130);
    expect(first.tookMs).toBeLessThan(AT_ONCE_MS);
    const second = await liveRun(workspace, input);
    expect(second.ended.exit).toBe(0);
    const read = [...first.read, ...second.read];
    expect(read.toSorted()).toEqual([...new Set(read)].toSorted());
    expect(bagsOf(join(workspace, "kho"))).toHaveLength(PAPERS);
    expect(leftovers(join(workspace, ".sohoa"), join(workspace, "kho"))).toEqual([]);
  }, 120_000);
});
