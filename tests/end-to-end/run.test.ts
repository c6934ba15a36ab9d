import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { takeRunLock } from "../../src/objects/run-lock.ts";
import {
  type Ended,
  type Event,
  events,
  FIXTURES,
  makeWorkspace,
  scratchFolder,
  sohoa,
} from "../support/program.ts";
import { bagsOf } from "../support/warehouse.ts";

const scratch = scratchFolder("run");
const input = join(scratch, "quet");
let number = 0;

beforeAll(() => {
  const source = join(FIXTURES, "scans/H57.132-260810-0101/don.tif");
  mkdirSync(join(input, "H57.132-260810-0101"), { recursive: true });
  cpSync(source, join(input, "H57.132-260810-0101/don.tif"));
});

const fresh = (options?: Parameters<typeof makeWorkspace>[1]) =>
  makeWorkspace(join(scratch, `w${++number}`), options);

function run(
  workspace: string,
  more: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Ended> {
  return sohoa(["run", input, "--json", "--workspace", workspace, ...more], { env });
}

/** Pages that were recognised, not kept from an earlier run. */
const read = ({ out }: Ended): Event[] => events(out).filter(({ kept }) => kept === false);
const summary = ({ out }: Ended): Event | undefined => events(out).at(-1);
const NOTHING = {
  type: "summary",
  documents: {},
  pages: 0,
  kilobytesPerPage: null,
  left: 0,
  warnings: {},
  seconds: 0,
};
const kho = (workspace: string): string => join(workspace, "kho");

describe("a run in steps", () => {
  it("leaves papers unsigned with --no-sign, and the next run signs and delivers without reading again", async () => {
    const workspace = await fresh();
    const first = await run(workspace, ["--no-sign"]);
    expect(first.exit).toBe(6);
    expect(summary(first)).toMatchObject({ type: "summary", documents: { unsigned: 1 }, pages: 1, exit: 6 });
    expect(read(first)).toHaveLength(1);
    const second = await run(workspace);
    expect(second.exit).toBe(0);
    expect(read(second)).toEqual([]);
    expect(bagsOf(kho(workspace))).toHaveLength(1);
  });

  it("holds what a test key signed, exit 6, until test signatures are allowed", async () => {
    const workspace = await fresh({ allowTestSignature: false });
    const held = await run(workspace);
    expect(held.exit).toBe(6);
    expect(events(held.out)).toContainEqual(
      expect.objectContaining({ state: "held", reason: "certificate" }),
    );
    expect(bagsOf(kho(workspace))).toEqual([]);
    const allowed = await run(workspace, ["--allow-test-signature"]);
    expect(allowed.exit).toBe(0);
    expect(read(allowed)).toEqual([]);
    expect(bagsOf(kho(workspace))).toHaveLength(1);
  });

  it("keeps papers from the warehouse with --no-deliver, and delivers them later", async () => {
    const workspace = await fresh();
    const first = await run(workspace, ["--no-deliver"]);
    expect(first.exit).toBe(6);
    expect(summary(first)?.documents).toEqual({ undelivered: 1 });
    expect((await run(workspace)).exit).toBe(0);
  });

  it("plans without reading, signing or delivering anything", async () => {
    const workspace = await fresh();
    for (const command of [
      ["plan", input],
      ["run", input, "--dry-run"],
    ]) {
      const { exit, out } = await sohoa([...command, "--json", "--workspace", workspace]);
      expect(exit).toBe(0);
      const planned = { type: "document", state: "delivered", pages: 1, dossier: "H57.132-260810-0101" };
      expect(events(out)).toEqual([expect.objectContaining(planned)]);
    }
    expect(bagsOf(kho(workspace))).toEqual([]);
    expect(read(await run(workspace))).toHaveLength(1);
  });
});

describe("what stops a run", () => {
  it("is a wrong passphrase: exit 7, not one page read, the summary still comes last", async () => {
    const workspace = await fresh();
    const ended = await run(workspace, [], { SOHOA_KEY_PASSPHRASE: "sai" });
    expect(ended.exit).toBe(7);
    expect(ended.err).toContain("wrong_passphrase");
    expect(events(ended.out)).toEqual([expect.objectContaining({ type: "summary", left: 1, exit: 7 })]);
    expect(bagsOf(kho(workspace))).toEqual([]);
  });

  it("is an expired key: exit 7", async () => {
    const workspace = await fresh({ now: new Date("2020-01-01") });
    const ended = await run(workspace);
    expect(ended.exit).toBe(7);
    expect(ended.err).toContain("certificate_dates");
    expect(read(ended)).toEqual([]);
    expect((await run(workspace, ["--no-sign"])).exit).toBe(6);
  });

  it("is no key at all: exit 7", async () => {
    const workspace = await fresh();
    writeFileSync(join(workspace, "sohoa.yaml"), "unit: H57.132\nofficer: nv-0123\n");
    const ended = await run(workspace);
    expect([ended.exit, read(ended)]).toEqual([7, []]);
    expect(ended.err).toContain("key_missing");
  });

  it("is another run: exit 8 with holder and age; --if-locked skip ends with 0", async () => {
    const workspace = await fresh();
    const lock = await takeRunLock(join(workspace, ".sohoa/run.lock"), new Date());
    const ended = await run(workspace);
    expect(ended.exit).toBe(8);
    expect(ended.err).toContain(`pid ${process.pid} @ `);
    const skipped = await run(workspace, ["--if-locked", "skip"]);
    expect([skipped.exit, summary(skipped)]).toEqual([0, { ...NOTHING, exit: 0 }]);
    expect(skipped.err).toMatch(/bỏ qua/u);
    expect(summary(ended)).toEqual({ ...NOTHING, exit: 8 });
    await lock.release();
    expect((await run(workspace)).exit).toBe(0);
  });

  it("is the limit: exit 10, work left", async () => {
    const workspace = await fresh();
    const both = join(scratch, "hai");
    for (const code of ["H57.132-260810-0101", "H57.132-260811-0077"]) {
      const extra = code.endsWith("7") ? [1] : [];
      mkdirSync(join(both, code), { recursive: true });
      const bytes = readFileSync(join(input, "H57.132-260810-0101/don.tif"));
      writeFileSync(join(both, code, "don.tif"), Buffer.concat([bytes, Buffer.from(extra)]));
    }
    const ended = await sohoa(["run", both, "--json", "--limit", "1", "--workspace", workspace]);
    expect(ended.exit).toBe(10);
    expect(summary(ended)).toMatchObject({ documents: { delivered: 1 }, left: 1, exit: 10 });
  });
});

describe("wrong usage is answered with 2 and touches nothing", () => {
  it.each([
    [["--such"]],
    [["--limit", "0"]],
    [["--jobs", "many"]],
    [["--role", "both"]],
    [["--until", "yesterday"]],
    [["--if-locked", "perhaps"]],
    [["--unit", "không phải mã"]],
  ])("run with %j", async (more) => {
    const workspace = await fresh();
    const ended = await run(workspace, more);
    expect(ended.exit).toBe(2);
    // What the command line's own grammar refuses never becomes a run.
    expect(["", `${JSON.stringify({ ...NOTHING, exit: 2 })}\n`]).toContain(ended.out);
    expect(ended.err).not.toBe("");
    expect(readdirSync(workspace).toSorted()).toEqual(expect.not.arrayContaining(["kho"]));
  });

  it.each([
    [["nonsense"]],
    [["run"]],
    [["show"]],
    [["report", "--by", "colour"]],
    [["report", "--period", "2026", "--to", "2026-11-01"]],
    [["report", "--require", "abc"]],
    [["register", "import", "x", "y"]],
  ])("%j", async (words) => {
    const workspace = await fresh();
    const { exit, out } = await sohoa(words, { cwd: workspace });
    expect([exit, out]).toEqual([2, ""]);
  });

  it("an input that is not there", async () => {
    const workspace = await fresh();
    const ended = await sohoa(["run", join(scratch, "nowhere"), "--json", "--workspace", workspace]);
    expect([ended.exit, summary(ended)]).toMatchObject([2, { type: "summary", documents: {}, exit: 2 }]);
    expect(ended.err).toContain("no such input");
  });

  it("a setting nobody knows, with the nearest right name", async () => {
    const workspace = await fresh({ more: ["targts: [x]"] });
    const ended = await run(workspace);
    expect(ended.exit).toBe(2);
    expect(ended.err).toContain("targts");
    expect(ended.err).toContain("targets");
    expect(summary(ended)).toEqual({ ...NOTHING, exit: 2 });
  });

  it("a folder without a workspace", async () => {
    const ended = await sohoa(["status"], { cwd: scratch });
    expect(ended.exit).toBe(2);
    expect(ended.err).toContain("sohoa init");
  });
});

describe("what people and machines read", () => {
  const COMMANDS = [
    "deliver",
    "demo",
    "doctor",
    "init",
    "plan",
    "register",
    "report",
    "run",
    "sheets",
    "show",
    "sign",
    "status",
    "verify",
  ];

  it.each(["", ...COMMANDS])("help of %j starts with examples and exits 0", async (command) => {
    const { exit, out } = await sohoa([command, "--help"].filter(Boolean));
    expect(exit).toBe(0);
    expect(out).toMatch(/^Ví dụ \/ examples:/u);
    expect(out).toContain(command === "" ? "verify" : "--workspace");
  });

  it("is plain text without a terminal, in either language, and never the wrong one first", async () => {
    const workspace = await fresh();
    const words = ["run", input, "--workspace", workspace, "--no-sign"];
    const vi = await sohoa(words, { env: { NO_COLOR: "1" } });
    const en = await sohoa([...words, "--lang", "en"], { env: { TERM: "dumb" } });
    expect(vi.out).toContain("chờ ký");
    expect(en.out).toContain("waits for a signature");
    const shown = await sohoa(["show", "H57.132-260810-0101", "--lang", "en"], { cwd: workspace });
    expect(shown.out).toMatch(/ words · /u);
    expect(shown.out).toMatch(/ \d\d\/\d\d\/\d{4} \d\d:\d\d unsigned/u);
    expect((await sohoa(["status"], { cwd: workspace })).out).toMatch(/: \d\d\/\d\d\/\d{4} \d\d:\d\d → /u);
    // oxlint-disable-next-line no-control-regex -- escape sequences are what must not be there
    expect(vi.out + vi.err + en.out + en.err).not.toMatch(/\u001B/u);
  });

  it("takes one trusted root after each --trust, and the files after them", async () => {
    const root = join(await fresh(), "keys/test-root.pem");
    const file = join(FIXTURES, "manifest-scans/ho-so-gop.pdf");
    const { out } = await sohoa(["verify", "--trust", root, "--trust", root, file, "--json"]);
    expect(events(out)).toMatchObject([{ type: "file", file }]);
    const wrong = await sohoa(["verify", "--trust", root, "--trust", join(scratch, "no.pem"), file]);
    expect([wrong.exit, wrong.out]).toEqual([2, ""]);
  });

  it("counts states for scripts", async () => {
    const workspace = await fresh();
    await run(workspace, ["--no-sign"]);
    const { exit, out } = await sohoa(["status", "--json"], { cwd: workspace });
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ type: "status", documents: { unsigned: 1, delivered: 0 } });
  });

  it("makes a workspace that init's own words lead on from, and never overwrites one", async () => {
    const folder = join(scratch, "mới");
    expect((await sohoa(["init", folder])).exit).toBe(0);
    expect((await sohoa(["status"], { cwd: folder })).exit).toBe(0);
    expect((await sohoa(["init", folder])).exit).toBe(2);
  });

  it("says what is wrong with the machine or the key: doctor exits 3, else 0", async () => {
    const workspace = await fresh();
    const good = await sohoa(["doctor", "--json"], { cwd: workspace });
    const key = events(good.out).find((line) => "check" in line && line.check === "key");
    expect(key).toMatchObject({ ok: true });
    const bad = await sohoa(["doctor"], { cwd: workspace, env: { SOHOA_KEY_PASSPHRASE: "sai" } });
    expect(bad.exit).toBe(3);
    expect(bad.out).toContain("wrong_passphrase");
  });
});
