import { describe, expect, it } from "vitest";
import type { Candidate } from "../../src/domain/document.ts";
import type { PageArea } from "../../src/domain/ports.ts";
import type { SigningSettings } from "../../src/domain/settings.ts";
import { finishWorld, signingWorld } from "./finish-world.ts";
import { newWorld, paper, runWorld, type World } from "./world.ts";
import { hash } from "./world-objects.ts";

/** A code near the top left corner of the page as it was read. */
const BOX = { x0: 0.1, y0: 0.05, x1: 0.3, y1: 0.15 };

function withCode(signing: Partial<SigningSettings> = {}): World {
  const world = newWorld();
  world.codes.set("a/1", [{ format: "QRCode", text: "hello", box: BOX }]);
  set(world, { appearance: "tt01-scan", ...signing });
  return world;
}

function set(world: World, signing: Partial<SigningSettings>): void {
  world.settings = { signing: { ...world.context.settings.signing, ...signing } };
}

const rounded = (areas: readonly PageArea[] | undefined) =>
  areas?.map((area) => Object.values(area).map((share: number) => Math.round(share * 1000) / 1000));

describe("the visible signature", () => {
  it("is kept clear of the codes of page 1", async () => {
    const world = withCode();
    const { asked, context } = signingWorld(world);
    await runWorld(world, [paper("a", 2)], { context });
    expect(rounded(asked[0]?.keepClear)).toEqual([[0.1, 0.05, 0.3, 0.15]]);
  });

  it("looks for none when nothing will be drawn", async () => {
    const world = withCode({ appearance: "none" });
    const { asked, context } = signingWorld(world);
    await runWorld(world, [paper("a")], { context });
    expect(asked[0]?.keepClear).toEqual([]);
  });

  it.each([
    { turn: 90, area: [0.05, 0.7, 0.15, 0.9] },
    { turn: 180, area: [0.7, 0.85, 0.9, 0.95] },
    { turn: 270, area: [0.85, 0.1, 0.95, 0.3] },
  ])(
    "finds a code of a foreign page where it is shown, which was turned by $turn to be read",
    async (given) => {
      const world = withCode();
      await runWorld(world, [paper("a")], { reach: { sign: false, deliver: true } });
      const { asked, context } = signingWorld(world);
      const changes = [{ kind: "turn", degrees: given.turn }];
      const turned = withRecord(context, (record) => ({
        ...record,
        pages: record.pages.map((page) => ({ ...page, changes })),
        rest: { ...record.rest, conformance: "augmented" },
      }));
      await finishWorld(world, turned);
      expect(rounded(asked[0]?.keepClear)).toEqual([given.area]);
    },
  );

  it("gives a code more room on a page that lies askew", async () => {
    const world = withCode();
    await runWorld(world, [paper("a")], { reach: { sign: false, deliver: true } });
    const { asked, context } = signingWorld(world);
    const skewed = withRecord(context, (record) => ({
      ...record,
      pages: record.pages.map((page) => ({ ...page, skewDegrees: -4 })),
    }));
    await finishWorld(world, skewed);
    expect(rounded(asked[0]?.keepClear)).toEqual([[0.065, 0.015, 0.335, 0.185]]);
  });
});

interface Record {
  readonly pages: readonly object[];
  readonly rest: object;
}

function withRecord(context: World["context"], change: (record: Record) => Record): World["context"] {
  const waitingRecord = async (id: Candidate["id"]) => {
    const known = await context.ledger.waitingRecord(id);
    if (known === undefined) throw new Error("nothing waits");
    return { ...known, record: JSON.stringify(change(JSON.parse(known.record) as Record)) };
  };
  return Object.create(context, {
    ledger: { value: { ...context.ledger, waitingRecord } },
  }) as typeof context;
}

describe("a signature that was made and not recorded", () => {
  const CHANGES: readonly Partial<SigningSettings>[] = [
    { level: "B-T" },
    { padding: "pss" },
    { digest: "sha512" },
    { appearance: "nd30-copy" },
    { copyForm: "SAO LỤC" },
    { seal: "/w/dau.png" },
  ];

  /** Signs once and dies before the end is recorded; what is asked of the signer afterwards. */
  async function again(change: (world: World) => void, given: Parameters<typeof signingWorld>[1] = {}) {
    const world = withCode();
    const cut = signingWorld(world);
    await runWorld(world, [paper("a")], { context: cut.context });
    world.rows.clear();
    world.settled.clear();
    change(world);
    const next = signingWorld(world, given);
    await runWorld(world, [paper("a")], { context: next.context });
    return next.asked.length;
  }

  it("is taken as it is", async () => {
    expect(await again(() => undefined)).toBe(0);
  });

  it.each(CHANGES)("is made anew with %j", async (signing) => {
    expect(await again((world) => set(world, signing))).toBe(1);
  });

  it("is made anew with another key or another picture of the seal", async () => {
    expect(await again(() => undefined, { certificate: hash("other") })).toBe(1);
    expect(await again(() => undefined, { look: "another seal" })).toBe(1);
  });
});
