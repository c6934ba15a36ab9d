import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createBarcodeReader } from "../../src/barcodes/barcode-reader.ts";
import { sheets } from "../../src/commands/sheets.ts";
import { marksOf } from "../../src/domain/page-mark.ts";
import type { RegisterKind } from "../../src/domain/register.ts";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";
import {
  blurred,
  faded,
  type Grey,
  jpeg,
  noisy,
  oneBit,
  pageOf,
  scaled,
  turned,
} from "../barcodes/made-codes.ts";
import { scratchFolder } from "../support/program.ts";

const scratch = scratchFolder("sheets");
const reader = createBarcodeReader({ pageTimeoutMs: 60_000 });
afterAll(() => reader.close());

const ONE = "H57.132-260804-0583";
const TWO = "000.00.14.H57-260112-0007";

interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

async function run(
  flags: Readonly<Record<string, unknown>>,
  codes: readonly string[],
  cwd = scratch,
): Promise<Said> {
  let [out, err] = ["", ""];
  const io = {
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
    live: false,
    colour: false,
    env: {},
    cwd,
    ask: undefined,
  };
  const exit = await sheets(io, flags, codes);
  return { exit, out, err };
}

/** What an independent program says of a file. */
function judge(program: string, ...args: readonly string[]): string {
  return execFileSync(program, [...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/** Printed at 200 dpi. */
function printed(file: string, page: number): Grey {
  const out = join(scratch, "printed");
  const pages = ["-f", String(page), "-l", String(page), "-singlefile"];
  judge("pdftoppm", "-r", "200", "-gray", ...pages, join(scratch, file), out);
  const pgm = readFileSync(`${out}.pgm`);
  const [width = 0, height = 0] = pgm.subarray(3, 20).toString("latin1").split(/\s/u).map(Number);
  return { data: pgm.subarray(pgm.length - width * height), width, height };
}

async function codesOn(page: Grey): Promise<string[]> {
  const found = await reader.read(pageOf(page));
  return found.map(({ format, text }) => `${format} ${text}`).toSorted();
}

describe("the sheets of two dossiers, printed on both sides", () => {
  const flags = { out: "two.pdf", role: "component", type: "TCXH-01", duplex: true, json: true };
  const made = run(flags, [ONE, TWO]);
  const set = made.then(({ out }) => (JSON.parse(out) as { set: string }).set);
  const payload = async (code: string, place: string): Promise<string> =>
    `SOHOA1|${code}|TP|TCXH-01|${place}|${await set}`;

  it("are told as one JSON object", async () => {
    const { exit, out } = await made;
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      type: "sheets",
      file: "two.pdf",
      pages: 4,
      separators: 0,
      errors: [],
      sheets: [
        { number: 1, dossier: ONE, role: "component", type: "TCXH-01" },
        { number: 2, dossier: TWO, role: "component", type: "TCXH-01" },
      ],
    });
    expect(await set).toMatch(/^[0-9a-f]{8}$/u);
  });

  it("pass qpdf, hold Vietnamese text in embedded fonts and no images", async () => {
    await made;
    const file = join(scratch, "two.pdf");
    judge("qpdf", "--check", file);
    const fonts = judge("pdffonts", file).trim().split("\n").slice(2);
    expect(fonts.length).toBeGreaterThan(0);
    for (const font of fonts) expect(font).toMatch(/yes\s+yes\s+yes/u);
    const images = judge("pdfimages", "-list", file).trim().split("\n");
    expect(images).toHaveLength(2);
    const text = judge("pdftotext", "-layout", file, "-");
    const pages = text.split("\f").slice(0, 4);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`TỜ PHÂN CÁCH ${index < 2 ? 1 : 2}/2`);
      expect(page).toContain("THÀNH PHẦN HỒ SƠ");
      expect(page).toContain("Loại giấy tờ: TCXH-01");
      expect(page).toContain(index < 2 ? ONE : TWO);
      expect(page).toContain("Không dập ghim");
      expect(page.includes("MẶT SAU")).toBe(index % 2 === 1);
    }
  });

  it("are read by zbar and by ourselves: two QR and a Code 128 on each side", async () => {
    await made;
    for (const page of [1, 2, 3, 4]) {
      const [code, place] = page < 3 ? [ONE, "1/2"] : [TWO, "2/2"];
      const text = await payload(code, place);
      const seen = printed("two.pdf", page);
      expect(await codesOn(seen)).toEqual([`Code128 ${code}`, `QRCode ${text}`, `QRCode ${text}`]);
      const image = join(scratch, "zbar.pgm");
      writeFileSync(image, pageOf(seen).pgm);
      const zbar = judge("zbarimg", "-q", image);
      expect(zbar.trim().split("\n").toSorted()).toEqual([
        `CODE-128:${code}`,
        `QR-Code:${text}`,
        `QR-Code:${text}`,
      ]);
    }
  });

  it("have a large code of at least 45 mm and a second one at the foot", async () => {
    await made;
    const found = await reader.read(pageOf(printed("two.pdf", 1)));
    const boxes = found.filter(({ format }) => format === "QRCode").map(({ box }) => box);
    const [large, small] = boxes.toSorted((a, b) => b.x1 - b.x0 - (a.x1 - a.x0));
    expect(((large?.x1 ?? 0) - (large?.x0 ?? 0)) * 210).toBeGreaterThan(45);
    expect(large?.y1).toBeLessThan(0.35);
    expect(small?.y0).toBeGreaterThan(0.75);
  });

  it.each<[string, (page: Grey) => Promise<Grey> | Grey]>([
    ["noisy", (page) => noisy(page, 70)],
    ["blurred", (page) => blurred(page, 2.5)],
    ["faded", (page) => faded(page, 130, 200)],
    ["1 bit, much too dark", async (page) => oneBit(noisy(await blurred(page, 1.5), 40), 210)],
    ["1 bit, much too light", async (page) => oneBit(noisy(await blurred(page, 1.5), 40), 60)],
    ["JPEG of quality 10", (page) => jpeg(page, 10)],
    ["at 100 dpi", (page) => scaled(page, 0.5)],
    ["upside down and skewed by 3 degrees", (page) => turned(page, 183)],
    ["on its side and skewed by 16 degrees", (page) => turned(page, 106)],
    ["skewed by 9 degrees and noisy", async (page) => noisy(await turned(page, 9), 60)],
    ["without its upper third", (page) => torn(page, 0, page.height / 3)],
    ["without its lower third", (page) => torn(page, (page.height * 2) / 3, page.height)],
    ["stapled and stamped over the large code", (page) => stamped(page)],
  ])("mean the same when scanned %s", async (_, change) => {
    await made;
    const page = await change(printed("two.pdf", 1));
    const found = await reader.read(pageOf(page));
    const marks = marksOf(found, { grammar: VN_2025_07.codes, today: "2026-11-22", labels: [] });
    const sheet = { dossier: ONE, role: "component", type: "TCXH-01", number: 1, of: 2, set: await set };
    expect(marks.filter(({ kind }) => kind !== "code")).toEqual([{ kind: "sheet", sheet }]);
  });
});

