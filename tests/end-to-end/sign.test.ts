import { execFileSync, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openLedger, type SohoaLedger } from "../../src/ledger/open-ledger.ts";
import { layOutPapers } from "../crash/papers.ts";
import { type Ended, type Event, events, makeWorkspace, scratchFolder, sohoa } from "../support/program.ts";
import { bagsOf } from "../support/warehouse.ts";

/** Two TIFFs, one paper of two JPEGs. */
const FILES = 4;
const PAPERS = 3;

const scratch = scratchFolder("sign");
const input = join(scratch, "quet");
const prepared = join(scratch, "prepared");
let number = 0;

/** What cron left in the night; the scans are gone since, and each test has a copy of the workspace at another place. */
beforeAll(async () => {
  layOutPapers(input, FILES);
  await makeWorkspace(prepared);
  const { exit, out } = await sohoa(["run", input, "--no-sign", "--json", "--workspace", prepared]);
  expect([exit, events(out).at(-1)?.documents]).toEqual([6, { unsigned: PAPERS }]);
  renameSync(input, join(scratch, "cất đi"));
}, 60_000);

function morning(): string {
  const workspace = join(scratch, `w${++number}`);
  cpSync(prepared, workspace, { recursive: true });
  return workspace;
}

const asked = (
  workspace: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> => sohoa([...words, "--workspace", workspace], { env });
const told = (ended: Ended, type: string): Event[] =>
  events(ended.out).filter((event) => event.type === type);
const kho = (workspace: string): string => join(workspace, "kho");
const pdfsig = (file: string): string => execFileSync("pdfsig", ["-nocert", file], { encoding: "utf8" });

type Shown = Awaited<ReturnType<SohoaLedger["showDocument"]>>[number];

/** The whole chain of every document, by its place in the register. */
async function shown(workspace: string): Promise<Shown[]> {
  const ledger = await openLedger({ path: join(workspace, ".sohoa/ledger.sqlite") });
  try {
    const documents = await ledger.listDocuments();
    return (await Promise.all(documents.map(({ id }) => ledger.showDocument(id)))).flat();
  } finally {
    await ledger.close();
  }
}

const signings = ({ audit }: Shown) => audit.filter(({ action }) => action === "document.signed");

describe("an office that signs in the morning what was made in the night", () => {
  it("sees what waits, signs all of it with one passphrase and delivers, without the scans", async () => {
    const workspace = morning();
    const status = await asked(workspace, ["status"]);
    expect(status.out).toMatch(/3 {2}chờ ký\n.*sohoa sign/u);
    const list = await asked(workspace, ["sign", "--list"], { SOHOA_KEY_PASSPHRASE: "sai" });
    expect([list.exit, list.err]).toEqual([0, ""]);
    expect(list.out).toContain("Chờ ký: 3 tài liệu, 6 trang");
    expect(list.out).toContain("H57.132-260811-0077 · thành phần hồ sơ · H57.132-260811-0077/bien-ban.tif");
    expect(list.out).toContain("Người chuẩn bị (1): nv-0123 3");
    const signed = await asked(workspace, ["sign", "--as", "nv-0200"]);
    expect([signed.exit, signed.err]).toEqual([0, expect.stringContaining("Người ký: ")]);
    expect(signed.err).toContain("CHỮ KÝ THỬ");
    expect(signed.out).toMatch(/3 {2}đã nộp kho/u);
    const bags = bagsOf(kho(workspace));
    expect(bags).toHaveLength(PAPERS);
    for (const { pdf, metadata } of bags) {
      expect(pdfsig(pdf)).toContain("Signature is Valid");
      expect(pdfsig(pdf)).toContain("Total document signed");
      expect(metadata["nguoiSoHoa"]).toBe("nv-0123");
    }
    for (const document of await shown(workspace)) {
      expect(document.officer).toBe("nv-0123");
      expect(signings(document)).toMatchObject([{ actor: "nv-0200" }]);
      const detail = JSON.parse(signings(document)[0]?.detail ?? "") as Record<string, unknown>;
      expect(detail).toMatchObject({ preparedBy: "nv-0123", file: document.file, level: "B-B", test: true });
    }
    const report = await asked(workspace, ["report", "--by", "officer", "--json"]);
    expect(report.out).toContain("nv-0123");
    expect(report.out).not.toContain("nv-0200");
    const human = await asked(workspace, ["show", "H57.132-260811-0077"]);
    expect(human.out).toMatch(/chuẩn bị +nv-0123\n +người ký +nv-0200 · [0-9a-f]{16}/u);
  });

  it("signs nothing twice: neither a second sign nor a later run has anything to do", async () => {
    const workspace = morning();
    expect((await asked(workspace, ["sign"])).exit).toBe(0);
    const files = bagsOf(kho(workspace)).map(({ metadata }) => metadata["sha256"]);
    const again = await asked(workspace, ["sign"], { SOHOA_KEY_PASSPHRASE: "sai" });
    expect([again.exit, again.out]).toEqual([0, "Không có tài liệu nào chờ ký.\n"]);
    const run = await sohoa(["run", join(scratch, "cất đi"), "--json", "--workspace", workspace]);
    expect(run.exit).toBe(0);
    expect(
      told(run, "document").every(({ unchanged, state }) => unchanged === true && state === "delivered"),
    ).toBe(true);
    expect(bagsOf(kho(workspace)).map(({ metadata }) => metadata["sha256"])).toEqual(files);
  });

  it("keeps an officer's signature when cron runs before the delivery", async () => {
    const workspace = morning();
    const signed = await asked(workspace, ["sign", "--no-deliver", "--json"]);
    expect([signed.exit, events(signed.out).at(-1)?.documents]).toEqual([6, { undelivered: PAPERS }]);
    const files = (await shown(workspace)).map(({ file }) => file);
    const cron = await sohoa([
      "run",
      join(scratch, "cất đi"),
      "--no-sign",
      "--no-deliver",
      "--json",
      "--workspace",
      workspace,
    ]);
    expect(events(cron.out).at(-1)?.documents).toEqual({ undelivered: PAPERS });
    expect((await asked(workspace, ["status"])).out).toContain("→ sohoa deliver");
    const sent = await asked(workspace, ["upload", "--json"], { SOHOA_KEY_PASSPHRASE: "sai" });
    expect([sent.exit, events(sent.out).at(-1)?.documents]).toEqual([0, { delivered: PAPERS }]);
    const after = await shown(workspace);
    expect(after.map(({ file }) => file)).toEqual(files);
    expect(after.map((document) => signings(document).length)).toEqual([1, 1, 1]);
  });

  it("takes only one dossier's papers, one officer's, or as many as the limit allows", async () => {
    const workspace = morning();
    const one = await asked(workspace, ["sign", "--dossier", "h57.132-260811-0077", "--json"]);
    expect([one.exit, events(one.out).at(-1)?.documents]).toEqual([0, { delivered: 1 }]);
    const nobody = await asked(workspace, ["sign", "--officer", "nv-9", "--json"]);
    expect([nobody.exit, events(nobody.out)]).toMatchObject([0, [{ type: "summary", documents: {} }]]);
    const first = await asked(workspace, ["sign", "--officer", "nv-0123", "--limit", "1", "--json"]);
    expect([first.exit, events(first.out).at(-1)]).toMatchObject([
      10,
      { documents: { delivered: 1 }, left: 1 },
    ]);
    expect(told(first, "waiting")).toHaveLength(2);
    expect(told(first, "signer")).toMatchObject([{ level: "B-B", test: true }]);
    expect((await asked(workspace, ["sign"])).exit).toBe(0);
    const wrong = await asked(workspace, ["sign", "--dossier", "nonsense"]);
    expect([wrong.exit, wrong.out]).toEqual([2, ""]);
  });

  it("writes a contact sheet of what waits and changes nothing", async () => {
    const workspace = morning();
    const file = join(workspace, "xem.pdf");
    const ended = await asked(workspace, ["sign", "--preview", file], { SOHOA_KEY_PASSPHRASE: "sai" });
    expect([ended.exit, ended.err]).toEqual([0, ""]);
    const text = execFileSync("pdftotext", [file, "-"], { encoding: "utf8" });
    expect(text).toContain("H57.132-260811-0077");
    expect(text).toContain("nv-0123");
    expect((await asked(workspace, ["sign", "--list", "--json"])).out.match(/"waiting"/gu)).toHaveLength(
      PAPERS,
    );
  });
});

describe("what stops the signing", () => {
  it("is a wrong passphrase: exit 7, nothing signed, and the right one goes on", async () => {
    const workspace = morning();
    const wrong = await asked(workspace, ["sign", "--json"], { SOHOA_KEY_PASSPHRASE: "sai" });
    expect([wrong.exit, events(wrong.out).at(-1)]).toMatchObject([
      7,
      { documents: {}, left: PAPERS, exit: 7 },
    ]);
    expect(wrong.err).toContain("wrong_passphrase");
    expect(existsSync(kho(workspace))).toBe(false);
    expect((await asked(workspace, ["sign"])).exit).toBe(0);
  });

  it("is no time stamp: exit 5, everything waits as it did, at no lower level", async () => {
    const workspace = morning();
    const level = [
      "signing:",
      "  key: keys/test-key.p12",
      "  passphraseFile: keys/unit.pass",
      "  level: B-T",
    ];
    const tsa = ["  trust: [keys/test-root.pem]", "  timeout: 1", '  tsa: ["http://127.0.0.1:9/tsa"]'];
    const common = ["unit: H57.132", "officer: nv-0123", "allowTestSignature: true"];
    writeFileSync(join(workspace, "sohoa.yaml"), [...common, ...level, ...tsa, ""].join("\n"));
    const ended = await asked(workspace, ["sign", "--json"]);
    expect(ended.exit).toBe(5);
    expect(told(ended, "document")).toContainEqual(
      expect.objectContaining({ state: "failed", reason: "timestamp" }),
    );
    expect(bagsOf(kho(workspace))).toEqual([]);
    expect((await asked(workspace, ["sign", "--list"])).out).toContain("Chờ ký: 3 tài liệu");
  });

  it("is Ctrl-C: what was begun is whole, the rest waits, and the next sign ends it", async () => {
    const workspace = morning();
    const ended = await sohoa(["sign", "--json", "--workspace", workspace], {
      onLine: (line, child) => {
        if (line.includes('"signer"')) child.kill("SIGINT");
      },
    });
    expect(ended.exit).toBe(130);
    expect((await asked(workspace, ["sign"])).exit).toBe(0);
    expect(bagsOf(kho(workspace))).toHaveLength(PAPERS);
    for (const document of await shown(workspace)) expect(signings(document)).toHaveLength(1);
  });

  it.each(["sign", "deliver"] as const)(
    "is a death in the middle of %s: nothing half-signed is in the warehouse",
    async (command) => {
      const workspace = morning();
      if (command === "deliver") expect((await asked(workspace, ["sign", "--no-deliver"])).exit).toBe(6);
      const kill = (line: string, child: ChildProcess): void => {
        if (line.includes('"document"')) child.kill("SIGKILL");
      };
      const ended = await sohoa([command, "--json", "--workspace", workspace], { onLine: kill });
      expect(ended.signal ?? ended.exit).toBeDefined();
      for (const { pdf } of bagsOf(kho(workspace))) expect(pdfsig(pdf)).toContain("Signature is Valid");
      expect((await asked(workspace, [command])).exit).toBe(0);
      expect((await asked(workspace, ["deliver"])).exit).toBe(0);
      expect(bagsOf(kho(workspace))).toHaveLength(PAPERS);
      for (const document of await shown(workspace)) expect(signings(document)).toHaveLength(1);
    },
  );
});
