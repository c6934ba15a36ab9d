import { chmodSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseUnitCode } from "../../src/domain/codes.ts";
import { OperationalError } from "../../src/domain/errors.ts";
import { refusedByDisk } from "../../src/intake/disk-error.ts";
import { testSettings } from "../support/settings.ts";
import { candidates, fileNames, found, hash, refusals, RULES, socketFile, tree } from "./support.ts";

const A = "H57.132-260804-0583";
const B = "H57.132-260804-0584";
const unit = parseUnitCode("H57", RULES.codes);
if (unit === undefined) throw new Error("H57 is a unit code");
const names = async (root: string, more = {}) => fileNames(await found(root, { unit, ...more }), root);

it("lists documents in natural order of their paths", async () => {
  const root = tree(["b10/x.pdf", "b2/x.pdf", "a.pdf", "c10.pdf", "c2.pdf", "b2/đơn.pdf", "b2/a.pdf"]);
  expect((await names(root)).flat()).toEqual([
    "a.pdf",
    "b2/a.pdf",
    "b2/đơn.pdf",
    "b2/x.pdf",
    "b10/x.pdf",
    "c2.pdf",
    "c10.pdf",
  ]);
});

it("makes one document of page images that differ only in a trailing number", async () => {
  const root = tree([
    "001.jpg",
    "002.jpg",
    "010.JPG",
    "3.jpeg",
    "ảnh (2).png",
    "ảnh (10).png",
    "scan_2.tif",
    "scan_1.tiff",
    "đơn 1.jpg",
    "bìa.jpg",
    "khác/001.jpg",
    "002.png",
    "2.pdf",
    "3.pdf",
  ]);
  expect(await names(root)).toEqual([
    ["001.jpg", "002.jpg", "3.jpeg", "010.JPG"],
    ["2.pdf"],
    ["002.png"],
    ["3.pdf"],
    ["ảnh (2).png", "ảnh (10).png"],
    ["bìa.jpg"],
    ["đơn 1.jpg"],
    ["khác/001.jpg"],
    ["scan_1.tiff", "scan_2.tif"],
  ]);
});

it("never takes the end of a dossier code for a page number", async () => {
  const bad = ["H40-240230-0001.jpg", "H40-240230-0002.jpg"];
  const root = tree([`${A}.jpg`, `${B}.jpg`, `${A}_1.jpg`, `${A}_2.jpg`, `${B}_1.jpg`, `x_${A}.png`, ...bad]);
  const documents = await names(root);
  expect(documents).toHaveLength(7);
  expect(documents).toContainEqual([`${A}_1.jpg`, `${A}_2.jpg`]);
  expect(documents.filter((files) => files.length > 1)).toHaveLength(1);
});

it("lets TIFFs of several pages stand alone, and asks only of TIFFs that would be grouped", async () => {
  const root = tree(["quét_1.tif", "quét_2.tif", "quét_3.tif", "lẻ_1.tif", "1.jpg", "2.jpg"]);
  const asked: string[] = [];
  const frames = async (path: string) => {
    asked.push(path.slice(root.length + 1).normalize("NFC"));
    return path.endsWith("2.tif") ? 5 : 1;
  };
  expect(await names(root, { frames })).toEqual([
    ["1.jpg", "2.jpg"],
    ["lẻ_1.tif"],
    ["quét_1.tif", "quét_3.tif"],
    ["quét_2.tif"],
  ]);
  expect(asked.toSorted()).toEqual(["quét_1.tif", "quét_2.tif", "quét_3.tif"]);
});

it("keeps a page that cannot be read in its document, so that none goes out without it", async () => {
  const root = tree(["1.tif", "2.tif", "3.tif"]);
  const frames = async (path: string) => {
    if (path.endsWith("2.tif")) throw new OperationalError("truncated");
    return 1;
  };
  expect(await names(root, { frames })).toEqual([["1.tif", "2.tif", "3.tif"]]);
});

it("shows names in NFC and opens them as the disk spells them", async () => {
  const spelled = "Hồ sơ Đặng Thị Ứng/ảnh (1).jpg".normalize("NFD");
  const root = tree([spelled]);
  const [document] = candidates(await found(root, { unit }));
  expect(document?.name).toBe("Hồ sơ Đặng Thị Ứng/ảnh (1).jpg".normalize("NFC"));
  expect(document?.files[0]?.path).toBe(join(root, spelled));
});

