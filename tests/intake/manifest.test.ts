import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Discovery } from "../../src/intake/discover.ts";
import { testSettings } from "../support/settings.ts";
import { candidates, fileNames, found, refusals, socketFile, tree } from "./support.ts";

const A = "H57.132-260804-0583";
const B = "H57.132-260804-0584";

/** Runs a manifest that lies in a folder with the given files. */
async function run(csv: string, files: readonly string[] = ["a.pdf"], more: Partial<Discovery> = {}) {
  const root = tree({ ...Object.fromEntries(files.map((name) => [name, name])), "bảng kê.csv": csv });
  return { root, items: await found(root, { inputs: [join(root, "bảng kê.csv")], ...more }) };
}

it("reads Vietnamese columns in any order and keeps what it does not know", async () => {
  const header = "Ghi chú,MÃ_HỒ_SƠ,Tệp (đường dẫn),Loại,Mã loại giấy tờ,Tên giấy tờ,Số định danh,Số ký hiệu";
  const row = `nộp bù,${A} - Số phiếu: 26.10229,a.pdf,Kết quả,KQ.G15.000031,Giấy khai sinh,001234567890,12/GKS`;
  const more = "Mã đơn vị,Mã cán bộ,Ngày ban hành\n";
  const { items } = await run(`${header},${more}${row},h57.9,nv-7,04/02/2025\n`);
  expect(items).toMatchObject([
    {
      candidate: {
        name: "a.pdf",
        unit: "H57.9",
        officer: "nv-7",
        role: "result",
        hints: [{ code: A, from: "manifest", text: `${A} - Số phiếu: 26.10229` }],
        fields: {
          type: "KQ.G15.000031",
          title: "Giấy khai sinh",
          owner: "001234567890",
          symbol: "12/GKS",
          issued: "2025-02-04",
          extra: { "Ghi chú": "nộp bù" },
        },
      },
    },
  ]);
  expect(candidates(items)[0]).not.toHaveProperty("skip");
});

it("reads English columns, and takes from the path what a row leaves open", async () => {
  const csv = `dossier;role;file\n;;${A}/kết quả/1.pdf\n${B};component;${A}/kết quả/2.pdf\n`;
  const { items } = await run(csv, [`${A}/kết quả/1.pdf`, `${A}/kết quả/2.pdf`]);
  expect(candidates(items)).toMatchObject([
    { role: "result", unit: "H57.132", officer: "nv-0123", hints: [{ code: A, from: "folder" }] },
    { role: "component", unit: "H57.132", hints: [{ code: B, from: "manifest" }] },
  ]);
  expect(candidates(items)[1]?.hints).toHaveLength(1);
});

it("prefers the row, then the settings (flags are laid over them), then the code for the unit", async () => {
  const csv = `file;dossier;unit\na.pdf;${A};H57.1\nb.pdf;${A};\n`;
  const config = testSettings("/không/có");
  const other = candidates((await run("file;unit\na.pdf;H57.3\n")).items)[0]?.unit;
  if (other === undefined) throw new Error("no unit");
  const units = async (more: Partial<Discovery>) =>
    candidates((await run(csv, ["a.pdf", "b.pdf"], more)).items).map(({ unit }) => unit);
  expect(await units({})).toEqual(["H57.1", "H57.132"]);
  expect(await units({ settings: { ...config, unit: other } })).toEqual(["H57.1", "H57.3"]);
});

it("fails bad rows one by one, by line and column, and runs the rest", async () => {
  const lines = [
    "file;dossier;role;unit;officer;skip",
    `a.pdf;${A};;;;`,
    "a.pdf;H40-240230-0001;;;;",
    `a.pdf;${A} ${B};;;;`,
    `a.pdf;${A};giấy;;;`,
    `a.pdf;${A};;Huế;;`,
    `a.pdf;${A};;;!;`,
    `a.pdf;${A};;;;LY_DO_LA`,
    `mất.pdf;${A};;;;`,
    `;${A};;;;`,
    `thư mục;${A};;;;`,
    'a.pdf;"hở',
    `a.pdf;${A};1;2;3;4;5;6`,
    "a.pdf;;;;;",
    `b.pdf;${B};KQ;;;`,
  ];
  const { items } = await run(`${lines.join("\n")}\n`, ["a.pdf", "b.pdf", "thư mục/x.pdf"]);
  expect(refusals(items).map(({ line, reason, detail }) => [line, reason, detail])).toEqual([
    [3, "manifest_row", "line 3: cột / column dossier"],
    [4, "manifest_row", "line 4: cột / column dossier"],
    [5, "manifest_row", "line 5: cột / column role"],
    [6, "manifest_row", "line 6: cột / column unit"],
    [7, "manifest_row", "line 7: cột / column officer"],
    [8, "manifest_row", "line 8: cột / column skip"],
    [9, "source_missing", "line 9"],
    [10, "manifest_row", "line 10: không ghi tên tệp / no file is named"],
    [11, "manifest_row", "line 11: là thư mục, hãy ghi THƯ_MỤC/* / names a folder; write FOLDER/*"],
    [12, "manifest_row", "line 12: a quotation mark is missing or misplaced"],
    [13, "manifest_row", "line 13: the row has 8 cells, the header 6"],
    [14, "manifest_row", "line 14: no unit; set unit in sohoa.yaml, or give --unit"],
  ]);
  expect(candidates(items).map(({ name, role }) => [name, role])).toEqual([
    ["a.pdf", "component"],
    ["b.pdf", "result"],
  ]);
});

