import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { events, FIXTURES, makeWorkspace, scratchFolder, sohoa } from "../support/program.ts";
import { bagsOf } from "../support/warehouse.ts";

const TEXT = [
  "Kính gửi Ủy ban nhân dân xã Thí Điểm",
  "Danh sách phương án bảo vệ kho lưu trữ",
  "Người lập biểu",
];

/** Draws a page as the fixtures are drawn, in a process of its own: fontconfig is asked once per process. */
function scanOf(path: string, mark: string): void {
  const line = (text: string, y: number, size = 14): object => {
    return { text, x: 100, y, size, style: "bold", anchor: "start" };
  };
  const items = [
    ...TEXT.map((text, at) => line(text, 260 + at * 40)),
    ...(mark === "" ? [] : [line(mark, 120, 20)]),
  ];
  const maker = join(FIXTURES, "make/scan.mjs").replaceAll("\\", "/");
  const program = `
    import { writeFileSync } from "node:fs";
    import { scanPage, toJpeg } from "file://${maker}";
    const page = { rules: [], items: ${JSON.stringify(items)} };
    writeFileSync(${JSON.stringify(path)}, await toJpeg(await scanPage(page, { seed: 7 })));`;
  execFileSync(process.execPath, ["--input-type=module", "-e", program]);
}

describe("a paper with a state-secret mark on its last page", () => {
  const scratch = scratchFolder("secret");
  const input = join(scratch, "quet/H57.132-260810-0101");

  it("is quarantined: exit 6, no bag, no reading, no word of it in the workspace", async () => {
    mkdirSync(input, { recursive: true });
    scanOf(join(input, "001.jpg"), "");
    scanOf(join(input, "002.jpg"), "TỐI MẬT");
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
    scanOf(join(plain, "001.jpg"), "");
    const workspace = await makeWorkspace(join(scratch, "w2"));
    const ended = await sohoa(["run", join(scratch, "thuong"), "--json", "--workspace", workspace]);
    expect(ended.exit, ended.err).toBe(0);
    const [bag] = bagsOf(join(workspace, "kho"));
    expect(readFileSync(join(bag?.folder ?? "", "data/text.txt"), "utf8")).toContain("phương án");
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
