import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { run as judge } from "../signing/judges.ts";
import { type Ended, type Event, events, makeWorkspace, scratchFolder, sohoa } from "../support/program.ts";
import { bagsOf } from "../support/warehouse.ts";
import { type DrawnPage, drawScans, printedSheets } from "./drawn-scans.ts";

const [A, B, C] = ["H57.132-260903-0051", "H57.132-260910-0088", "H57.133-261012-0002"] as const;
const LAND = ["Đơn đăng ký biến động đất đai", "Thửa đất ở thôn Mẫu Hai", "Người làm đơn ký tên"];
const MEASURED = ["Diện tích sử dụng riêng", "Đất ở tại nông thôn", "Ranh giới đã được xác nhận"];
const BIRTH = ["Tờ khai cấp bản sao giấy khai sinh", "Kính gửi Ủy ban nhân dân xã", "Người khai ký tên"];
const STAY = ["Giấy xác nhận thời gian cư trú", "Gia đình sống ổn định tại thôn", "Cán bộ tiếp nhận"];

const scratch = scratchFolder("stack");
const input = join(scratch, "quet");
const stack = join(input, "tap.pdf");
const workspace = join(scratch, "w");

const run = (more: readonly string[] = []): Promise<Ended> =>
  sohoa(["run", input, "--json", "--workspace", workspace, ...more]);
const documents = ({ out }: Ended): Event[] => events(out).filter(({ type }) => type === "document");
const read = ({ out }: Ended): Event[] => events(out).filter(({ kept }) => kept === false);

/** Texts of the bags of a dossier. */
function textsOf(dossier: string): string[] {
  return bagsOf(join(workspace, "kho"))
    .filter(({ name }) => name.split("/")[1] === dossier)
    .map(({ folder }) => readFileSync(join(folder, "data/text.txt"), "utf8").normalize("NFC"));
}

describe("a stack of three papers, scanned with the cover sheets that sohoa sheets printed", () => {
  const whole = join(scratch, "whole.pdf");

  beforeAll(async () => {
    mkdirSync(input);
    const sheets = await printedSheets(scratch, [A, B, C, "--role", "component", "--type", "DON"]);
    const [first = {}, second = {}, third = {}] = sheets;
    const paper = (lines: readonly string[]): DrawnPage => ({ lines });
    drawScans({
      [whole]: [first, paper(LAND), paper(MEASURED), second, paper(BIRTH), third, paper(STAY)],
    });
    await makeWorkspace(workspace);
  });

  it("is held whole with --strict when a sheet is missing", async () => {
    judge("qpdf", [whole, "--pages", whole, "1-3,5-7", "--", stack]);
    const ended = await run(["--strict"]);
    expect(ended.exit, ended.err).toBe(6);
    expect(documents(ended)).toEqual([
      expect.objectContaining({ file: "tap.pdf", state: "held", reason: "missing_sheet", pages: 6 }),
    ]);
    expect(bagsOf(join(workspace, "kho"))).toEqual([]);
  });

  it("else holds only the paper before the missing sheet, and says how many dossiers it had to find", async () => {
    const ended = await run(["--expect-dossiers", "3"]);
    expect(ended.exit, ended.err).toBe(6);
    expect(read(ended)).toEqual([]);
    expect(documents(ended)).toMatchObject([
      { file: "tap.pdf", state: "split", pages: 2 },
      { file: "tap.pdf#2-4", state: "held", reason: "missing_sheet", detail: "2/3" },
      { file: "tap.pdf#6-6", state: "delivered", dossier: C },
    ]);
    const [warning] = events(ended.out).filter(({ type }) => type === "warning");
    expect(warning).toMatchObject({ reason: "missing_sheet" });
    expect(warning?.detail).toContain("expected 3 sheets, found 2; missing 2/3");
    expect(warning?.detail).toContain("expected 3 dossiers, found 2");
    expect(events(ended.out).at(-1)?.documents).toEqual({ split: 1, held: 1, delivered: 1 });
    expect([textsOf(A), textsOf(B)]).toEqual([[], []]);
  });

  it("delivers every paper under its sheet's dossier once the stack is scanned again complete", async () => {
    judge("qpdf", [whole, stack]);
    const ended = await run(["--expect-dossiers", "3"]);
    expect(ended.exit, ended.err).toBe(0);
    expect(documents(ended)).toMatchObject([
      { file: "tap.pdf", state: "split", pages: 3 },
      { file: "tap.pdf#2-3", state: "delivered", dossier: A, pages: 2 },
      { file: "tap.pdf#5-5", state: "delivered", dossier: B, pages: 1 },
      { file: "tap.pdf#7-7", state: "delivered", dossier: C, pages: 1 },
    ]);
    expect(
      events(ended.out).filter(({ type, reason }) => type === "warning" && reason !== "unverified"),
    ).toEqual([]);
    const [land = ""] = textsOf(A);
    expect(land.split("\f").map((text) => text.trim().split("\n"))).toEqual([LAND, MEASURED]);
    for (const [dossier, lines] of [
      [B, BIRTH],
      [C, STAY],
    ] as const)
      for (const text of textsOf(dossier)) expect(text.trim().split("\n")).toEqual(lines);
    const bag = bagsOf(join(workspace, "kho")).find(({ name }) => name.includes(A));
    expect(bag?.name).toMatch(/\/01-DON-/u);
    expect(bag?.metadata).toMatchObject({
      loaiSoHoa: 0,
      maLoaiGiayTo: "DON",
      lienKet: [{ ma: A, tu: "sheet" }],
    });
  });

  it("keeps a sheet as first page of its paper with --keep-sheets", async () => {
    judge("qpdf", [whole, "--pages", whole, "1-2", "--", stack]);
    const ended = await run(["--keep-sheets"]);
    expect(ended.exit, ended.err).toBe(0);
    const delivered = documents(ended).find(({ state }) => state === "delivered");
    expect(delivered).toMatchObject({ dossier: A, pages: 2 });
    const bag = bagsOf(join(workspace, "kho")).find(({ document }) => document === delivered?.document);
    expect(judge("qpdf", ["--show-npages", bag?.pdf ?? ""]).trim()).toBe("2");
    expect(readFileSync(join(bag?.folder ?? "", "data/text.txt"), "utf8")).toContain(A);
    // The dossier code stands on the kept sheet as well, as Code 128.
    const evidence = ["sheet", "barcode"].map((tu) => expect.objectContaining({ ma: A, tu }));
    expect(bag?.metadata).toMatchObject({ maLoaiGiayTo: "DON", lienKet: evidence });
  });
});
