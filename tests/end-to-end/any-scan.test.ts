import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { run as judge } from "../signing/judges.ts";
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
import { drawScans } from "./drawn-scans.ts";

const DOSSIER = "H57.132-260810-0101";
const FRONT = ["Đơn đề nghị cấp giấy phép xây dựng", "Nhà ở riêng lẻ hai tầng", "Phần thứ nhất"];
const BACK = ["Mặt sau của đơn đề nghị", "Bản vẽ kèm theo gồm năm tờ", "Phần thứ hai"];
const SECOND = ["Cam kết của chủ đầu tư", "Thi công đúng giấy phép", "Phần thứ ba"];

const scratch = scratchFolder("any-scan");
let number = 0;
const fresh = () => makeWorkspace(join(scratch, `w${++number}`));

function run(workspace: string, words: readonly string[]): Promise<Ended> {
  return sohoa(["run", ...words, "--json", "--workspace", workspace]);
}

const documents = ({ out }: Ended): Event[] => events(out).filter(({ type }) => type === "document");
const warnings = ({ out }: Ended): string[] =>
  events(out).flatMap(({ type, reason }) => (type === "warning" ? [reason ?? ""] : []));

describe("a stack scanned side after side by a simplex feeder", () => {
  const folder = join(scratch, DOSSIER);
  const [odd, even] = [join(folder, "le.pdf"), join(folder, "chan.pdf")];

  beforeAll(() => {
    mkdirSync(folder);
    drawScans({
      [odd]: [{ lines: FRONT }, { lines: SECOND }],
      // Turned over as a whole: the last sheet's back comes first.
      [even]: [{ lines: SECOND, blank: true }, { lines: BACK }],
    });
  });

  it("is laid together by --duplex; --drop-blank leaves the blank back out and says so", async () => {
    const workspace = await fresh();
    const ended = await run(workspace, ["--duplex", `odd=${odd},even=${even}`, "--drop-blank"]);
    expect(ended.exit, ended.err).toBe(0);
    expect(documents(ended)).toMatchObject([{ state: "delivered", dossier: DOSSIER, pages: 3 }]);
    expect(events(ended.out)).toContainEqual(
      expect.objectContaining({ type: "warning", reason: "dropped_blank", pages: [4] }),
    );
    const [bag] = bagsOf(join(workspace, "kho"));
    const text = readFileSync(join(bag?.folder ?? "", "data/text.txt"), "utf8").normalize("NFC");
    expect(text.split("\f").map((page) => page.trim().split("\n"))).toEqual([FRONT, BACK, SECOND]);
    expect(judge("qpdf", ["--show-npages", bag?.pdf ?? ""]).trim()).toBe("3");
    expect(bag?.metadata["soTrangGoc"]).toBe(4);
  });

  it("is refused when a side is short of a page: exit 4, nothing read", async () => {
    const short = join(folder, "chan-thieu.pdf");
    judge("qpdf", [even, "--pages", even, "1", "--", short]);
    const ended = await run(await fresh(), ["--duplex", `odd=${odd},even=${short}`]);
    expect(ended.exit, ended.err).toBe(4);
    expect(documents(ended)).toMatchObject([{ state: "failed", reason: "duplex_mismatch" }]);
    expect(documents(ended)[0]?.detail).toContain("2 fronts, 1 backs");
    expect(events(ended.out).filter(({ type }) => type === "page")).toEqual([]);
  });
});

describe("a PDF with a password", () => {
  it("waits for it, is opened by --password-file, and comes out without one", async () => {
    const workspace = await fresh();
    const folder = join(scratch, "khoa", DOSSIER);
    mkdirSync(folder, { recursive: true });
    const [open, locked] = [join(scratch, "open.pdf"), join(folder, "don.pdf")];
    drawScans({ [open]: [{ lines: FRONT }] });
    judge("qpdf", ["--encrypt", "mo-khoa", "chu", "256", "--", open, locked]);
    const refused = await run(workspace, [folder]);
    expect(refused.exit, refused.err).toBe(4);
    expect(documents(refused)).toMatchObject([{ state: "failed", reason: "password_needed" }]);

    const passwords = join(scratch, "mat-khau.txt");
    writeFileSync(passwords, "sai\nmo-khoa\n");
    const ended = await run(workspace, [folder, "--password-file", passwords]);
    expect(ended.exit, ended.err).toBe(0);
    const [bag] = bagsOf(join(workspace, "kho"));
    expect(judge("pdfinfo", [bag?.pdf ?? ""])).toMatch(/Encrypted: +no/u);
    expect(judge("pdftotext", [bag?.pdf ?? "", "-"]).normalize("NFC")).toContain(FRONT[0]);
    for (const spoken of [refused.out, refused.err, ended.out, ended.err])
      expect(spoken).not.toContain("mo-khoa");
  });
});

describe("quality and size", () => {
  it("makes coloured pages much smaller with --profile compact, and counts kilobytes a page", async () => {
    const letter = join(FIXTURES, "scans/000.00.14.H57-260112-0007/cong-van.jpg");
    const sizes: number[] = [];
    for (const profile of ["nd30", "compact"]) {
      const ended = await run(await fresh(), [letter, "--profile", profile]);
      expect(ended.exit, ended.err).toBe(0);
      sizes.push(Number(events(ended.out).at(-1)?.kilobytesPerPage));
    }
    const [plain = 0, compact = 0] = sizes;
    expect(compact).toBeGreaterThan(5);
    expect(compact).toBeLessThan(plain / 2);
    expect(compact).toBeLessThan(150);
  });

  it("warns of a page without colour, and holds it with --strict, without reading it twice", async () => {
    const workspace = await fresh();
    const folder = join(scratch, "den-trang", DOSSIER);
    mkdirSync(folder, { recursive: true });
    cpSync(join(FIXTURES, "scans", DOSSIER, "don.tif"), join(folder, "don.tif"));
    const warned = await run(workspace, [folder, "--no-sign"]);
    expect(documents(warned)).toMatchObject([{ state: "unsigned" }]);
    expect(warnings(warned)).toContain("not_colour");
    const held = await run(workspace, [folder, "--strict"]);
    expect(held.exit, held.err).toBe(6);
    expect(documents(held)).toMatchObject([{ state: "held", reason: "not_colour", detail: "p. 1" }]);
    expect(events(held.out).filter(({ kept }) => kept === false)).toEqual([]);
    expect(bagsOf(join(workspace, "kho"))).toEqual([]);
  });
});
