import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { candidates, fileNames, found, refusals, tree } from "./support.ts";

const A = "H57.132-260804-0583";
const B = "H57.132-260804-0584";

const flag = (root: string, odd: string, even: string, more = "") =>
  `odd=${join(root, odd)},even=${join(root, even)}${more}`;

it("makes one document of two files, the backs from the last sheet on unless told otherwise", async () => {
  const root = tree([`${A}/lẻ.pdf`, `${A}/chẵn.pdf`]);
  const ids: string[] = [];
  for (const more of ["", ",backs=reverse", ",backs=forward"]) {
    const duplex = [flag(root, `${A}/lẻ.pdf`, `${A}/chẵn.pdf`, more)];
    const items = await found(root, { inputs: [], duplex });
    const backs = more.endsWith("forward") ? "forward" : "reverse";
    expect(candidates(items)).toMatchObject([
      { name: "lẻ.pdf", unit: "H57.132", duplex: { fronts: 1, backs }, hints: [{ code: A, from: "folder" }] },
    ]);
    expect(fileNames(items, root)).toEqual([[`${A}/lẻ.pdf`, `${A}/chẵn.pdf`]]);
    ids.push(...candidates(items).map(({ id }) => id));
  }
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[0]);
});

it("lists the page files of folders in natural order, and refuses what is none by name", async () => {
  const fronts = ["Scan.jpg", "Scan (2).jpg", "Scan (10).jpg"].map((name) => `${A}/trước/${name}`);
  const backs = ["1.heic", "2.HEIC", "10.heic"].map((name) => `${A}/sau/${name}`);
  const noise = [`${A}/sau/Thumbs.db`, `${A}/sau/.ẩn`, `${A}/sau/ghi chú.docx`, `${A}/sau/cũ/1.jpg`];
  const root = tree([...fronts, ...backs, ...noise]);
  const items = await found(root, { inputs: [], duplex: [flag(root, `${A}/trước`, `${A}/sau`)] });
  expect(fileNames(items, root)).toEqual([[...fronts, ...backs]]);
  expect(candidates(items)).toMatchObject([{ name: "trước/Scan.jpg", duplex: { fronts: 3 } }]);
  expect(refusals(items).map(({ name, reason }) => [name, reason])).toEqual([
    ["sau/cũ", "unsupported_format"],
    ["sau/ghi chú.docx", "unsupported_format"],
  ]);
});

it("digitizes nothing twice that an input lists too, however it is named", async () => {
  const names = [`${A}/lẻ.pdf`, `${A}/khác.pdf`, `${A}/sau/1.jpg`, `${A}/sau/2.jpg`, `${A}/sau/x.txt`];
  const root = tree(names);
  const duplex = [flag(root, `${A}/lẻ.pdf`, `${A}/sau`)];
  const both = [[`${A}/khác.pdf`], [`${A}/lẻ.pdf`, `${A}/sau/1.jpg`, `${A}/sau/2.jpg`]];
  const folder = await found(root, { duplex });
  expect(fileNames(folder, root)).toEqual(both);
  expect(refusals(folder).map(({ name }) => name)).toEqual(["sau/x.txt"]);
  const files = [`${A}/lẻ.pdf`, `${A}/khác.pdf`, `${A}/sau/2.jpg`].map((name) => join(root, name));
  expect(fileNames(await found(root, { inputs: files, duplex }), root)).toEqual(both);
});

it.skipIf(process.platform === "win32")("sees through links to files that are spoken for", async () => {
  const root = tree([`thật/${A}/1.pdf`, `thật/${A}/2.pdf`]);
  symlinkSync(join(root, "thật"), join(root, "liên kết"));
  const duplex = [flag(root, `liên kết/${A}/1.pdf`, `liên kết/${A}/2.pdf`)];
  const items = await found(root, { inputs: [join(root, "thật")], duplex });
  expect(candidates(items).map(({ files }) => files.length)).toEqual([2]);
});

it("takes paths with commas, either order, and one side inside the other's folder", async () => {
  const root = tree([`${A}, tập 1/1.jpg`, `${A}, tập 1/sau/1.jpg`, `${B}.tif`, `${B}, sau.tif`]);
  const inner = flag(root, `${A}, tập 1`, `${A}, tập 1/sau`);
  const turned = `backs=forward,even=${join(root, `${B}, sau.tif`)},odd=${join(root, `${B}.tif`)}`;
  const items = await found(root, { inputs: [], duplex: [inner, turned] });
  expect(refusals(items)).toEqual([]);
  expect(fileNames(items, root)).toEqual([
    [`${A}, tập 1/1.jpg`, `${A}, tập 1/sau/1.jpg`],
    [`${B}.tif`, `${B}, sau.tif`],
  ]);
});

it("hints at both dossiers when the sides were filed under two", async () => {
  const root = tree([`${A}.pdf`, `${B}.pdf`]);
  const [document] = candidates(
    await found(root, { inputs: [], duplex: [flag(root, `${A}.pdf`, `${B}.pdf`)] }),
  );
  expect(document?.hints.map(({ code }) => code)).toEqual([A, B]);
});

it("names a folder without pages, and goes on", async () => {
  const root = tree([`${A}.pdf`, "rỗng/.gitkeep", `${B}/1.jpg`, `${B}/2.jpg`]);
  const duplex = [flag(root, `${A}.pdf`, "rỗng"), flag(root, `${B}/1.jpg`, `${B}/2.jpg`)];
  const items = await found(root, { inputs: [], duplex });
  expect(refusals(items)).toMatchObject([{ name: "rỗng", reason: "no_pages" }]);
  expect(candidates(items)).toHaveLength(1);
});

it.each([
  ["odd=a.pdf", "--duplex odd="],
  ["even=a.pdf,odd=", "--duplex odd="],
  ["a.pdf,b.pdf", "--duplex odd="],
  ["odd=a.pdf,even=b.pdf,backs=up", "--duplex odd="],
  ["odd=a.pdf,even=./a.pdf", "both sides are the same"],
  ["odd=mất.pdf,even=b.pdf", "no such input"],
])("stops before it starts at %j", async (text, why) => {
  const root = tree([`${A}.pdf`]);
  await expect(found(root, { duplex: [text] })).rejects.toMatchObject({
    code: "usage",
    detail: expect.stringContaining(why),
  });
});

it("wants something to do", async () => {
  await expect(found(tree([]), { inputs: [] })).rejects.toMatchObject({ code: "usage" });
});

it("expects as many dossiers as the flag says of every document that says nothing itself", async () => {
  const root = tree({
    "a.pdf": "a",
    "b.pdf": "b",
    "kê.csv": `file;mã hồ sơ;dossiers\na.pdf;${A};\nb.pdf;${A};7\n`,
  });
  const items = await found(root, { inputs: [join(root, "kê.csv")], expectedDossiers: 12 });
  expect(candidates(items).map(({ expected }) => expected)).toEqual([{ dossiers: 12 }, { dossiers: 7 }]);
});
