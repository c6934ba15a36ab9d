import { describe, expect, it } from "vitest";
import { createHocrExport } from "../../../src/ocr/export/hocr.ts";
import { scratchFolder } from "../../support/program.ts";
import { faults, lineAt, ODD, pageOf, written } from "./sample-pages.ts";

const hocr = createHocrExport();

describe("hOCR", () => {
  const scratch = scratchFolder("hocr");
  const judge = (html: string): string => faults(html, "hocr.rng", scratch);

  it("is well-formed and has the classes and properties of hOCR 1.2 on pages of all kinds", async () => {
    const pages = [
      pageOf([lineAt(100.5, 100.5, "UBND TỈNH"), lineAt(1300, 100, "CỘNG HÒA")], { number: 1, dpi: 299.7 }),
      pageOf([], { number: 2 }),
      pageOf([lineAt(70.1, 80.4, "có sẵn")], { number: 3, ownText: true, dpi: 72, width: 595.3 }),
    ];
    expect(judge(await written(hocr, pages, { languages: ["vie", "chi_sim"] }))).toBe("");
    expect(judge(await written(hocr, pages, { languages: [] }))).toBe("");
  });

  it("is judged by a grammar that sees what is wrong", async () => {
    const good = await written(hocr, [pageOf([lineAt(0, 0, "một hai")])]);
    const spoiled = [
      good.replace('id="word_1_2"', 'id="word_1_1"'),
      good.replace("x_wconf 90", "x_wconf 0.9"),
      good.replace("bbox 0 0 100 40", "bbox 0 0 100.5 40"),
      good.replace("</p>", ""),
      good.replace(/<meta name="ocr-system".*\n/u, ""),
    ];
    for (const html of spoiled) expect(judge(html)).toMatch(/error/u);
  });

  it("says where a page stands in the document, how large it is and how fine", async () => {
    const html = await written(hocr, [pageOf([], { number: 12, dpi: 199.6 })]);
    expect(html).toContain('id="page_12" title="bbox 0 0 2480 3508; ppageno 11; scan_res 200 200"');
  });

  it("names program, engines and languages", async () => {
    const html = await written(hocr, [pageOf([])], { engines: ["một", "hai"], languages: ["vie", "eng"] });
    expect(html).toContain('<meta name="ocr-system" content="sohoa 0; một; hai"/>');
    expect(html).toContain('<meta name="ocr-langs" content="vi en"/>');
    expect(html).toContain('lang="vi" xml:lang="vi"');
    const unknown = await written(hocr, [pageOf([])], { languages: [] });
    expect(unknown).toContain('<meta name="ocr-langs" content="unknown"/>');
    expect(unknown).not.toContain(" lang=");
  });

  it("gives lines with letters below the line a baseline above the bottom of their box", async () => {
    const html = await written(hocr, [pageOf([lineAt(0, 0, "CHO"), lineAt(0, 50, "ỘT")])]);
    expect(html).toContain("bbox 0 0 100 40; baseline 0 0");
    expect(html).toContain("bbox 0 50 100 90; baseline 0 -8");
  });

  it("keeps two columns apart and each column together", async () => {
    const left = [lineAt(100, 100, "UBND TỈNH"), lineAt(100, 150, "SỞ TƯ PHÁP")];
    const right = [lineAt(1300, 100, "CỘNG HÒA"), lineAt(1300, 150, "Độc lập")];
    const html = await written(hocr, [pageOf([...left, ...right])]);
    const areas = html.split('class="ocr_carea"').slice(1);
    expect(areas.map((area) => area.split('class="ocr_line"').length - 1)).toEqual([2, 2]);
    expect(areas[0]).toContain("bbox 100 100 420 190");
  });

  it("begins another area after a wide gap", async () => {
    const html = await written(hocr, [pageOf([lineAt(0, 0, "trên"), lineAt(0, 200, "dưới")])]);
    expect(html.split('class="ocr_carea"')).toHaveLength(3);
  });

  it("escapes markup and drops what XML cannot hold", async () => {
    const lines = [...ODD, "\u0001"].map((text, at) => lineAt(0, at * 50, "x", { text }));
    const html = await written(hocr, [pageOf(lines)]);
    expect(judge(html)).toBe("");
    expect(html).toContain("&lt;b&gt;&amp;amp;&quot;'");
    expect(html).toContain("]]&gt;");
    expect(html.match(/ocrx_word" id/gu)).toHaveLength(ODD.length);
  });
});
