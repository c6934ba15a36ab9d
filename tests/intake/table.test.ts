import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { readTable } from "../../src/intake/table.ts";
import type { TableRow } from "../../src/intake/table.ts";

const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus/facts");
const WORDS = ["mã hồ sơ", "tệp", "tên giấy tờ", "đơn vị"];
const folder = mkdtempSync(join(tmpdir(), "sohoa-table-"));
let count = 0;

function file(content: string | Buffer): string {
  const path = join(folder, `bảng ${++count}.csv`);
  writeFileSync(path, content);
  return path;
}

async function all(path: string, options = {}): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const row of (await readTable(path, options)).rows) rows.push(row);
  return rows;
}

/** windows-1258 writes tones as marks of their own, after letters that keep hat and horn. */
function in1258(text: string): Buffer {
  const apart = text
    .normalize("NFD")
    .replaceAll(/(\p{L})([\u0300\u0301\u0303\u0309\u0323]*)([\u0302\u0306\u031b])/gu, "$1$3$2");
  const letters = apart.replaceAll(/\p{L}[\u0302\u0306\u031b]/gu, (letter) => letter.normalize("NFC"));
  return iconv.encode(letters, "windows-1258");
}

const HEADER = "Mã hồ sơ;Tệp;Tên giấy tờ";
const ROW = "H57.132-260804-0583;ảnh (1).jpg;Giấy đề nghị Đỗ Thị Ửng";
const TEXT = `${HEADER}\r\n${ROW}\r\n`;
const CELLS = {
  "Mã hồ sơ": "H57.132-260804-0583",
  Tệp: "ảnh (1).jpg",
  "Tên giấy tờ": "Giấy đề nghị Đỗ Thị Ửng",
};

it.each<[string, Buffer]>([
  ["utf-8", Buffer.from(TEXT)],
  ["utf-8", Buffer.from(`\uFEFF${TEXT}`)],
  ["utf-8", Buffer.from(TEXT.normalize("NFD"))],
  ["utf-16le", iconv.encode(TEXT, "utf-16le", { addBOM: true })],
  ["utf-16be", iconv.encode(TEXT, "utf-16be", { addBOM: true })],
  ["utf-16le", iconv.encode(TEXT, "utf-16le")],
  ["windows-1258", in1258(TEXT)],
  ["tcvn", iconv.encode(TEXT, "tcvn")],
  ["viscii", iconv.encode(TEXT, "viscii")],
])("reads a table in %s", async (encoding, bytes) => {
  const path = file(bytes);
  const table = await readTable(path, { words: WORDS });
  expect(table).toMatchObject({ encoding, delimiter: ";", columns: Object.keys(CELLS) });
  expect(await all(path, { words: WORDS })).toEqual([{ line: 2, cells: CELLS }]);
});

it.each<[string, (text: string) => Buffer]>([
  ["windows-1258", in1258],
  ["tcvn", (text) => iconv.encode(text, "tcvn")],
  ["viscii", (text) => iconv.encode(text, "viscii")],
])("finds %s from the words when the header is plain ASCII", async (encoding, encode) => {
  const rows = "giấy khai sinh;Nguyễn Thị Hường\nquyết định;Trần Văn Được\nđơn đề nghị;Lê Thị Bưởi\n";
  expect(await readTable(file(encode(`title;name\n${rows}`)), { words: WORDS })).toMatchObject({ encoding });
});

it("reads another encoding only when it is told", async () => {
  const path = file(iconv.encode(TEXT, "tcvn"));
  expect((await readTable(path, { encoding: "TCVN3" })).columns).toEqual(Object.keys(CELLS));
  await expect(readTable(path, { encoding: "vni" })).rejects.toMatchObject({ code: "table_encoding" });
});

it("turns the foreign letter Ð into the Vietnamese Đ", async () => {
  expect(await all(file("tên\nÐỗ ðen\n"))).toEqual([{ line: 2, cells: { tên: "Đỗ đen" } }]);
});

it.each([
  ["sep=|\na;b|c\n1;2|3\n", "|", ["a;b", "c"]],
  ['"x;y;z",b\n1,2\n', ",", ["x;y;z", "b"]],
  ["a\tb\tc, d\n", "\t", ["a", "b", "c, d"]],
  ["\n\na;b;;\n", ";", ["a", "b"]],
  ["a;;c\n", ";", ["a", "#2", "c"]],
  ["file\nx.pdf\n", ";", ["file"]],
])("finds the delimiter of %j", async (text, delimiter, columns) => {
  expect(await readTable(file(text))).toMatchObject({ delimiter, columns });
});

it("counts lines right behind cells with line breaks, blank lines and a broken header cell", async () => {
  const text = '"a\r\nb";c\r\n\r\n"x\r\ny\r\nz";1\r\n;;\r\n"w ""q""";2\r\n3\r\n';
  const rows = await all(file(text));
  expect(rows).toEqual([
    { line: 4, cells: { "a b": "x\ny\nz", c: "1" } },
    { line: 8, cells: { "a b": 'w "q"', c: "2" } },
    { line: 9, cells: { "a b": "3", c: "" } },
  ]);
});

