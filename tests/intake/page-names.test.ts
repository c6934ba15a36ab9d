import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseUnitCode } from "../../src/domain/codes.ts";
import { naturalOrder } from "../../src/intake/natural-order.ts";
import { testSettings } from "../support/settings.ts";
import { candidates, fileNames, found, refusals, RULES, tree } from "./support.ts";

const code = parseUnitCode("H57", RULES.codes);
if (code === undefined) throw new Error("H57 is a unit code");
const settings = testSettings("/không/có", { unit: code });

/** Documents of a folder that was filled in an order of no meaning. */
async function documents(...files: readonly string[]): Promise<string[][]> {
  const root = tree(files.toReversed());
  return fileNames(await found(root, { settings }), root);
}

it.each([
  ["Kodak", ["00000001.tif", "00000002.tif", "00000010.tif"]],
  ["Canon", ["IMG_0009.JPG", "IMG_0010.JPG", "IMG_0100.JPG"]],
  ["HP", ["Scan_20260804_1.jpg", "Scan_20260804_2.jpg", "Scan_20260804_10.jpg"]],
  ["HP Smart", ["Scan_20260804.jpg", "Scan_20260804 (2).jpg", "Scan_20260804 (10).jpg"]],
  ["Epson", ["img001.jpg", "img002.jpg", "img010.jpg"]],
  ["Epson, later", ["img20260804_10153012.jpg", "img20260804_10153845.jpg"]],
  ["Fujitsu", ["20260804101530_001.jpg", "20260804101530_002.jpg"]],
  ["CamScanner", ["CamScanner 04-08-2026 10.15_1.jpg", "CamScanner 04-08-2026 10.15_10.jpg"]],
  ["Windows", ["Scan.jpg", "Scan (2).jpg", "Scan (3).jpg", "Scan (12).jpg"]],
  ["browsers", ["tải về.png", "tải về (1).png", "tải về (2).png"]],
  ["iPhones", ["IMG_0998.HEIC", "IMG_0999.heic", "IMG_1000.HEIF"]],
  ["Android phones", ["IMG_20260804_101530.jpg", "IMG_20260804_101602.jpg"]],
  ["days", ["2026-08-04_001.jp2", "2026-08-04_002.j2k", "2026-08-04_011.jp2"]],
  ["duplex feeders", ["to 001a.jpg", "to 001b.jpg", "to 002a.jpg", "to 002b.jpg", "to 003a.jpg"]],
  ["recto and verso", ["9r.tif", "9v.tif", "10r.tif", "10v.tif"]],
  ["a page put in later", ["trang 1.bmp", "trang 2.bmp", "trang 2b.bmp", "trang 3.bmp"]],
  ["a page that is missing", ["p-001.avif", "p-003.avif", "p-010.avif"]],
  ["mixed leading zeros", ["1.jpg", "02.jpg", "3.jpeg", "010.jfif"]],
  ["mixed letters", ["Trang 1.JPG", "trang 2.jpg", "TRANG 10.jpg"]],
  [
    "Macs",
    ["Đơn đề nghị 1.jpg".normalize("NFD"), "Đơn đề nghị 2.jpg", "Đơn đề nghị 10.jpg".normalize("NFD")],
  ],
])("makes one document, in order, of the names that %s give", async (_source, files) => {
  expect(await documents(...files)).toEqual([files.map((name) => name.normalize("NFC"))]);
});

it("makes no document of names that only look alike", async () => {
  const zalo = ["z4512345678901_0a1b2c3d4e5f.jpg", "z4512345678999_9f8e7d6c5b4a.jpg"];
  const names = ["Lớp 1A.jpg", "Lớp 2A.jpg", "đơn.jpg", "đơn (1).jpg", "bìa.jpg", "bìa_1.jpg", "bìa_1.pdf"];
  expect(await documents(...zalo, ...names)).toHaveLength(zalo.length + names.length);
});

it("takes a page without a number from no other document, and into one only", async () => {
  const files = ["Scan_20260804.jpg", "Scan_20260804 (2).jpg", "Scan_20260804_2.jpg", "Scan_20260805.jpg"];
  const all = await documents(...files);
  expect(all.flat().toSorted()).toEqual(files.toSorted());
  expect(all.filter((pages) => pages.length === 2)).toHaveLength(1);
  expect(all.find((pages) => pages.length === 2)?.[0]).toBe("Scan_20260804.jpg");
});

it("keeps order and count of 3,000 pages whatever order the disk gives", async () => {
  const files = Array.from({ length: 3000 }, (_, index) => `quét ${index + 1}.jpg`);
  expect(await documents(...files)).toEqual([files]);
});

it("orders names as people do, the same way from both sides", () => {
  const ordered = [
    "2026-08-04_001.pdf",
    "2026-08-04_010.pdf",
    "2026-10-01.pdf",
    "file9.pdf",
    "file10.pdf",
    "Scan.pdf",
    "Scan (2).pdf",
    "scan (10).pdf",
    "tờ -2.pdf",
    "tờ -10.pdf",
    "trang 2.pdf",
    "trang 2b.pdf",
    "trang 03.pdf",
  ];
  expect(ordered.toReversed().toSorted(naturalOrder)).toEqual(ordered);
  for (const [at, left] of ordered.entries())
    for (const [to, right] of ordered.entries())
      expect(Math.sign(naturalOrder(left, right))).toBe(Math.sign(at - to));
});

it.skipIf(process.platform === "win32")("lists files of any kind, empty ones and odd names too", async () => {
  const files = ["gói.zip", "thư.eml", "sổ.db", "đơn.docx", "ghi\u0007chú\n2.txt", "\u202Efdp.exe"];
  const root = tree({ ...Object.fromEntries(files.map((name) => [name, name])), "rỗng.pdf": "" });
  const listed = candidates(await found(root, { settings }));
  expect(listed.map(({ name }) => name).toSorted()).toEqual([...files, "rỗng.pdf"].toSorted());
  expect(listed.find(({ name }) => name === "rỗng.pdf")?.files[0]?.bytes).toBe(0);
});

it.runIf(process.platform === "linux")("reports a name that is not Unicode, and goes on", async () => {
  const root = tree(["a.pdf"]);
  writeFileSync(
    Buffer.concat([Buffer.from(join(root, "gi")), Buffer.from([0xea, 0x79]), Buffer.from(".pdf")]),
    "x",
  );
  const items = await found(root, { settings });
  expect(refusals(items)).toMatchObject([
    { name: "gi\uFFFDy.pdf", reason: "unreadable", detail: expect.stringContaining("rename it") },
  ]);
  expect(candidates(items)).toHaveLength(1);
});
