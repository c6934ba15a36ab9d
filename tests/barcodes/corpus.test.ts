import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createBarcodeReader } from "../../src/barcodes/barcode-reader.ts";
import { testImaging } from "../support/imaging.ts";
import { CORPUS, scratchFolder } from "../support/program.ts";
import type { Page } from "./made-codes.ts";

const present = existsSync(CORPUS);
if (!present) console.log("SKIP: ../shared/corpus not found");

/** zbar's names and ours. */
const FORMATS: Readonly<Record<string, string>> = {
  "CODE-128": "Code128",
  "CODE-39": "Code39",
  "QR-Code": "QRCode",
};

interface Row {
  readonly file: string;
  readonly page: number;
  readonly code: string | undefined;
}

describe.skipIf(!present)("the corpus", () => {
  const scratch = scratchFolder("barcodes");
  const reader = createBarcodeReader({ pageTimeoutMs: 60_000 });
  const imaging = testImaging();
  afterAll(async () => {
    await reader.close();
    await imaging.close();
  });

  /** Pages of PDFs as poppler draws them; image files as the pipeline sees them, straightened. */
  async function codesOf(file: string, page: number): Promise<string[]> {
    const path = join(CORPUS, file);
    const seen = file.endsWith(".pdf") ? drawn(path, page) : await prepared(path);
    return seen === undefined ? [] : (await reader.read(seen)).map(({ format, text }) => `${format} ${text}`);
  }

  async function prepared(path: string): Promise<Page | undefined> {
    const image = { kind: "file", path, frame: 0 } as const;
    return (await imaging.normalize({ image, turn: 0, how: "file" })).prepared;
  }

  function drawn(path: string, page: number): Page {
    const out = join(scratch, `${basename(path)}-${page}`);
    const pages = ["-f", String(page), "-l", String(page), "-singlefile"];
    execFileSync("pdftoppm", ["-r", "200", "-gray", ...pages, path, out]);
    const pgm = readFileSync(`${out}.pgm`);
    const [width = 0, height = 0] = pgm.subarray(3, 20).toString("latin1").split(/\s/u).map(Number);
    return { pgm, width, height };
  }

  it("gives all codes of barcodes_truth.tsv, and no others but patches", async () => {
    const truth = rows();
    expect(truth.length).toBeGreaterThan(20);
    const pages = new Map(truth.map((row) => [`${row.file}#${row.page}`, row]));
    for (const { file, page } of pages.values()) {
      const wanted = truth
        .filter((row) => row.file === file && row.page === page)
        .flatMap(({ code }) => code ?? []);
      const found = await codesOf(file, page);
      for (const code of wanted) expect(found, `${file} ${page}`).toContain(code);
      const others = found.filter((code) => !wanted.includes(code));
      expect(new Set([...others, "PatchT PATCHT"]), `${file} ${page}`).toEqual(new Set(["PatchT PATCHT"]));
    }
  }, 120_000);

  it("sees no codes on scans that have none", async () => {
    const scans = ["vn-scans", "scans"].flatMap((folder) =>
      readdirSync(join(CORPUS, folder))
        .filter((name) => /\.(?:jpg|png|pdf)$/u.test(name) && name !== "skewed.jpg")
        .map((name) => `${folder}/${name}`),
    );
    expect(scans.length).toBeGreaterThan(20);
    for (const file of scans) expect(await codesOf(file, 1), file).toEqual([]);
  }, 120_000);
});

function rows(): Row[] {
  const lines = readFileSync(join(CORPUS, "barcodes_truth.tsv"), "utf8").trim().split("\n").slice(1);
  return lines.map((line) => {
    const [file = "", page = "", type = "", value = ""] = line.split("\t");
    return { file, page: Number(page), code: type === "-" ? undefined : `${FORMATS[type] ?? type} ${value}` };
  });
}
