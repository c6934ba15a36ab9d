import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { signFiles } from "../../src/commands/sign-files.ts";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import { makeTestKey } from "../../src/signing/test-key.ts";
import type { Io } from "../../src/ui/io.ts";
import { pdfsig } from "../signing/judges.ts";
import { smallPdf } from "../signing/small-pdf.ts";

const root = mkdtempSync(join(tmpdir(), "sohoa-sign-files-"));
const path = (...parts: string[]) => join(root, ...parts);

beforeAll(async () => {
  const { key, root: trust } = await makeTestKey({
    folder: path("keys"),
    passphrase: "x",
    now: new Date(),
    kind: "ec",
  });
  const lines = [`key: ${key}`, `trust: [${trust}]`, "passphraseFile: keys/pass"].map((line) => `  ${line}`);
  writeFileSync(path("keys", "pass"), "x\n");
  writeFileSync(path("sohoa.yaml"), ["officer: nv-0123", "signing:", ...lines, ""].join("\n"));
  mkdirSync(path("in"));
  for (const name of ["a", "b"]) writeFileSync(path("in", `${name}.pdf`), smallPdf());
  writeFileSync(path("in", "broken.pdf"), "%PDF-1.7\nnothing more\n");
});
afterAll(() => rmSync(root, { recursive: true }));

interface Line {
  readonly type: string;
  readonly file?: string;
  readonly state?: string;
  readonly reason?: string | null;
  readonly detail?: string;
  readonly exit?: number;
}

/** Runs the command in the workspace; gives its exit code and its NDJSON. */
async function sign(files: readonly string[], out: string | undefined, flags: object = {}) {
  const lines: Line[] = [];
  const io: Io = {
    out: (text) => void lines.push(JSON.parse(text) as Line),
    err: () => undefined,
    live: false,
    colour: false,
    env: {},
    cwd: root,
    ask: undefined,
  };
  const exit = await signFiles(io, { json: true, out, workspace: root, ...flags }, files);
  return { exit, lines };
}

it("signs every file into the folder, leaves the sources as they are and says so in the audit log", async () => {
  const { exit, lines } = await sign(["in/a.pdf", "in/b.pdf"], "whole");
  expect(exit).toBe(0);
  expect(lines.map(({ type, state }) => state ?? type)).toEqual(["signed", "signed", "summary"]);
  for (const name of ["a.pdf", "b.pdf"]) {
    const [source, made] = [readFileSync(path("in", name)), readFileSync(path("whole", name))];
    expect(made.subarray(0, source.length).equals(source)).toBe(true);
    expect(pdfsig(path("whole", name), "-nocert")).toContain("Signature is Valid");
  }
  const ledger = await openLedger({ path: path(".sohoa", "ledger.sqlite") });
  const actions: string[] = [];
  for await (const row of ledger.auditRows()) actions.push(`${row.actor} ${row.action}`);
  await ledger.close();
  expect(actions).toEqual(["nv-0123 file.signed", "nv-0123 file.signed"]);
});

it("does not sign a second time what an earlier run has finished", async () => {
  await sign(["in/a.pdf"], "twice");
  const first = readFileSync(path("twice", "a.pdf"));
  const { exit, lines } = await sign(["in/a.pdf"], "twice");
  expect(exit).toBe(0);
  expect(lines[0]?.state).toBe("unchanged");
  expect(readFileSync(path("twice", "a.pdf")).equals(first)).toBe(true);
});

it("goes on past a broken and a missing file, and leaves nothing of them", async () => {
  const { exit, lines } = await sign(["in/broken.pdf", "in/none.pdf", "in/b.pdf"], "mixed");
  expect(exit).toBe(4);
  const ends = Object.fromEntries(lines.map(({ file = "", state = "" }) => [file, state]));
  expect(ends).toMatchObject({ "in/broken.pdf": "failed", "in/none.pdf": "failed", "in/b.pdf": "signed" });
  expect(readdirSync(path("mixed"))).toEqual(["b.pdf"]);
});

