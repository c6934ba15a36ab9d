import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { ExportedPage } from "../../../src/domain/ports.ts";
import { createTextExports } from "../../../src/ocr/export/text-exports.ts";
import { DOCUMENT, lineAt, pageOf, written } from "./sample-pages.ts";

const both = createTextExports(["hocr", "alto"]);
const page = (number: number): ExportedPage =>
  pageOf(
    Array.from({ length: 40 }, (_, at) => lineAt(100, at * 60, `Điều ${number} khoản ${at} của Luật này`)),
    { number },
  );

it("makes what the setting names, once", () => {
  expect(createTextExports(["alto", "hocr", "alto"]).map(({ fileName }) => fileName)).toEqual([
    "alto.xml",
    "hocr.html",
  ]);
  expect(createTextExports([])).toEqual([]);
});

describe.each(both)("the export $name", (form) => {
  it("gives the same pages the same bytes", async () => {
    const pages = [page(1), page(2)];
    expect(await written(form, pages)).toBe(await written(form, structuredClone(pages)));
  });

  it("gives every element an ID of its own over many pages", async () => {
    const text = await written(
      form,
      Array.from({ length: 30 }, (_, at) => page(at + 1)),
    );
    const ids = [...text.matchAll(/ id="([^"]+)"/giu)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(30 * 40 * 8);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("asks for a page only when the one before has been taken", async () => {
    let asked = 0;
    async function* pages(): AsyncIterable<ExportedPage> {
      while (asked < 5) yield page(++asked);
    }
    let taken = 0;
    for await (const part of form.write(pages(), DOCUMENT)) {
      if (/ocr_page"|<Page /u.test(part)) taken += 1;
      expect(asked).toBe(taken);
    }
    expect(taken).toBe(5);
  });

  it("takes no more memory for two thousand pages than for two hundred", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const held: number[] = [];
    async function* pages(): AsyncIterable<ExportedPage> {
      for (let number = 1; number <= 2000; number += 1) {
        if (number % 900 === 200) {
          collect();
          held.push(process.memoryUsage().heapUsed / 1e6);
        }
        yield page(number);
      }
    }
    let length = 0;
    for await (const part of form.write(pages(), DOCUMENT)) length += part.length;
    expect(length).toBeGreaterThan(50e6);
    const [first = 0, last = Infinity] = [held[0], held.at(-1)];
    expect(last - first).toBeLessThan(5);
  });
});