it("passes over hidden and temporary files and our own, and reports everything else", async () => {
  const own = ["sohoa.yaml", ".sohoa/objects/x", "kho/2026/a.pdf", "keys/unit.p12", "keys/pdf.txt"];
  const noise = [
    ".DS_Store",
    "~$đơn.docx",
    "a.tmp",
    "Thumbs.db",
    "desktop.ini",
    "b.PART",
    "c.crdownload",
    ".git/d",
    "._ảnh.jpg",
    "@eaDir/ảnh.jpg/SYNOPHOTO_THUMB_M.jpg",
    "#recycle/cũ.pdf",
    "$RECYCLE.BIN/$R1.pdf",
    "System Volume Information/x",
    "__MACOSX/ảnh.jpg",
    "ehthumbs.db",
    "d.filepart",
  ];
  const root = tree([...own, ...noise, "đơn.docx", "bảng kê.csv", "ảnh.jpg"]);
  const config = testSettings(root);
  const signing = { ...config.signing, key: join(root, "keys", "unit.p12") };
  const settings = { ...config, signing, passwordFile: join(root, "keys", "pdf.txt") };
  expect((await names(root, { settings })).flat()).toEqual(["ảnh.jpg", "bảng kê.csv", "đơn.docx"]);
});

it.skipIf(process.platform === "win32")("enters no folder twice, whatever the links say", async () => {
  const root = tree(["a/1.pdf"]);
  symlinkSync(root, join(root, "a", "vòng"));
  symlinkSync(join(root, "a"), join(root, "b"));
  symlinkSync(join(root, "mất"), join(root, "hỏng.pdf"));
  symlinkSync(join(root, "tự trỏ.pdf"), join(root, "tự trỏ.pdf"));
  const items = await found(root, { unit });
  expect(fileNames(items, root)).toEqual([["a/1.pdf"]]);
  expect(refusals(items)).toMatchObject([
    { name: "hỏng.pdf", reason: "source_missing" },
    { name: "tự trỏ.pdf", reason: "unreadable" },
  ]);
});

it.skipIf(process.platform === "win32")("reports sockets, pipes and devices and goes on", async () => {
  const root = tree(["b.pdf"]);
  const remove = await socketFile(join(root, "a.pdf"));
  const items = await found(root, { unit });
  remove();
  expect(refusals(items)).toMatchObject([{ name: "a.pdf", reason: "unsupported_format" }]);
  expect(candidates(items)).toHaveLength(1);
});

it.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
  "reports a folder it may not read",
  async () => {
    const root = tree(["kín/a.pdf", "mở/b.pdf"]);
    chmodSync(join(root, "kín"), 0);
    const items = await found(root, { unit });
    chmodSync(join(root, "kín"), 0o700);
    expect(refusals(items)).toMatchObject([{ name: "kín", reason: "permission" }]);
    expect(fileNames(items, root)).toEqual([["mở/b.pdf"]]);
  },
);

it("takes codes from file and folders, nearest first, each once", async () => {
  const root = tree([`${A}/Quét ${B}/${A}_1.pdf`, `${A}/a.pdf`, "b.pdf"]);
  const items = candidates(await found(root, { unit }));
  expect(items.map(({ hints }) => hints.map(({ code, from }) => [code, from]))).toEqual([
    [],
    [[A, "folder"]],
    [
      [A, "file"],
      [B, "folder"],
    ],
  ]);
});

it("takes the code of the folder it is run in", async () => {
  const root = tree([`${A}/thành phần/a.pdf`]);
  const [inside] = candidates(await found(root, { inputs: [join(root, A, "thành phần")] }));
  expect(inside).toMatchObject({ name: "a.pdf", unit: "H57.132", hints: [{ code: A, from: "folder" }] });
});

it.each([
  ["Kết quả/a.pdf", "result"],
  ["KET-QUA giai quyet/a.pdf", "result"],
  ["kq_01.pdf", "result"],
  ["KQ.G15.000031.pdf", "result"],
  ["Result.pdf", "result"],
  [`${A}_kết quả.pdf`, "result"],
  ["kết quả/thành phần/a.pdf", "component"],
  ["kqxs.pdf", "component"],
  ["đơn xin kết quả.pdf", "component"],
])("reads the role of %s", async (name, role) => {
  const root = tree([name.normalize("NFD")]);
  expect(candidates(await found(root, { unit }))).toMatchObject([{ role }]);
  expect(candidates(await found(root, { unit, role: "component" }))).toMatchObject([{ role: "component" }]);
});

