import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { ContactItem } from "../../src/domain/pdf-port.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { createTextFont, FONT_OBJECTS } from "../../src/signing/appearance/text-font.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-contact-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);
const tools = createPdfTools({
  sheetFont: async () => ({ font: createTextFont([]), objects: FONT_OBJECTS }),
});

/** White on the left, black on the right; odd widths fill half a byte at the end of each row. */
function thumbnail(width: number, height: number): NonNullable<ContactItem["thumbnail"]> {
  const pixels = Buffer.alloc(width * height, 255);
  for (let at = 0; at < pixels.length; at++) if (at % width >= width / 2) pixels[at] = 0;
  return { pgm: Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), pixels]), width, height };
}

const TITLE =
  "Quyết định về việc phê duyệt đồ án quy hoạch chi tiết tỷ lệ 1/500 khu dân cư Ưỡn Ẹo, phường Ngã Bảy và vùng phụ cận";

function item(number: number, picture?: ContactItem["thumbnail"]): ContactItem {
  const lines = [
    `H57.132-260804-${number}`,
    "Kết quả giải quyết · QĐ",
    TITLE,
    "3 trang",
    "Cán bộ: huệ",
    "7f3a9c1e",
  ];
  return { lines, ...(picture && { thumbnail: picture }) };
}

async function write(name: string, count: number, make = item): Promise<{ readonly pages: number }> {
  async function* items() {
    for (let number = 1; number <= count; number++) yield make(number);
  }
  const created = new Date("2026-11-22T20:30:00Z");
  const sheet = { title: "Danh mục văn bản chờ ký số", unit: "Ủy ban nhân dân xã Thí Điểm", created };
  return tools.contactSheet(path(name), { ...sheet, items: items() });
}

const text = (name: string, ...options: readonly string[]) =>
  execFileSync("pdftotext", [...options, path(name), "-"], { encoding: "utf8" });

it("puts twelve documents on a sheet, numbers them and tells how many there are on every sheet", async () => {
  expect(await write("many.pdf", 25, (n) => item(n, thumbnail(59, 84)))).toEqual({ pages: 3 });
  expect(execFileSync("qpdf", ["--check", path("many.pdf")], { encoding: "utf8" })).toContain("No syntax");
  const pages = text("many.pdf", "-layout").split("\f").slice(0, 3);
  for (const [index, page] of pages.entries()) {
    expect(page).toContain("Danh mục văn bản chờ ký số");
    expect(page).toContain("Ủy ban nhân dân xã Thí Điểm · 25 văn bản · 3 tờ · 23.11.2026 03:30");
    expect(page).toContain(`Trang ${index + 1}`);
  }
  expect(pages.map((page) => page.match(/H57\.132/gu)?.length)).toEqual([12, 12, 1]);
  expect(pages[2]).toContain("25. H57.132-260804-25");
});

it("shows Vietnamese letters, two rows of a long title and every line after it", async () => {
  await write("caption.pdf", 1);
  const said = text("caption.pdf").normalize("NFC");
  expect(said).toContain("Quyết định về việc phê duyệt đồ án quy hoạch chi tiết");
  expect(said).toMatch(/tỷ lệ 1\/500 khu dân cư Ưỡn Ẹo.*…/u);
  expect(said).toContain("Cán bộ: huệ\n7f3a9c1e");
  expect(said).toContain("Không vẽ được trang 1");
});

it("draws each first page in its proportions", async () => {
  await write("picture.pdf", 2, (n) => item(n, n === 1 ? thumbnail(595, 842) : thumbnail(1191, 842)));
  const [tall, wide] = execFileSync("pdfimages", ["-list", path("picture.pdf")], { encoding: "utf8" })
    .split("\n")
    .slice(2)
    .map((row) => row.trim().split(/\s+/u).slice(3, 5).map(Number));
  expect((tall?.[0] ?? 0) / (tall?.[1] ?? 1)).toBeCloseTo(595 / 842, 1);
  expect((wide?.[0] ?? 0) / (wide?.[1] ?? 1)).toBeCloseTo(1191 / 842, 1);
  const { pgm, width } = await tools.draw(path("picture.pdf"), 0, 72);
  const grey = (x: number, y: number) => pgm.at(pgm.length - width * 842 + y * width + x);
  expect([grey(50, 130), grey(90, 130)]).toEqual([255, 0]);
});

it("holds one sheet of items at a time, however many there are", async () => {
  const before = process.memoryUsage().rss;
  const picture = thumbnail(595, 842);
  expect(await write("big.pdf", 600, (n) => item(n, picture))).toEqual({ pages: 50 });
  expect(process.memoryUsage().rss - before).toBeLessThan(120_000_000);
  expect(statSync(path("big.pdf")).size).toBeLessThan(1_200_000);
});

it("says that there is nothing rather than nothing", async () => {
  expect(await write("none.pdf", 0)).toEqual({ pages: 1 });
  expect(text("none.pdf")).toContain("0 văn bản · 1 tờ");
});