function torn(page: Grey, from: number, to: number): Grey {
  const data = Buffer.from(page.data);
  data.fill(255, Math.round(from) * page.width, Math.round(to) * page.width);
  return { ...page, data };
}

/** A dark disc of 8 mm on the large code, and the small one gone. */
function stamped(page: Grey): Grey {
  const { data, width } = torn(page, page.height * 0.7, page.height);
  for (let y = -32; y <= 32; y++)
    for (let x = -32; x <= 32; x++) if (x * x + y * y <= 1024) data[(400 + y) * width + 330 + x] = 60;
  return { ...page, data };
}

it("prints Patch-T sheets that scanners, readers and people know", async () => {
  const { exit, out } = await run({ out: "patch.pdf", patchT: 2, lang: "vi" }, []);
  expect(exit).toBe(0);
  expect(out).toContain("2 tờ Patch-T, 2 trang");
  const page = printed("patch.pdf", 2);
  expect(await codesOn(page)).toEqual(["PatchT PATCHT", "PatchT PATCHT", "QRCode PATCHT", "QRCode PATCHT"]);
  expect(await codesOn(noisy(await turned(page, 184), 50))).toEqual(await codesOn(page));
  expect(judge("pdftotext", join(scratch, "patch.pdf"), "-")).toContain("PATCH-T");
});

