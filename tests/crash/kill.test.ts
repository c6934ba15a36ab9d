import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import { run } from "../signing/judges.ts";
import { sha256sumCheck } from "../support/judges.ts";
import { events, makeWorkspace, scratchFolder } from "../support/program.ts";
import { bagsOf, leftovers } from "../support/warehouse.ts";
import { type Life, liveRun, type Moment } from "./killed-run.ts";
import { layOutPapers, PAGES, PAPERS, seeded } from "./papers.ts";

/** Three workspaces, seven kills each: starting, reading, writing work files, filling bags. */
const ROUNDS = 3;
const SEED = 20_261_122;

function moments(random: () => number): Moment[] {
  const upTo = (limit: number): number => Math.floor(random() * limit);
  return [
    { of: "clock", nth: 1, thenMs: 250 + upTo(900) },
    { of: "work file", nth: 1 + upTo(3), thenMs: upTo(8) },
    { of: "page", nth: 1, thenMs: upTo(250) },
    { of: "bag", nth: 1, thenMs: upTo(15) },
    { of: "work file", nth: 2 + upTo(4), thenMs: upTo(8) },
    { of: "clock", nth: 1, thenMs: 500 + upTo(900) },
    { of: "bag", nth: 1, thenMs: upTo(40) },
  ];
}

describe("a run that is killed again and again", () => {
  const folder = scratchFolder("crash");
  const input = layOutPapers(join(folder, "quet"));
  const random = seeded(SEED);

  it.each(Array.from({ length: ROUNDS }, (_, round) => round))(
    "delivers every paper once and reads no page it has reported a second time (round %i)",
    async (round) => {
      const workspace = await makeWorkspace(join(folder, `w${round}`));
      const lives: Life[] = [];
      for (const moment of moments(random)) lives.push(await liveRun(workspace, input, moment));
      expect(lives.map(({ ended }) => ended.signal)).toEqual(lives.map(() => "SIGKILL"));
      const last = await liveRun(workspace, input);
      console.log(
        [...lives, last].map((life) => `${life.read.length}+${life.kept}/${life.delivered}`).join(" "),
      );

      expect(last.ended.exit, last.ended.err).toBe(0);
      const summary = { type: "summary", documents: { delivered: PAPERS }, left: 0, exit: 0 };
      expect(events(last.ended.out).at(-1)).toMatchObject(summary);
      expectEachPageOnce([...lives, last]);
      await expectWhole(workspace);
    },
    240_000,
  );
});

function expectEachPageOnce(lives: readonly Life[]): void {
  const read = lives.flatMap((life) => life.read);
  expect(read.toSorted()).toEqual([...new Set(read)].toSorted());
  expect(read.length).toBeLessThanOrEqual(PAGES);
  expect(read.length).toBeGreaterThan(0);
}

/** One sound bag a paper, an unbroken audit chain, nothing half done. */
async function expectWhole(workspace: string): Promise<void> {
  const bags = bagsOf(join(workspace, "kho"));
  expect(new Set(bags.map(({ document }) => document)).size).toBe(PAPERS);
  expect(bags).toHaveLength(PAPERS);
  for (const bag of bags) {
    expect(sha256sumCheck(bag.folder).match(/: OK$/gmu)).toHaveLength(3);
    expect(run("pdfsig", ["-nocert", bag.pdf])).toContain("Signature is Valid.");
  }
  const ledger = await openLedger({ path: join(workspace, ".sohoa/ledger.sqlite") });
  await expect(ledger.verifyAudit()).resolves.toMatchObject({ intact: true });
  expect(await ledger.countsByState()).toMatchObject({ delivered: PAPERS, pending: 0 });
  await ledger.close();
  expect(leftovers(join(workspace, "kho"), join(workspace, ".sohoa"))).toEqual([]);
}
