import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOperational } from "../../src/domain/errors.ts";
import type { AugmentRequest } from "../../src/domain/pdf-port.ts";
import type { SignerPort, SignRequest } from "../../src/domain/ports.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { createVerifier } from "../../src/signing/verify/verify.ts";
import { smallPdf } from "../pdf/small-pdf.ts";
import { preflightCodes } from "../support/judges.ts";
import { exportPkcs12, issue, makePki, type TestPki } from "../support/test-pki.ts";
import { pdfsig, run, signatureParts } from "./judges.ts";
import { pkcs12Signer } from "./test-signer.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-foreign-"));
const path = (name: string) => join(folder, name);
const at = new Date(Date.now() + 60_000);
const REQUEST: SignRequest = {
  at,
  capturedAt: new Date("2026-11-21T01:02:03Z"),
  appearance: "tt01-scan",
  keepClear: [],
};
const tools = createPdfTools({ workFolder: folder });
let pki: TestPki;
let signer: SignerPort;

beforeAll(async () => {
  pki = makePki(folder);
  const files = issue(pki, "P-256-foreign", "/C=VN/O=UBND xã Thí Điểm/CN=Nguyễn Văn Ưỡn", "P-256", "signer");
  signer = await pkcs12Signer(exportPkcs12(pki, files, "x"), "x", { trust: [pki.root] });
});
afterAll(async () => {
  await tools.close();
  rmSync(folder, { recursive: true });
});

const HELLO = "BT /F0 20 Tf 30 150 Td (Hello paper world) Tj ET";
const FONT = "/Resources<</Font<</F0<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>";

/** What the pipeline does with a born-digital file: a copy with a section of ours, then the signature. */
async function signed(source: string, request: AugmentRequest = { pages: [] }): Promise<string> {
  const [middle, out] = [path("middle.pdf"), path("out.pdf")];
  await tools.augment(source, middle, request);
  const info = (await signer.sign(middle, out, REQUEST)).at(-1);
  expect(info).toMatchObject({ verdict: "valid", coversWholeFile: true });
  return out;
}

/** Poppler, qpdf and MuPDF agree, and the source is an exact prefix. */
function judge(source: string, out: string): void {
  const [before, after] = [readFileSync(source), readFileSync(out)];
  expect(after.subarray(0, before.length).equals(before)).toBe(true);
  expect(run("qpdf", ["--check", out])).toContain("No syntax or stream encoding errors");
  expect(pdfsig(out, "-nocert")).toMatch(
    /Total document signed\s+- Signature Validation: Signature is Valid/u,
  );
  const mutool = run("mutool", ["info", out]);
  expect(mutool).not.toMatch(/repair|error|warning/iu);
}

const picture = (file: string) => run("pdftoppm", ["-r", "40", "-f", "2", "-gray", file]);
const textOf = (file: string, ...options: string[]) => run("pdftotext", [...options, file, "-"]);

function twoPages(catalog = "", page = "", more: readonly string[] = []): Buffer {
  return smallPdf(
    [
      `<</Type/Catalog/Pages 2 0 R${catalog}>>`,
      "<</Type/Pages/Count 2/Kids 3 0 R/MediaBox[0 0 400 300]>>",
      "[4 0 R 5 0 R]",
      `<</Type/Page/Parent 2 0 R/Contents 6 0 R${FONT}${page}>>`,
      `<</Type/Page/Parent 2 0 R/Contents 6 0 R${FONT}>>`,
      { dict: "", data: Buffer.from(HELLO) },
      ...more,
    ],
    "/ID[<00112233445566778899AABBCCDDEEFF><00>]",
  );
}

