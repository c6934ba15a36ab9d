import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { liveRun, type Moment } from "../crash/killed-run.ts";
import { expectBags, expectWhole } from "../support/pki/judge-delivery.ts";
import { makeSoftHsm, type SoftHsm } from "../support/pki/soft-hsm.ts";
import { scratchFolder } from "../support/program.ts";
import { mayMount, mountSmallDisk } from "../support/small-disk.ts";
import { bagsOf, leftovers } from "../support/warehouse.ts";
import { type Office, openOffice, type Told } from "./signing-office.ts";

const PAPERS = 6;
/** One paper at a time: what breaks after the first has left breaks before the last is signed. */
const ONE_BY_ONE = { jobs: 1 };
const OFFLINE = { revocation: "off" } as const;
/** Less than one signed file takes. */
const LEFT_BYTES = 12_288;
/** What has been begun when a run is killed. */
const KILLS: readonly Moment[] = [
  { of: "work file", nth: 1, thenMs: 0 },
  { of: "bag", nth: 1, thenMs: 4 },
  { of: "work file", nth: 2, thenMs: 3 },
  { of: "bag", nth: 2, thenMs: 0 },
];
/** OpenSC's go-between, which writes down every call. */
const SPIES = ["/usr/lib/x86_64-linux-gnu/pkcs11-spy.so", "/usr/lib/aarch64-linux-gnu/pkcs11-spy.so"];
const folder = scratchFolder("signing-breaks");
let office: Office;

beforeAll(async () => {
  office = await openOffice(folder, PAPERS);
});
afterAll(() => office.close());

const delivered = (workspace: string): number => bagsOf(join(workspace, "kho")).length;

function expectAll(told: Told, workspace: string): void {
  expect(told, told.err).toMatchObject({ exit: 0 });
  expectWhole(workspace, office.pki, { bags: PAPERS, stamped: false });
}

describe("a token", () => {
  let token: SoftHsm;
  beforeAll(() => {
    mkdirSync(join(folder, "token"));
    token = makeSoftHsm(join(folder, "token"));
    token.add("rsa", office.pki.signer("rsa"));
    token.addCertificate("issuing", office.pki.issuing);
    writeFileSync(join(folder, "pin"), `${token.pin}\n`);
    writeFileSync(join(folder, "wrong-pin"), "000000\n");
  });
  const settings = () => ({ ...OFFLINE, key: token.uri("rsa"), passphraseFile: join(folder, "pin") });

  it("that is pulled out in mid-batch stops it, exit 3; what has left is whole, the next run does the rest", async () => {
    const workspace = office.workspace("rsa", settings(), ONE_BY_ONE);
    let out = false;
    const stopped = await office.run(workspace, {
      env: token.env,
      onLine: (line) => {
        if (out || !line.includes('"state":"delivered"')) return;
        token.pullOut();
        out = true;
      },
    });
    const before = delivered(workspace);
    if (out) token.putBack();
    expect([out, stopped.exit], stopped.err).toEqual([true, 3]);
    expect(stopped.err).toContain("token_missing");
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(PAPERS);
    expectWhole(workspace, office.pki, { bags: before, stamped: false });
    expectAll(await office.run(workspace, { env: token.env }), workspace);
  });

  it("that is not there at the start: exit 3, nothing signed", async () => {
    const workspace = office.workspace("rsa", settings());
    token.pullOut();
    const told = await office.run(workspace, { env: token.env });
    token.putBack();
    expect([told.exit, told.papers, delivered(workspace)], told.err).toEqual([3, [], 0]);
    expect(told.err).toContain("token_missing");
  });

  it("hears a wrong PIN once: exit 7, nothing signed", async () => {
    const [spy] = SPIES.filter((path) => existsSync(path));
    const log = join(folder, "spy.log");
    const key = token.uri("rsa").replace(token.module, spy ?? token.module);
    const signing = { ...settings(), key, passphraseFile: join(folder, "wrong-pin") };
    const workspace = office.workspace("rsa", signing);
    const env = { ...token.env, PKCS11SPY: token.module, PKCS11SPY_OUTPUT: log };
    const told = await office.run(workspace, { env });
    expect([told.exit, told.papers, delivered(workspace)], told.err).toEqual([7, [], 0]);
    expect(told.err).toContain("wrong_pin");
    expect(spy === undefined ? 1 : readFileSync(log, "utf8").match(/: C_Login$/gmu)?.length).toBe(1);
  });
});

describe.skipIf(!mayMount())("a full disk", () => {
  it.each(["objects", "kho"])(
    "under %s stops the batch, exit 3, and leaves nothing half done; the next run goes on",
    async (place) => {
      const root = join(folder, `disk-${place}`);
      const objects = place === "objects";
      const where = objects ? { objects: root } : { targets: [`folder:${root}`] };
      const workspace = office.workspace("p256", OFFLINE, { ...ONE_BY_ONE, ...where });
      const kho = objects ? join(workspace, "kho") : root;
      const disk = mountSmallDisk(root);
      try {
        if (objects) cpSync(join(workspace, ".sohoa/objects"), root, { recursive: true });
        disk.fill(LEFT_BYTES);
        const stopped = await office.run(workspace);
        expect([stopped.exit, bagsOf(kho)], stopped.err).toEqual([3, []]);
        expect(stopped.err).toContain("disk_full");
        expect(leftovers(root)).toEqual([]);
        disk.empty();
        const told = await office.run(workspace);
        expect(told, told.err).toMatchObject({ exit: 0 });
        expectBags(kho, office.pki, { bags: PAPERS, stamped: false });
      } finally {
        disk.unmount();
      }
    },
  );
});

describe("a run that is killed while it signs", () => {
  it("leaves nothing half signed, and the next run signs and delivers the rest", async () => {
    const workspace = office.workspace("p384", OFFLINE, ONE_BY_ONE);
    const left: number[] = [];
    for (const moment of KILLS) {
      const { ended } = await liveRun(workspace, office.input, moment);
      expect(ended.signal).toBe("SIGKILL");
      expectBags(join(workspace, "kho"), office.pki, { bags: delivered(workspace), stamped: false });
      left.push(PAPERS - delivered(workspace));
    }
    console.log(`papers left after each kill: ${left.join(", ")}`);
    expectAll(await office.run(workspace), workspace);
  });
});