it("keeps the day of issue as an ISO date, and fails a row whose day is not in the calendar", async () => {
  const csv = `file;mã hồ sơ;ngày ban hành\na.pdf;${A};28.2.2026\na.pdf;${B};31/02/2026\n`;
  const { items } = await run(csv);
  expect(candidates(items).map(({ fields }) => fields.issued)).toEqual(["2026-02-28"]);
  expect(refusals(items)).toMatchObject([
    { line: 3, reason: "manifest_row", detail: "line 3: cột / column ngày ban hành" },
  ]);
});

it("stops before the first document when the header lacks the file column", async () => {
  await expect(run("mã hồ sơ;loại\nx;y\n")).rejects.toMatchObject({
    code: "table_header",
    detail: expect.stringContaining("tệp"),
  });
  expect((await run("file;tệp (1);tệp (2)\n")).items).toEqual([]);
  await expect(run("tệp (1);tệp (2)\n")).rejects.toMatchObject({ code: "table_header" });
});

it("expands wildcards; page images found together are one document", async () => {
  const files = [
    "ảnh/1.jpg",
    "ảnh/2.jpg",
    "ảnh/bìa.jpg",
    "sâu/a/x.PDF",
    "sâu/b/c/y.pdf",
    "sâu/.ẩn/z.pdf",
    "sâu/~$w.pdf",
  ];
  const csv = `file;dossier\nảnh/?.jpg;${A}\nsâu/**/*.pdf;${A}\nảnh/b*.jpg;${A}\nkhông*.pdf;${A}\n`;
  const { root, items } = await run(csv, files);
  expect(fileNames(items, root)).toEqual([
    ["ảnh/1.jpg", "ảnh/2.jpg"],
    ["sâu/a/x.PDF"],
    ["sâu/b/c/y.pdf"],
    ["ảnh/bìa.jpg"],
  ]);
  expect(refusals(items)).toMatchObject([{ line: 5, reason: "source_missing" }]);
});

it("reads page ranges, unless a file is really named so", async () => {
  const csv = [
    "a.pdf#3-7",
    "a.pdf#2",
    "a#1.pdf",
    "b.pdf#1-2",
    "a.pdf#7-3",
    "a.pdf#0",
    "x*.pdf#1-2",
    "c.pdf#1",
  ];
  const files = ["a.pdf", "a#1.pdf", "b.pdf#1-2", "x1.pdf", "x2.pdf"];
  const { items } = await run(`file;dossier\n${csv.map((cell) => `${cell};${A}`).join("\n")}\n`, files);
  expect(candidates(items).map(({ name, range }) => [name, range])).toEqual([
    ["a.pdf", { first: 3, last: 7 }],
    ["a.pdf", { first: 2, last: 2 }],
    ["a#1.pdf", undefined],
    ["b.pdf#1-2", undefined],
  ]);
  expect(new Set(candidates(items).map(({ id }) => id)).size).toBe(4);
  expect(refusals(items).map(({ line, reason }) => [line, reason])).toEqual([
    [6, "manifest_row"],
    [7, "manifest_row"],
    [8, "manifest_row"],
    [9, "source_missing"],
  ]);
});

it("reads what was counted by hand, beside the column of the dossier's number", async () => {
  const header = "tệp;số hồ sơ;Số trang;Số hồ sơ trong tệp";
  const rows = [
    `a.pdf;${A};12;`,
    `a.pdf;${B};;3`,
    `a.pdf;;0;`,
    `a.pdf;${A};mười;`,
    `a.pdf;${A};;1.5`,
    `?.jpg;${A};4;`,
  ];
  const { items } = await run(`${header}\n${rows.join("\n")}\n`, ["a.pdf", "1.jpg", "2.jpg"]);
  expect(candidates(items).map(({ expected, hints }) => [expected, hints[0]?.code])).toEqual([
    [{ pages: 12 }, A],
    [{ dossiers: 3 }, B],
    [{ pages: 4 }, A],
  ]);
  expect(refusals(items).map(({ line, reason, detail }) => [line, reason, detail])).toEqual([
    [4, "manifest_row", "line 4: cột / column Số trang"],
    [5, "manifest_row", "line 5: cột / column Số trang"],
    [6, "manifest_row", "line 6: cột / column Số hồ sơ trong tệp"],
  ]);
  const several = await run(`file;dossier;pages\n*.pdf;${A};4\n`, ["a.pdf", "b.pdf"]);
  expect(refusals(several.items)).toMatchObject([{ detail: expect.stringContaining("the row names 2") }]);
});

