import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { events, makeWorkspace, scratchFolder, sohoa } from "../support/program.ts";
import { bagsOf } from "../support/warehouse.ts";
import { drawScans, printedSheets } from "./drawn-scans.ts";

const TEXT = [
  "Kính gửi Ủy ban nhân dân xã Thí Điểm",
  "Danh sách phương án bảo vệ kho lưu trữ",
  "Người lập biểu",
];

describe("a paper with a state-secret mark on its last page", () => {
  const scratch = scratchFolder("secret");
  const input = join(scratch, "quet/H57.132-260810-0101");

  it("is quarantined: exit 6, no bag, no reading, no word of it in the workspace", async () => {
    mkdirSync(input, { recursive: true });
    drawScans({
      [join(input, "001.jpg")]: [{ lines: TEXT }],
      [join(input, "002.jpg")]: [{ lines: TEXT, mark: "TỐI MẬT" }],
    });
    const workspace = await makeWorkspace(join(scratch, "w"));
    const run = () => sohoa(["run", join(scratch, "quet"), "--json", "--workspace", workspace]);

    const ended = await run();
    expect(ended.exit, ended.err).toBe(6);
    const [paper] = events(ended.out).filter(({ type }) => type === "document");
    expect(paper).toMatchObject({ state: "quarantined", reason: "secret_mark", pages: 2 });
    expect(bagsOf(join(workspace, "kho"))).toEqual([]);
    expect(filesBelow(join(workspace, ".sohoa/objects"))).toEqual([]);
    for (const file of filesBelow(join(workspace, ".sohoa"))) {
      const bytes = readFileSync(file);
      for (const text of [...TEXT, "phương án", "TỐI MẬT"])
        expect(bytes.includes(text), `${text} in ${file}`).toBe(false);
    }
    expect(existsSync(join(input, "002.jpg"))).toBe(true);

    const again = await run();
    expect(events(again.out).filter(({ type }) => type === "page")).toEqual([]);
    expect(again.exit).toBe(6);
  });

  it("would have been delivered without the mark", async () => {
    const plain = join(scratch, "thuong/H57.132-260810-0102");
    mkdirSync(plain, { recursive: true });
    drawScans({ [join(plain, "001.jpg")]: [{ lines: TEXT }] });
    const workspace = await makeWorkspace(join(scratch, "w2"));
    const ended = await sohoa(["run", join(scratch, "thuong"), "--json", "--workspace", workspace]);
    expect(ended.exit, ended.err).toBe(0);
    const [bag] = bagsOf(join(workspace, "kho"));
    expect(readFileSync(join(bag?.folder ?? "", "data/text.txt"), "utf8")).toContain("phương án");
  });
});

describe("a secret stamp that was set by hand", () => {
  const WAYS = [
    ["MẬT", -8],
    ["MẬT", 12],
    ["TỐI MẬT", 5],
    ["TUYỆT MẬT", -6],
    ["TUYỆT MẬT", 12],
  ] as const;

  it.each(["tesseract", "tesseractjs"].filter(isHere))(
    "is found at every tilt by %s; a stamp with other words is none",
    async (engine) => {
      const scratch = scratchFolder(`tilted-${engine}`);
      const input = join(scratch, "quet");
      const papers = [...WAYS, ["HỎA TỐC", -7], ["CÔNG VĂN ĐẾN", 4]] as const;
      for (const [index, stamp] of papers.entries()) {
        const folder = join(input, `H57.132-260810-010${index}`);
        mkdirSync(folder, { recursive: true });
        drawScans({ [join(folder, "001.jpg")]: [{ lines: TEXT, stamp }] });
      }
      const workspace = await makeWorkspace(join(scratch, "w"));
      const ended = await sohoa(["run", input, "--json", "--ocr", engine, "--workspace", workspace]);
      const ends = events(ended.out)
        .filter(({ type }) => type === "document")
        .map(({ file = "", state }) => [Number(/010(\d)/u.exec(file)?.[1]), state]);
      expect(ends.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual(
        papers.map((_, index) => [index, index < WAYS.length ? "quarantined" : "delivered"]),
      );
    },
  );
});

function isHere(engine: string): boolean {
  const here =
    engine === "tesseractjs" || spawnSync("tesseract", ["--list-langs"]).stdout?.includes("vie") === true;
  if (!here) console.log("SKIP: the system's tesseract with Vietnamese was not found");
  return here;
}

describe("a stack in which one paper carries a state-secret mark", () => {
  const OTHER = ["Tờ khai cấp bản sao giấy khai sinh", "Gia đình sống ổn định tại thôn", "Người khai ký tên"];

  it("has that paper quarantined and its words nowhere, and the others delivered", async () => {
    const scratch = scratchFolder("secret-stack");
    const input = join(scratch, "quet");
    mkdirSync(input);
    const [A, B] = ["H57.132-260810-0101", "H57.132-260811-0077"];
    const [first = {}, second = {}] = await printedSheets(scratch, [A, B]);
    const secret = [{ lines: TEXT }, { lines: TEXT, mark: "TỐI MẬT" }];
    drawScans({ [join(input, "tap.pdf")]: [first, ...secret, second, { lines: OTHER }] });
    const workspace = await makeWorkspace(join(scratch, "w"));

    const ended = await sohoa(["run", input, "--json", "--workspace", workspace]);
    expect(ended.exit, ended.err).toBe(6);
    expect(events(ended.out).filter(({ type }) => type === "document")).toMatchObject([
      { file: "tap.pdf", state: "split", pages: 2 },
      { file: "tap.pdf#2-3", state: "quarantined", reason: "secret_mark" },
      { file: "tap.pdf#5-5", state: "delivered", dossier: B },
    ]);
    expect(bagsOf(join(workspace, "kho")).map(({ name }) => name.split("/")[1])).toEqual([B]);
    for (const file of filesBelow(join(workspace, ".sohoa"))) {
      const bytes = readFileSync(file);
      for (const text of [...TEXT, "phương án", "TỐI MẬT"])
        expect(bytes.includes(text), `${text} in ${file}`).toBe(false);
    }
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