describe("a foreign file is signed by appending", () => {
  const KINDS: Record<string, readonly string[]> = {
    "a classic table": ["--object-streams=disable"],
    "object and cross-reference streams": ["--object-streams=generate"],
    linearization: ["--linearize"],
    "linearization and streams": ["--linearize", "--object-streams=generate"],
  };

  it.each(Object.keys(KINDS))("with %s", async (kind) => {
    writeFileSync(path("plain.pdf"), twoPages());
    run("qpdf", [...(KINDS[kind] ?? []), path("plain.pdf"), path("kind.pdf")]);
    const out = await signed(path("kind.pdf"));
    judge(path("kind.pdf"), out);
    expect(picture(out)).toBe(picture(path("kind.pdf")));
    const bytes = readFileSync(out, "latin1");
    expect([/^xref$/mu.test(bytes), /\/Type\s*\/XRef/u.test(bytes)].filter(Boolean)).toHaveLength(1);
    expect(await tools.check(out)).toEqual({ pages: 2 });
  });

  it("of the hybrid kind, with a table for old readers and a stream for new ones", async () => {
    writeFileSync(path("hybrid.pdf"), hybridPdf());
    const out = await signed(path("hybrid.pdf"));
    judge(path("hybrid.pdf"), out);
    // Poppler 22.12 does not read the hidden stream, with or without what is appended.
    expect(run("mutool", ["draw", "-F", "txt", out])).toContain("Hello paper world");
  });

  it("so that OpenSSL accepts it too and the first half of the file's identifier stays", async () => {
    writeFileSync(path("plain.pdf"), twoPages());
    const out = await signed(path("plain.pdf"));
    const [parts] = signatureParts(out);
    writeFileSync(path("ranges"), parts?.signed ?? "");
    writeFileSync(path("cms"), parts?.cms ?? "");
    const input = ["-inform", "DER", "-in", path("cms"), "-content", path("ranges"), "-out", path("content")];
    const trust = [
      "-CAfile",
      pki.root,
      "-purpose",
      "any",
      "-attime",
      String(Math.trunc(at.getTime() / 1000)),
    ];
    const answer = run("openssl", ["cms", "-verify", "-cades", "-binary", ...input, ...trust]);
    expect(answer).toContain("successful");
    const ids = [...readFileSync(out, "latin1").matchAll(/\/ID\s*\[\s*<([0-9a-f]*)>\s*<([0-9a-f]*)>/giu)];
    expect(ids).toHaveLength(2);
    expect(new Set(ids.map(([, first]) => first?.toLowerCase()))).toEqual(
      new Set(["00112233445566778899aabbccddeeff"]),
    );
    expect(ids[1]?.[2]).not.toBe("00");
  });

  it("twice: both signatures stay valid and stand below each other", async () => {
    writeFileSync(path("plain.pdf"), twoPages());
    run("qpdf", ["--object-streams=generate", path("plain.pdf"), path("kind.pdf")]);
    const once = await signed(path("kind.pdf"));
    await signer.sign(once, path("twice.pdf"), REQUEST);
    expect(pdfsig(path("twice.pdf"), "-nocert").match(/Signature is Valid/gu)).toHaveLength(2);
    const report = await createVerifier({ trust: [pki.root], now: () => at }).verify(path("twice.pdf"));
    expect(report.verdict).toBe("valid");
  });
});

describe("the form of a foreign file", () => {
  const field = "<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(An)/Rect[50 50 150 70]/P 4 0 R/F 4>>";

  it.each([
    ["direct in the catalog", "/AcroForm<</Fields[7 0 R]/DA(/Helv 0 Tf)>>", [field]],
    [
      "an object with an indirect list",
      "/AcroForm 8 0 R",
      [field, "<</Fields 9 0 R/DA(/Helv 0 Tf)>>", "[7 0 R]"],
    ],
  ])("keeps its fields: %s", async (_, catalog, more) => {
    writeFileSync(
      path("form.pdf"),
      twoPages(catalog, "/Annots 10 0 R", [...more, ...["null", "null"].slice(more.length - 1), "[7 0 R]"]),
    );
    const out = await signed(path("form.pdf"));
    judge(path("form.pdf"), out);
    const fields = JSON.parse(run("qpdf", ["--json", "--json-key=acroform", out])) as {
      acroform: { fields: { fullname: string; value: string }[] };
    };
    expect(fields.acroform.fields.map(({ fullname }) => fullname)).toEqual(["name", "SoHoa2"]);
  });

  it("does not push the signature's box down the page", async () => {
    const many = Array.from({ length: 12 }, (_, n) => `<</FT/Tx/T(f${n})>>`);
    const list = many.map((_, n) => `${n + 7} 0 R`).join(" ");
    writeFileSync(path("form.pdf"), twoPages(`/AcroForm<</Fields[${list}]>>`, "", many));
    const corner = ["-x", "0", "-y", "0", "-W", "263", "-H", "34", "-r", "72", "-l", "1"];
    expect(textOf(await signed(path("form.pdf")), ...corner)).toContain("Người ký");
  });
});

describe("the signature's box stands top left of what people see", () => {
  it.each([
    ["turned pages", "/Rotate 90", 263],
    ["a crop box", "/CropBox[20 40 380 280]/Rotate 270", 263],
    ["a media box off the origin", "/MediaBox[-100 -100 300 200]/Rotate 180", 263],
    ["a user unit", "/UserUnit 2", 132],
  ])("with %s", async (_, page, width) => {
    writeFileSync(path("odd.pdf"), twoPages("", page));
    const out = await signed(path("odd.pdf"));
    judge(path("odd.pdf"), out);
    const corner = ["-cropbox", "-x", "0", "-y", "0", "-W", String(width), "-H", "34", "-r", "72", "-l", "1"];
    expect(textOf(out, ...corner)).toContain("Người ký");
  });

  it("when no size is stated", async () => {
    const bytes = twoPages().toString("latin1").replace("/MediaBox[0 0 400 300]", " ".repeat(22));
    writeFileSync(path("sizeless.pdf"), bytes, "latin1");
    expect(textOf(await signed(path("sizeless.pdf")))).toContain("Người ký");
  });

  it("when the page tree begins with an empty branch", async () => {
    const branch = "<</Type/Pages/Count 0/Kids[]/Parent 2 0 R>>";
    const bytes = twoPages("", "", [branch]).toString("latin1").replace("[4 0 R 5 0 R]", "[7 0 R 4 0 R]");
    writeFileSync(path("empty.pdf"), bytes.replace("/Count 2", "/Count 1"), "latin1");
    const repaired = path("branch.pdf");
    run("qpdf", [path("empty.pdf"), repaired]);
    expect(textOf(await signed(path("empty.pdf")))).toContain("Người ký");
  });
});

/** One page whose catalog is in an object stream that only the hidden cross-reference stream names. */
function hybridPdf(): Buffer {
  const parts: Buffer[] = [];
  const offsets = new Map<number, number>();
  let length = 0;
  const push = (bytes: Buffer | string): void => {
    const buffer = Buffer.from(bytes);
    parts.push(buffer);
    length += buffer.length;
  };
  const object = (num: number, body: string): void => {
    offsets.set(num, length);
    push(`${num} 0 obj\n${body}\nendobj\n`);
  };
  push("%PDF-1.5\n%\u00e2\u00e3\n");
  object(1, "<</Type/Catalog/Pages 2 0 R>>");
  object(2, "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 400 300]>>");
  object(3, `<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources 5 0 R>>`);
  object(4, `<</Length ${HELLO.length}>>\nstream\n${HELLO}\nendstream`);
  const inner = "<</Font<</F0<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>";
  object(6, `<</Type/ObjStm/N 1/First 4/Length ${inner.length + 4}>>\nstream\n5 0 ${inner}\nendstream`);
  const rows = Buffer.alloc(2 * 8);
  rows.set([2, 0, 0, 0, 0, 6, 0, 0], 0);
  rows[8] = 1;
  rows.writeUIntBE(offsets.get(6) ?? 0, 9, 5);
  offsets.set(7, length);
  push("7 0 obj\n<</Type/XRef/Size 8/W[1 5 2]/Index[5 2]/Root 1 0 R/Length 16>>\nstream\n");
  push(rows);
  push("\nendstream\nendobj\n");
  const start = length;
  const row = (num: number): string => {
    const offset = num === 5 || num === 6 ? undefined : offsets.get(num);
    return offset === undefined ? "0000000000 65535 f \n" : `${String(offset).padStart(10, "0")} 00000 n \n`;
  };
  push(`xref\n0 8\n${[0, 1, 2, 3, 4, 5, 6, 7].map(row).join("")}`);
  push(`trailer\n<</Size 8/Root 1 0 R/XRefStm ${offsets.get(7)}>>\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.concat(parts);
}

it("a signed mixed file shows the same and has words on its scan", async () => {
  const pixels = Buffer.alloc(120_000, 220);
  writeFileSync(
    path("mixed.pdf"),
    smallPdf([
      "<</Type/Catalog/Pages 2 0 R>>",
      "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/MediaBox[0 0 400 300]>>",
      `<</Type/Page/Parent 2 0 R/Contents 5 0 R${FONT}>>`,
      "<</Type/Page/Parent 2 0 R/Contents 6 0 R/Resources<</XObject<</Im0 7 0 R>>>>>>",
      { dict: "", data: Buffer.from(HELLO) },
      { dict: "", data: Buffer.from("q 400 0 0 300 0 0 cm /Im0 Do Q") },
      {
        dict: "/Type/XObject/Subtype/Image/Width 400/Height 300/BitsPerComponent 8/ColorSpace/DeviceGray",
        data: pixels,
      },
    ]),
  );
  const out = await signed(path("mixed.pdf"), { pages: [{ ...WORDS, index: 1 }] });
  judge(path("mixed.pdf"), out);
  expect(textOf(out, "-f", "2").normalize("NFC")).toContain("Quyết");
  expect(picture(out)).toBe(picture(path("mixed.pdf")));
  const raw = (file: string) => run("qpdf", ["--show-object=5", "--raw-stream-data", file]);
  expect(raw(out)).toBe(HELLO);
  expect(raw(path("mixed.pdf"))).toBe(HELLO);
});

const WORD_BOX = { x0: 40, y0: 40, x1: 120, y1: 60 };
/** Laid on the first page where that is a scan; elsewhere the words are not missing and left out. */
const WORDS = {
  index: 0,
  turn: 0,
  width: 400,
  height: 300,
  lines: [{ box: WORD_BOX, words: [{ text: "Quyết", confidence: 1, box: WORD_BOX }] }],
} as const;

const CORPUS = "../shared/corpus";
if (!existsSync(CORPUS)) console.log(`SKIP: ${CORPUS} not found`);
it.skipIf(!existsSync(CORPUS))("signs every unsigned PDF of the corpus that can be read", async () => {
  const table: string[] = [];
  for (const part of ["pdfs", "pdfa", "signed", "barcodes", "vn-scans"]) {
    for (const name of readdirSync(join(CORPUS, part)).filter((file) => file.endsWith(".pdf"))) {
      const source = join(CORPUS, part, name);
      try {
        const { signatures, pages, repairs } = await tools.inspect(source);
        if (signatures > 0) continue;
        const out = await signed(source, { pages: [WORDS] });
        expect(pdfsig(out, "-nocert"), name).toContain("Signature is Valid");
        expect(await tools.check(out)).toEqual({ pages: pages.length });
        if (repairs.length === 0) expect(readFileSync(out).indexOf(readFileSync(source))).toBe(0);
        // A PDF/A stays what it was: no rule is broken that was kept before.
        if (part === "pdfa") expect(preflightCodes(out), name).toEqual(preflightCodes(source));
        table.push(`${part}/${name}\tsigned\t${repairs.join()}`);
      } catch (error) {
        if (!isOperational(error)) throw error;
        table.push(`${part}/${name}\t${error.code}`);
      }
    }
  }
  console.log(table.join("\n"));
  expect(table.filter((row) => row.includes("\tsigned")).length).toBeGreaterThan(25);
  expect(table.join("\n")).not.toMatch(/\tpdfa/u);
});