it("loses only the rows that cannot be read, and says which", async () => {
  const text = 'a;b\n1;Công ty "A"\n2;"hở\n3;x\n4;"y"z\n5;"mở\n6;1;2\n7;ok\n8;;;\n';
  const rows = await all(file(text));
  expect(rows.map(({ line, cells, fault }) => [line, cells["b"], fault !== undefined])).toEqual([
    [2, 'Công ty "A"', false],
    [3, undefined, true],
    [4, "x", false],
    [5, '"y"z', false],
    [6, undefined, true],
    [7, undefined, true],
    [8, "ok", false],
    [9, "", false],
  ]);
});

it("survives a line of megabytes without delimiter", async () => {
  const rows = await all(file(`a;b\n1;2\n${"x".repeat(3_000_000)}\n3;4\n`));
  expect(rows.map(({ line, fault }) => [line, fault])).toEqual([
    [2, undefined],
    [3, "the line is too long"],
    [4, undefined],
  ]);
});

it.each(["\r\n", "\n", "\r"])("gives back every cell that was written, lines ended by %j", async (end) => {
  let seed = 11;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const bits = ["a", "Đỗ", ";", ",", '"', '""', "\n", " ", "😀", "0", "=1+1", "'", "\t"];
  const cell = () => `x${Array.from({ length: random(12) }, () => bits[random(bits.length)]).join("")}x`;
  const written = Array.from({ length: 4000 }, () => [cell(), cell(), cell()]);
  const line = (cells: string[]) =>
    cells.map((text) => `"${text.replaceAll('"', '""').replaceAll("\n", end)}"`).join(";");
  const rows = await all(file(["a;b;c", ...written.map(line)].join(end)));
  expect(rows.map(({ cells }) => Object.values(cells))).toEqual(written);
  let expected = 2;
  for (const [at, cells] of written.entries()) {
    expect(rows[at]?.line).toBe(expected);
    expected += cells.join("").split("\n").length;
  }
});

it("streams 200,000 rows with bounded memory and may be read twice", async () => {
  const lines = Array.from(
    { length: 200_000 },
    (_, at) => `H57.132-260804-${at};"giấy ""${at}""";Đơn vị ${at}`,
  );
  const path = file(`mã;tên;đơn vị\n${lines.join("\n")}\n`);
  const { rows } = await readTable(path);
  const before = process.memoryUsage().heapUsed;
  for (const time of [1, 2]) {
    let last: TableRow | undefined;
    let seen = 0;
    for await (const row of rows) {
      seen++;
      last = row;
    }
    expect([time, seen, last?.line, last?.cells["tên"]]).toEqual([time, 200_000, 200_001, 'giấy "199999"']);
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6);
});

it.each<[string, string | Buffer, string]>([
  ["an Excel workbook", Buffer.from("PK\u0003\u0004rest"), "table_encoding"],
  ["an old Excel workbook", Buffer.from("d0cf11e0a1b11ae1", "hex"), "table_encoding"],
  ["an image", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), "table_encoding"],
  [
    "bytes of no Vietnamese encoding",
    Buffer.from("a;b\n\x80\x81\x82\xff\xfe\xfd;1\n", "latin1"),
    "table_encoding",
  ],
  ["an empty file", "", "table_header"],
  ["two columns of one name", "a;b;a\n1;2;3\n", "table_header"],
])("refuses %s", async (_, content, code) => {
  await expect(readTable(file(content))).rejects.toMatchObject({ code });
});

it("says that a file is missing", async () => {
  await expect(readTable(join(folder, "không có.csv"))).rejects.toMatchObject({ code: "usage" });
});

describe.skipIf(!existsSync(CORPUS))("tables of other people", () => {
  it.each(["csvspectrum_comma_in_quotes", "csvspectrum_utf8"])("reads %s as its JSON twin", async (name) => {
    const twin: unknown = JSON.parse(readFileSync(join(CORPUS, `${name}.json`), "utf8"));
    expect((await all(join(CORPUS, `${name}.csv`))).map(({ cells }) => cells)).toEqual(twin);
  });

  it.each([
    ["tinh_34_2025.csv", 34],
    ["xa_3321_2025.csv", 3321],
  ])("reads every row of %s", async (name, rows) => {
    const read = await all(join(CORPUS, name));
    expect([read.length, read.filter(({ fault }) => fault !== undefined)]).toEqual([rows, []]);
  });

  it("advises to save a workbook as CSV", async () => {
    const workbook = readTable(join(CORPUS, "danh-sach-tthc-BoTuPhap.xlsx"));
    await expect(workbook).rejects.toMatchObject({
      code: "table_encoding",
      detail: expect.stringContaining("save it as CSV UTF-8"),
    });
  });
});

if (!existsSync(CORPUS)) console.log("SKIP: ../shared/corpus not found");
