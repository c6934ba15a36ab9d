import { existsSync, readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isOperational } from "../../src/domain/errors.ts";
import { readingText } from "../../src/domain/reading.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { scratch } from "./small-pdf.ts";

const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");
const present = existsSync(CORPUS);
if (!present) console.log("SKIP: ../shared/corpus not found");

/** What must come of each file; a list of page kinds and the number of signatures, or the reason of refusal. */
const EXPECTED: Readonly<Record<string, string>> = {
  "barcodes/barcode-128-custom.pdf": "mixed 0",
  "barcodes/barcode-39-asn-123.pdf": "mixed 0",
  "barcodes/patch-code-t-middle.pdf": "text scan text 0",
  "barcodes/patch-code-t-qr.pdf": "mixed 0",
  "barcodes/patch-code-t.pdf": "scan 0",
  "barcodes/split-by-asn-1.pdf": "mixed empty text text empty empty text empty text empty 0",
  "hostile/issue15590.pdf": "unreadable",
  "pdfs/acroform.pdf": "mixed 0",
  "pdfs/cardinal.pdf": "scan scan scan scan 0",
  "pdfs/ccitt.pdf": "scan 0",
  "pdfs/encrypted_old.pdf": "password_needed",
  "pdfs/invalid.pdf": "unreadable",
  "pdfs/jbig2.pdf": "scan 0",
  "pdfs/linn.pdf": "scan 0",
  "pdfs/password-is-test.pdf": "password_needed",
  "pdfs/pp_encrypted.pdf": "password_needed",
  "pdfs/multipage.pdf": "scan scan scan scan scan scan 0",
  "pdfs/pp_multi-page-mixed.pdf": "scan scan scan text text text 0",
  "pdfs/pp_single-page-mixed.pdf": "mixed text 0",
  "pdfs/qpdf_bad1.pdf": "unreadable",
  "pdfs/qpdf_c-empty.pdf": "no_pages",
  "pdfs/qpdf_enc-R3,V2,U=view,O=view.pdf": "password_needed",
  "pdfs/rotated_skew.pdf": "scan 0",
  "pdfs/trivial.pdf": "empty 0",
  "signed/edition_protected_none.pdf": "encrypted",
  "signed/incrementally_signed.pdf": "text 1",
  "signed/minimal-two-fields-signed-twice.pdf": "text 2",
  "signed/open_protected.pdf": "password_needed",
  "signed/pades-bes.pdf": "text 1",
  "signed/pdf-signed-corrupted.pdf": "text 1",
  "signed/signed-once.pdf": "text 1",
  "signed/with_signature.pdf": "text 0",
  "vn-scans/05.signed_20250517_044750.pdf": "text text 5",
  "vn-scans/05CT_20250517_033418.pdf": "scan scan 1",
  "vn-scans/2352 ( 07-CT-UBND).signed_20250221_092046.pdf": "scan scan scan scan 1",
  "vn-scans/23BC.signed_20250510_124908.pdf": "scan scan 2",
  "vn-scans/299 UB.signed_20250510_124908.pdf": "scan scan 2",
  "vn-scans/51 QĐ UB.signed_20250219_231940.pdf": "scan scan scan 2",
  "vn-scans/574 UB.signed_20250510_124908.pdf": "scan scan 2",
  "vn-scans/87 QĐUB.signed_20250513_163530.pdf": "scan scan scan 2",
  "vn-scans/DHDL_01.pdf": `${"scan ".repeat(10)}0`,
  "vn-scans/Luat_54.2014.QH13.pdf": "text text text 1",
  "vn-scans/ailab_1.pdf": "scan scan 0",
  "vn-scans/dl_2025_0006.pdf": "scan scan 0",
  "vn-scans/vietsample1.pdf": "encrypted",
};
/** Every file takes well below a second alone; the limit allows for a busy machine. */
const LIMIT_MS = 5000;

describe.skipIf(!present)("real files", () => {
  const place = scratch();
  const tools = createPdfTools({ workFolder: place.folder });
  afterAll(async () => {
    await tools.close();
    place.clean();
  });

  async function outcome(path: string): Promise<string> {
    try {
      const { pages, signatures } = await tools.inspect(path);
      return `${pages.map(({ kind }) => kind).join(" ")} ${signatures}`;
    } catch (error) {
      if (isOperational(error)) return error.code;
      throw error;
    }
  }

  it("are inspected or refused with a reason, each within seconds", async () => {
    const table: string[] = [];
    const found: Record<string, string> = {};
    for (const folder of ["barcodes", "pdfs", "pdfa", "signed", "hostile", "vn-scans"]) {
      for (const name of readdirSync(resolve(CORPUS, folder))) {
        if (!name.endsWith(".pdf") && folder !== "hostile") continue;
        const key = `${folder}/${name}`.normalize("NFC");
        const start = Date.now();
        found[key] = await outcome(resolve(CORPUS, folder, name));
        const ms = Date.now() - start;
        expect(ms, key).toBeLessThan(LIMIT_MS);
        table.push(`${key}\t${found[key]}\t${ms} ms`);
      }
    }
    console.log(table.join("\n"));
    expect(table.length).toBeGreaterThan(40);
    expect(found).toMatchObject(EXPECTED);
  });

  it("yield every page of the real scans as an image, mostly as embedded", async () => {
    const hows: string[] = [];
    for (const name of Object.keys(EXPECTED).filter((key) => /^vn-scans.*pdf$/u.test(key))) {
      const outcomeWords = EXPECTED[name]?.split(" ") ?? [];
      if (outcomeWords[0] !== "scan") continue;
      const path = resolve(CORPUS, name);
      for (const index of outcomeWords.slice(0, -1).keys()) {
        const { image, how, paper } = await tools.pageImage(path, index);
        expect("bytes" in image ? image.bytes.length : 0).toBeGreaterThan(5000);
        expect(paper?.widthPt).toBeGreaterThan(500);
        hows.push(how);
      }
    }
    expect(hows.length).toBe(32);
    expect(hows.filter((how) => how === "embedded").length).toBeGreaterThan(30);
  });

  it.each(["05.signed_20250517_044750", "Luat_54.2014.QH13"])(
    "give the exact text layer of %s",
    async (name) => {
      const path = resolve(CORPUS, "vn-scans", `${name}.pdf`);
      const { pages } = await tools.inspect(path);
      const words: string[] = [];
      for (const index of pages.keys())
        words.push(...wordsOf(readingText(await tools.pageText(path, index))));
      const truth = wordsOf(readFileSync(resolve(CORPUS, "vn-scans", `${name}_gt.txt`), "utf8"));
      expect(recall(truth, words)).toBeGreaterThan(0.97);
    },
  );
});

function wordsOf(text: string): string[] {
  return text.normalize("NFC").split(/\s+/u).filter(Boolean);
}

function recall(truth: readonly string[], words: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of words) left.set(word, (left.get(word) ?? 0) + 1);
  let hits = 0;
  for (const word of truth) {
    const count = left.get(word) ?? 0;
    if (count > 0) hits += 1;
    left.set(word, count - 1);
  }
  return hits / truth.length;
}