it("lays fronts and backs together, as files or wildcards", async () => {
  const lines = [
    "Tệp mặt trước;Mặt sau;Thứ tự mặt sau;Mã hồ sơ",
    "lẻ.pdf;chẵn.pdf;;",
    `trước/*.jpg;sau/*.jpg;xuôi;${A}`,
    `đơn.pdf;;ngược;${A}`,
    `lẻ.pdf;mất.pdf;;${A}`,
    `lẻ.pdf;lẻ.pdf;;${A}`,
    `lẻ.pdf#1-2;chẵn.pdf;;${A}`,
    `lẻ.pdf;chẵn.pdf;lên;${A}`,
    `;chẵn.pdf;;${A}`,
  ];
  const files = ["lẻ.pdf", "chẵn.pdf", "trước/2.jpg", "trước/10.jpg", "sau/1.jpg", "sau/a.jpg", "đơn.pdf"];
  const unit = candidates((await run(`file;unit\na.pdf;H57\n`)).items)[0]?.unit ?? null;
  const settings = { ...testSettings("/không/có"), unit };
  const { root, items } = await run(`${lines.join("\n")}\n`, files, { settings });
  expect(fileNames(items, root)).toEqual([
    ["lẻ.pdf", "chẵn.pdf"],
    ["trước/2.jpg", "trước/10.jpg", "sau/1.jpg", "sau/a.jpg"],
    ["đơn.pdf"],
  ]);
  expect(candidates(items).map(({ duplex }) => duplex)).toEqual([
    { fronts: 1, backs: "reverse" },
    { fronts: 2, backs: "forward" },
    undefined,
  ]);
  expect(refusals(items).map(({ line, reason }) => [line, reason])).toEqual([
    [5, "source_missing"],
    [6, "manifest_row"],
    [7, "manifest_row"],
    [8, "manifest_row"],
    [9, "manifest_row"],
  ]);
});

it("finds names that the disk spells in another form, with Windows slashes too", async () => {
  const { root, items } = await run(`file;dossier\nhồ sơ\\Đơn đề nghị.pdf;${A}\n`, [
    "hồ sơ/Đơn đề nghị.pdf".normalize("NFD"),
  ]);
  expect(refusals(items)).toEqual([]);
  expect(fileNames(items, root)).toEqual([["hồ sơ/Đơn đề nghị.pdf"]]);
});

it.skipIf(process.platform === "win32")(
  "reads files above the manifest, and no devices or sockets",
  async () => {
    const root = tree({
      "a.pdf": "a",
      "b/kê.csv": `file;dossier\n../a.pdf;${A}\nống.pdf;${A}\n/dev/null;${A}\n`,
    });
    const remove = await socketFile(join(root, "b", "ống.pdf"));
    const items = await found(root, { inputs: [join(root, "b", "kê.csv")] });
    remove();
    expect(fileNames(items, root)).toEqual([["a.pdf"]]);
    expect(refusals(items).map(({ line, reason }) => [line, reason])).toEqual([
      [3, "manifest_row"],
      [4, "manifest_row"],
    ]);
  },
);

it.skipIf(process.platform === "win32")("ends although a link leads back up", async () => {
  const root = tree({ "s/a.pdf": "a", "kê.csv": `file;dossier\n**/*.pdf;${A}\n` });
  symlinkSync(root, join(root, "s", "vòng"));
  expect(fileNames(await found(root, { inputs: [join(root, "kê.csv")] }), root)).toEqual([["s/a.pdf"]]);
});

it("records papers that are not digitized, with or without a file", async () => {
  const lines = [
    "file;dossier;title;skip",
    `a.pdf;${A};CCCD;BAN_SAO`,
    `;${A};Sổ đỏ;chi xuat trinh`,
    `mất.pdf;${A};Đơn;Giấy tờ chỉ xuất trình`,
  ];
  const { items } = await run(`${lines.join("\n")}\n`);
  expect(candidates(items).map(({ name, skip, files }) => [name, skip, files.length])).toEqual([
    ["a.pdf", "BAN_SAO", 1],
    ["bảng kê.csv:3", "CHI_XUAT_TRINH", 0],
    ["mất.pdf", "CHI_XUAT_TRINH", 0],
  ]);
  expect(new Set(candidates(items).map(({ id }) => id)).size).toBe(3);
});

it("gives the same ids when it is read again, and different ones for two dossiers", async () => {
  const csv = `file;dossier\na.pdf;${A}\na.pdf;${B}\na.pdf;${A}\n`;
  const ids = async () => candidates((await run(csv)).items).map(({ id }) => id);
  const [first, second, third] = await ids();
  expect(first).not.toBe(second);
  expect(third).toBe(first);
  expect(await ids()).toEqual([first, second, third]);
});

it("names no cell in its refusals, for cells hold personal data", async () => {
  const { items } = await run("file;mã hồ sơ;số định danh\na.pdf;Nguyễn Văn A;001234567890\n");
  expect(JSON.stringify(refusals(items))).not.toMatch(/Nguyễn|001234567890/u);
});