it("keeps a foreign file that already has the name", async () => {
  mkdirSync(path("taken"));
  writeFileSync(path("taken", "a.pdf"), "mine");
  const { exit, lines } = await sign(["in/a.pdf"], "taken");
  expect(exit).toBe(4);
  expect(lines[0]).toMatchObject({ state: "failed", reason: "output_exists" });
  expect(readFileSync(path("taken", "a.pdf"), "utf8")).toBe("mine");
});

it("does not take for signed what merely begins like its source", async () => {
  mkdirSync(path("fake"));
  writeFileSync(
    path("fake", "a.pdf"),
    Buffer.concat([readFileSync(path("in", "a.pdf")), Buffer.from("% nothing")]),
  );
  const { exit, lines } = await sign(["in/a.pdf"], "fake");
  expect(exit).toBe(4);
  expect(lines[0]).toMatchObject({ state: "failed", reason: "output_exists" });
});

it("lets two runs at the same files meet without harm", async () => {
  const both = await Promise.all([sign(["in/a.pdf"], "meet"), sign(["in/a.pdf"], "meet")]);
  const states = both.map(({ lines }) => lines[0]?.state);
  expect(states).toContain("signed");
  expect(pdfsig(path("meet", "a.pdf"), "-nocert").match(/Signature is Valid/gu)).toHaveLength(1);
  expect(readdirSync(path("meet"))).toEqual(["a.pdf"]);
});

it("sweeps what a killed run left, and only that", async () => {
  mkdirSync(path("swept"));
  const uuid = "00000000-0000-4000-8000-000000000000";
  const [dead, alive] = [`.x.pdf.4194999-${uuid}.part`, `.y.pdf.${process.pid}-${uuid}.part`];
  for (const name of [dead, alive, ".other.part"]) writeFileSync(path("swept", name), "half");
  await sign(["in/a.pdf"], "swept");
  expect(readdirSync(path("swept")).toSorted()).toEqual([".other.part", alive, "a.pdf"].toSorted());
});

it("refuses what only picks among waiting documents, and signs nothing then", async () => {
  await expect(sign(["in/a.pdf"], "listed", { list: true })).rejects.toThrow(
    expect.objectContaining({ code: "usage" }),
  );
  expect(existsSync(path("listed"))).toBe(false);
});

it("says when the page has no free place for a second box", async () => {
  writeFileSync(path("in", "label.pdf"), smallPdf({ width: 150, height: 30 }));
  const first = await sign(["in/label.pdf"], "label-once");
  const second = await sign(["label-once/label.pdf"], "label-twice");
  expect(first.lines[0]).toMatchObject({ state: "signed", detail: "" });
  expect(second.lines[0]).toMatchObject({ state: "signed", detail: "box_crowded" });
  expect(second.exit).toBe(0);
  expect(pdfsig(path("label-twice", "label.pdf"), "-nocert").match(/Signature is Valid/gu)).toHaveLength(2);
});

it("says that a folder is no PDF", async () => {
  const { lines } = await sign(["in"], "folder");
  expect(lines[0]).toMatchObject({ state: "failed", reason: "unsupported_format" });
});

it.each([
  ["no folder", ["in/a.pdf"], undefined],
  ["two files of one name", ["in/a.pdf", "../in/a.pdf"], "clash"],
  ["the folder of the source", ["in/a.pdf"], "in"],
  ["a folder in a folder that is not there", ["in/a.pdf"], "no/such"],
  ["a file for a folder", ["in/b.pdf"], "in/a.pdf"],
])("refuses %s before anything is touched", async (_what, files, out) => {
  await expect(sign(files, out)).rejects.toThrow(expect.objectContaining({ code: "usage" }));
  expect(existsSync(path("clash"))).toBe(false);
});