it("prints one sheet for each row of a manifest, and lists the rows it cannot", async () => {
  const rows = [
    "Mã hồ sơ;Loại;Mã loại giấy tờ;Tên giấy tờ;Số định danh",
    `${ONE};thành phần;TCXH-01;Tờ khai đề nghị trợ giúp xã hội;012345678901`,
    `${ONE};kết quả;;Quyết định;012345678901`,
    "không có mã;;;;",
    `${TWO};hỏng;;;`,
    `${TWO};;<b>;;`,
  ];
  writeFileSync(join(scratch, "rows.csv"), rows.join("\n"));
  const { exit, out, err } = await run({ from: "rows.csv", out: "rows.pdf", lang: "vi" }, []);
  expect(exit).toBe(4);
  expect(out).toContain("rows.pdf: 2 tờ hồ sơ");
  expect(
    err
      .trim()
      .split("\n")
      .map((line) => line.slice(0, 21)),
  ).toEqual(["dòng 4: manifest_row:", "dòng 5: manifest_row:", "dòng 6: manifest_row:"]);
  const text = judge("pdftotext", "-layout", join(scratch, "rows.pdf"), "-");
  expect(text).toContain("Tờ khai đề nghị trợ giúp xã hội");
  expect(text).toContain("KẾT QUẢ GIẢI QUYẾT");
  expect(text).not.toContain("012345678901");
});

it("makes no file when nothing is right, and leaves an older one alone", async () => {
  writeFileSync(join(scratch, "none.csv"), "dossier\nxyz\n");
  const { exit } = await run({ from: "none.csv", out: "none.pdf" }, []);
  expect(exit).toBe(4);
  expect(existsSync(join(scratch, "none.pdf"))).toBe(false);
});

it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
  ["nothing to print", {}, []],
  ["a word that is no code", {}, ["abc"]],
  ["a code from the future", {}, ["H57.132-990804-0583"]],
  ["a type that no code can carry", { type: "a|b" }, [ONE]],
  ["standard output", { out: "-" }, [ONE]],
  ["a folder that is not there", { out: "nowhere/sheets.pdf" }, [ONE]],
])("refuses %s as wrong usage", async (_, flags, codes) => {
  await expect(run({ out: "wrong.pdf", ...flags }, codes)).rejects.toMatchObject({ code: "usage" });
  expect(existsSync(join(scratch, "wrong.pdf"))).toBe(false);
});

describe("in a workspace", () => {
  async function workspace(name: string, dossiers: readonly string[], more = ""): Promise<string> {
    const folder = join(scratch, name);
    mkdirSync(join(folder, ".sohoa"), { recursive: true });
    writeFileSync(join(folder, "sohoa.yaml"), `unit: H57.132\n${more}`);
    const ledger = await openLedger({ path: join(folder, ".sohoa", "ledger.sqlite") });
    const kind: RegisterKind = "dossiers";
    const lines = dossiers.map((code, index) => ({
      line: index + 2,
      cells: { code, unit: "H57.132", procedure: "1.001699", received: "2026-08-04", state: "1" },
    }));
    const options = { grammar: VN_2025_07.codes, today: "2026-11-22", source: "test", actor: "test" };
    const { errors } = await ledger.importRegister(kind, lines, options);
    await ledger.close();
    expect(errors).toEqual([]);
    return folder;
  }

  it("prints a code that the register holds and refuses one it does not", async () => {
    const folder = await workspace("full", [ONE]);
    expect((await run({ json: true }, [ONE], folder)).exit).toBe(0);
    expect(existsSync(join(folder, "sheets.pdf"))).toBe(true);
    await expect(run({}, [ONE, TWO], folder)).rejects.toMatchObject({ code: "unknown_dossier" });
    writeFileSync(join(folder, "rows.csv"), `dossier\n${ONE}\n${TWO}\n`);
    const { exit, out } = await run({ from: "rows.csv", json: true }, [], folder);
    expect(exit).toBe(4);
    expect(JSON.parse(out)).toMatchObject({
      sheets: [{ number: 1, dossier: ONE, line: 2 }],
      errors: [{ line: 3, reason: "unknown_dossier" }],
    });
  });

  it("takes the grammar's word while the register is empty, unless the register is required", async () => {
    expect((await run({}, [ONE], await workspace("empty", []))).exit).toBe(0);
    const strict = await workspace("strict", [], "requireRegister: true\n");
    await expect(run({}, [ONE], strict)).rejects.toMatchObject({ code: "unknown_dossier" });
  });
});
