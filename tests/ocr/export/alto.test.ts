import { describe, expect, it } from "vitest";
import { createAltoExport } from "../../../src/ocr/export/alto.ts";
import { scratchFolder } from "../../support/program.ts";
import { faults, lineAt, ODD, ODD_READ, pageOf, written } from "./sample-pages.ts";

const alto = createAltoExport();

describe("ALTO", () => {
  const scratch = scratchFolder("alto");
  const judge = (xml: string): string => faults(xml, "alto-4.rng", scratch);
  const values = (xml: string, name: string): string[] =>
    [...xml.matchAll(new RegExp(` ${name}="([^"]*)"`, "gu"))].map(([, value = ""]) => value);

  it("follows the rules of its schema over pages of all kinds", async () => {
    const own = { ownText: true, dpi: 72, width: 595.276, height: 841.89, engine: "text layer" };
    const pages = [
      pageOf([lineAt(100, 100, "UBND TỈNH HÀ GIANG"), lineAt(1300, 100, "CỘNG HÒA XÃ HỘI")], { number: 1 }),
      pageOf([], { number: 2 }),
      pageOf([lineAt(70.123, 80.456, "chữ có sẵn")], { number: 3, ...own }),
      pageOf([lineAt(9, 9, "Qụyết", { raw: "Quyêt" })], { number: 4 }),
    ];
    const about = { engines: ["tesseract 5, vie", "text layer"], languages: ["vie", "eng"] };
    expect(judge(await written(alto, pages, about))).toBe("");
  });

  it("is judged by a grammar that sees what is wrong", async () => {
    const good = await written(alto, [pageOf([lineAt(0, 0, "một hai"), lineAt(0, 50, "ba")])]);
    const spoiled = [
      good.replace('ID="P1_W2"', 'ID="P1_W1"'),
      good.replace('PROCESSINGREFS="S0 S1"', 'PROCESSINGREFS="S0 S7"'),
      good.replace('WC="0.9"', 'WC="1.1"'),
      good.replace(' CONTENT="một"', ""),
      good.replace(/<String ID="P1_W3"[^>]*>\n/u, ""),
      good.replace("<MeasurementUnit>pixel</MeasurementUnit>\n", ""),
      good.replace(/(<Description>[^]*<\/Description>\n)(<Layout>[^]*<\/Layout>\n)/u, "$2$1"),
    ];
    for (const xml of spoiled) expect(judge(xml)).toMatch(/validity error/u);
  });

  it("places words in whole pixels of a scan and hundredths of a point of a page's own text", async () => {
    const line = lineAt(10.4, 20.6, "một hai");
    const scan = await written(alto, [pageOf([line])]);
    expect(scan).toContain('<String ID="P1_W1" HPOS="10" VPOS="21" WIDTH="100" HEIGHT="40" CONTENT="một"');
    expect(scan).toContain('<SP HPOS="110" VPOS="21" WIDTH="10" HEIGHT="40"/>');
    const own = await written(alto, [pageOf([line], { ownText: true, dpi: 72, width: 595.276 })]);
    expect(own).toContain('HPOS="10.4" VPOS="20.6" WIDTH="100" HEIGHT="40" CONTENT="một"');
    expect(own).toContain('WIDTH="595.28"');
    expect(own).not.toContain("LANG=");
  });

  it("states each word's confidence, and of the page the share of words that is right", async () => {
    const lines = [lineAt(0, 0, "chắc", { confidence: 0.9996 }), lineAt(0, 50, "ngờ", { confidence: 0.25 })];
    const xml = await written(alto, [pageOf(lines)]);
    expect(values(xml, "WC")).toEqual(["1", "0.25"]);
    expect(values(xml, "PC")).toEqual(["0.625"]);
  });

  it("keeps what was read before the Vietnamese finish beside the word", async () => {
    const xml = await written(alto, [pageOf([lineAt(0, 0, "Quyết", { raw: "Quy<ết" })])]);
    expect(xml).toContain(
      'CONTENT="Quyết" WC="0.9"><ALTERNATIVE PURPOSE="as recognized">Quy&lt;ết</ALTERNATIVE>',
    );
  });

  it("names engine and program of every page", async () => {
    const pages = [pageOf([], { number: 1 }), pageOf([], { number: 2, engine: "other & more" })];
    const xml = await written(alto, pages, { engines: ["tesseract 5, vie", "other & more"] });
    expect(values(xml, "PROCESSINGREFS")).toEqual(["S0 S1", "S0 S2"]);
    expect(xml).toMatch(/<Processing ID="S2">.*<softwareName>other &amp; more<\/softwareName>/u);
  });

  it("escapes markup and drops what XML cannot hold", async () => {
    const line = lineAt(0, 0, "x");
    const [word] = line.words;
    const words = [...ODD, "\u0000"].map((text) => ({ ...word, text, raw: text })) as typeof line.words;
    const xml = await written(alto, [
      pageOf([
        { ...line, words },
        { ...line, words: words.slice(-1) },
      ]),
    ]);
    expect(judge(xml)).toBe("");
    const plain = values(xml, "CONTENT").map((text) =>
      text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&"),
    );
    expect(plain).toEqual(ODD_READ);
  });

  it("never gives a space or box a negative size", async () => {
    const [first, second] = [lineAt(0, 0, "một").words, lineAt(50, 0, "hai").words];
    const line = { words: [...first, ...second], box: { x0: 0, y0: 0, x1: 150, y1: 40 } };
    const xml = await written(alto, [pageOf([line])]);
    expect(xml).toContain('<SP HPOS="100" VPOS="0" WIDTH="0" HEIGHT="40"/>');
  });
});
