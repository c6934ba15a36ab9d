import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { shownName } from "../domain/shown-name.ts";
import { initWorkspace } from "../settings/init-workspace.ts";
import { makeTestKey } from "../signing/test-key.ts";
import type { Io, Lang } from "../ui/io.ts";
import { createPaint } from "../ui/paint.ts";
import { register } from "./register.ts";
import { report } from "./report.ts";
import { run } from "./run.ts";
import { status } from "./status.ts";
import type { Flags } from "./workspace.ts";

const FIXTURES = fileURLToPath(new URL("../../fixtures", import.meta.url));

/** What must become of a planted file; see fixtures/README.md. */
interface Truth {
  readonly files: readonly string[];
  readonly range?: readonly [number, number];
  readonly state: string;
  readonly reason?: string;
  readonly dossier?: string;
  readonly pages?: number;
}

interface Batch {
  readonly input: string;
  readonly exit: number;
  readonly documents: readonly Truth[];
}

/**
 * `sohoa demo`: a whole small run on the fixtures in a throw-away workspace with its own test key. Exit 0 when every
 * planted good and bad file ended as the fixtures' truth says, else 1.
 */
export async function demo(outside: Io, flags: Flags): Promise<number> {
  // SOHOA_TARGETS or SOHOA_LEDGER of real work must not draw the made-up papers into it.
  const io = { ...outside, env: {} };
  const lang: Lang = flags["lang"] === "en" ? "en" : "vi";
  const workspace = await makeWorkspace(io, flags["dir"]);
  const common = { workspace, lang, color: flags["color"] };
  const heading = (vi: string, en: string): void =>
    io.out(`\n${createPaint(io.colour).bold(lang === "vi" ? vi : en)}\n`);

  heading("1. Nhập danh mục", "1. Import the register");
  for (const kind of ["units", "officers", "dossiers", "quotas"]) {
    await register(io, common, ["import", kind, join(FIXTURES, "register", `${kind}.csv`)]);
  }
  const truth = JSON.parse(await readFile(join(FIXTURES, "truth.json"), "utf8")) as Record<string, Batch>;
  const wrong: string[] = [];
  heading("2. Số hóa", "2. Digitize");
  for (const name of ["scans", "manifest"]) {
    const batch = truth[name];
    if (batch !== undefined) wrong.push(...(await runBatch(io, common, batch)));
  }
  heading("3. Trạng thái", "3. States");
  await status(io, common);
  heading("4. Tỷ lệ số hóa", "4. Digitization rates");
  await report(io, { ...common, by: "unit", measure: "portal", format: "table" });

  io.out(`\nKho / warehouse: ${join(workspace, "kho")}\n`);
  io.out(`sohoa status --workspace ${workspace}\nsohoa verify ${join(workspace, "kho", "*", "*", "*")}\n`);
  for (const line of wrong) io.err(`✗ ${line}\n`);
  if (wrong.length === 0)
    heading("Mọi tệp mẫu kết thúc đúng như dự kiến.", "Every planted file ended as expected.");
  return wrong.length === 0 ? 0 : 1;
}

async function makeWorkspace(io: Io, dir: unknown): Promise<string> {
  const folder =
    typeof dir === "string" ? resolve(io.cwd, dir) : await mkdtemp(join(tmpdir(), "sohoa-demo-"));
  const workspace = await initWorkspace(folder);
  const keys = join(workspace, "keys");
  await mkdir(keys, { mode: 0o700 });
  const passphrase = randomBytes(24).toString("base64url");
  await writeFile(join(keys, "unit.pass"), `${passphrase}\n`, { mode: 0o600 });
  const { key, root } = await makeTestKey({ folder: keys, passphrase, now: new Date(), kind: "rsa" });
  await writeFile(
    join(workspace, "sohoa.yaml"),
    [
      "# Không gian làm việc thử của sohoa demo",
      "unit: H57.132",
      "officer: nv-0123",
      "allowTestSignature: true",
      "signing:",
      `  key: ${JSON.stringify(key)}`,
      "  passphraseFile: keys/unit.pass",
      `  trust: [${JSON.stringify(root)}]`,
      'targets: ["folder:./kho"]',
      "",
    ].join("\n"),
  );
  return workspace;
}

/** Runs one input and compares how each document ended with the truth; returns a line for each difference. */
async function runBatch(io: Io, flags: Flags, batch: Batch): Promise<string[]> {
  const events: Record<string, unknown>[] = [];
  const collect = (text: string): void => {
    for (const line of text.split("\n").filter(Boolean))
      events.push(JSON.parse(line) as Record<string, unknown>);
  };
  const exit = await run({ ...io, out: collect }, { ...flags, json: true }, [join(FIXTURES, batch.input)]);
  const ended = events.filter(({ type }) => type === "document");
  const wrong = exit === batch.exit ? [] : [`${batch.input}: exit ${exit}, expected ${batch.exit}`];
  for (const truth of batch.documents) wrong.push(...differences(truth, ended));
  if (ended.length !== batch.documents.length) {
    wrong.push(`${batch.input}: ${ended.length} documents, expected ${batch.documents.length}`);
  }
  return wrong;
}

const OPENED: ReadonlySet<string> = new Set(["delivered", "held", "split"]);

function differences(truth: Truth, ended: readonly Record<string, unknown>[]): string[] {
  const { files, range, state, reason, dossier } = truth;
  const names = files.map((file) =>
    shownName({ name: file, ...(range === undefined ? {} : { range: { first: range[0], last: range[1] } }) }),
  );
  const found = ended.find(({ file }) => names.includes(String(file)));
  // What was not opened has no pages to compare: a duplicate, a skipped or an unreadable paper.
  const pages = OPENED.has(state) ? truth.pages : undefined;
  return Object.entries({ state, reason, dossier: state === "delivered" ? dossier : undefined, pages })
    .filter(([name, wanted]) => wanted !== undefined && found?.[name] !== wanted)
    .map(([name, wanted]) => `${names[0]}: ${name} ${String(found?.[name])}, expected ${wanted}`);
}