it("survives folders of odd names, each document seen exactly once", async () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const letters = [
    "ă",
    "Đ",
    "ơ",
    " ",
    "(",
    ")",
    "1",
    "20",
    "'",
    "&",
    "#",
    "%",
    "+",
    "~",
    "_",
    "日",
    "😀",
    "e\u0301",
  ];
  const odd = () =>
    `x${Array.from({ length: 1 + random(8) }, () => letters[random(letters.length)]).join("")}`;
  const ends = ["jpg", "tif", "pdf", "PNG", "docx"];
  const paths = Array.from({ length: 300 }, () => `${odd()}/${odd()}.${ends[random(ends.length)]}`);
  const root = tree(paths);
  const onDisk = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const listed = candidates(await found(root, { unit })).flatMap(({ files }) =>
    files.map(({ path }) => path),
  );
  expect(listed.toSorted()).toEqual(onDisk.map((entry) => join(entry.parentPath, entry.name)).toSorted());
});

it("gives the same documents the same ids when it runs again, and after the folder moved", async () => {
  const files = [`${A}/1.jpg`, `${A}/2.jpg`, `${B}/1.jpg`];
  const ids = async (root: string) => candidates(await found(root)).map(({ id }) => id);
  const first = await ids(tree(files));
  expect(await ids(tree(files))).toEqual(first);
  expect(new Set(first).size).toBe(2);
});

it("asks for unit and officer before anything is hashed", async () => {
  const root = tree([`${A}.pdf`, "không mã.pdf"]);
  const early = () => Promise.reject(new Error("hashed too early"));
  await expect(found(root, { hash: early })).rejects.toMatchObject({
    code: "settings",
    detail: expect.stringContaining("--unit"),
  });
  const nobody = { ...testSettings(root), officer: null };
  await expect(found(root, { hash: early, unit, settings: nobody })).rejects.toMatchObject({
    code: "settings",
    detail: expect.stringContaining("--officer"),
  });
});

it("puts page images named one by one together, and refuses what does not exist before it starts", async () => {
  const root = tree(["2.jpg", "1.jpg", "a.pdf", "danh sách.xlsx"]);
  const inputs = ["2.jpg", "a.pdf", "1.jpg", "danh sách.xlsx"].map((name) => join(root, name));
  const items = await found(root, { inputs, unit });
  expect(fileNames(items, root)).toEqual([["1.jpg", "2.jpg"], ["a.pdf"]]);
  expect(refusals(items)).toMatchObject([
    { reason: "unsupported_format", detail: "hãy lưu bảng kê thành CSV UTF-8 / save the list as CSV UTF-8" },
  ]);
  const missing = found(root, { inputs: [...inputs, join(root, "mất.pdf")], unit });
  await expect(missing).rejects.toMatchObject({ code: "usage" });
});

it("finds nothing in an empty folder", async () => {
  const root = tree([]);
  mkdirSync(join(root, "rỗng"));
  expect(await found(root)).toEqual([]);
});

it("reports a file that vanishes before it is read", async () => {
  const root = tree(["a.pdf", "b.pdf"]);
  const gone = Object.assign(new Error("gone"), { code: "ENOENT" });
  const hashOrGone = (path: string) => (path.endsWith("a.pdf") ? Promise.reject(gone) : hash(path));
  const items = await found(root, { unit, hash: hashOrGone });
  expect(refusals(items)).toMatchObject([{ name: "a.pdf", reason: "source_missing" }]);
  expect(candidates(items)).toHaveLength(1);
});

it("reports what the disk refuses for one name, and lets bugs through", () => {
  const failing = (code: string) => refusedByDisk(Object.assign(new Error("x"), { code }), "a.pdf").reason;
  expect(["EACCES", "EPERM", "EBUSY", "EIO", "EMFILE"].map(failing)).toEqual([
    "permission",
    "permission",
    "source_changed",
    "unreadable",
    "unreadable",
  ]);
  expect(() => failing("ERR_INVALID_ARG_TYPE")).toThrow("x");
  expect(() => refusedByDisk(new TypeError("bug"), "a.pdf")).toThrow("bug");
});

it("says that the right to read is missing, for scanning again would not help", () => {
  const { reason, detail } = refusedByDisk(new OperationalError("unreadable", "EACCES"), "a.jpg");
  expect(reason).toBe("unreadable");
  expect(detail).toMatch(/^EACCES: không có quyền đọc .* no permission to read/u);
  expect(refusedByDisk(new OperationalError("unreadable", "EIO"), "a.jpg").detail).toBe("EIO");
});
