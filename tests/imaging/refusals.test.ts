import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { isSelfContained } from "../../src/imaging/foreign/svg.ts";
import { formatOf } from "../../src/imaging/sniff.ts";
import { testImaging } from "../support/imaging.ts";
import { bmp, magickFile } from "./made-foreign.ts";
import { madeHeic } from "./made-heif.ts";
import { placed } from "./made-pages.ts";
import { faxTags, madeTiff } from "./made-tiff.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-refusals-"));
const imaging = testImaging();
afterAll(() => rmSync(folder, { recursive: true }));

function file(bytes: Buffer | string): string {
  const path = join(folder, "scan.bin");
  writeFileSync(path, typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  return path;
}

const [width, height] = [64, 48];
const samples = { data: Buffer.alloc(width * height * 3, 0x70), width, height };
const pixels = sharp(samples.data, { raw: { width, height, channels: 3 } });

const detailOf = (bytes: Buffer | string): Promise<string> =>
  imaging.probe(file(bytes)).then(
    () => "read",
    ({ code, detail }: { code: string; detail: string }) => `${code} ${detail}`,
  );

const zip = (name: string) => `PK\x03\x04\x14\0\0\0\0\0${"\0".repeat(16)}\x08\0\0\0${name}`;

describe("a file that is no scan is refused by name, with a way out in both languages", () => {
  it.each([
    ["docx", zip("word/document.xml"), "In ra PDF"],
    ["xlsx", zip("xl/workbook.xml"), "In ra PDF"],
    ["pptx", zip("ppt/presentation.xml"), "In ra PDF"],
    ["odt", zip("mimetypeapplication/vnd.oasis.opendocument.text"), "In ra PDF"],
    ["ods", zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "In ra PDF"],
    ["xps", zip("FixedDocSeq.fdseq"), "In ra PDF"],
    ["doc/xls/ppt/msg", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "In ra PDF"],
    ["rtf", "{\\rtf1 x}", "In ra PDF"],
    ["html", "<!DOCTYPE html><p>x", "In ra PDF"],
    ["text", "chi la chu", "In ra PDF"],
    ["text", "\xff\xfec\0h\0u\0", "In ra PDF"],
    ["email", "From: a@example.vn\r\nSubject: x\r\n\r\nthu", "In ra PDF"],
    ["postscript", "%!PS-Adobe-3.0", "In ra PDF"],
    ["djvu", "AT&TFORM\0\0\0\0DJVU", "In ra PDF"],
    ["mdi", "EP*\0\0\0\0\0", "In ra PDF"],
    ["zip", zip("a.jpg"), "giải nén"],
    ["7z", "7z\xbc\xaf\x27\x1c\0\x04", "giải nén"],
    ["rar", "Rar!\x1a\x07\x01\0", "giải nén"],
    ["gzip", "\x1f\x8b\x08\0", "giải nén"],
    ["tar", `${"a.jpg".padEnd(257, "\0")}ustar\0`, "giải nén"],
    ["jbig2", "\x97JB2\r\n\x1a\n", "TIFF"],
    ["raw photo", "II*\0\x10\0\0\0CR\x02\0", "JPEG"],
    ["raw photo", "\0\0\0\x18ftypcrx \0\0\0\x01crx ", "JPEG"],
    ["raw photo", "FUJIFILMCCD-RAW 0201", "JPEG"],
    ["mp4", "\0\0\0\x18ftypisom\0\0\0\0", "PNG"],
    ["shortcut", "\x4c\0\0\0\x01\x14\x02\0", "chép tệp gốc"],
    ["unknown", "\x01\x02\0\x03", "không phải bản quét"],
  ])("%s (%#)", async (name, head, advice) => {
    const detail = await detailOf(head);
    expect(detail.startsWith(`unsupported_format ${name}: `)).toBe(true);
    expect(detail.split(" / ")).toHaveLength(2);
    expect(detail).toContain(advice);
  });

  it.each([
    ["LZMA", { 259: [34925] }],
    ["ZSTD", { 259: [50000] }],
    ["JPEG 2000", { 259: [34712] }],
    ["compression 4711", { 259: [4711] }],
  ])("TIFF holding %s", async (name, coding) => {
    const tiff = madeTiff([{ tags: faxTags(20, 20, coding), strips: [Buffer.alloc(50)] }]);
    expect(await detailOf(tiff)).toMatch(new RegExp(`^unsupported_format tiff ${name}: .* / `, "u"));
    await expect(imaging.normalize(placed(tiff))).rejects.toMatchObject({ code: "unsupported_format" });
  });

  it.each([
    ["lossless", 0xc3, 8],
    ["hierarchical", 0xc5, 8],
    ["JPEG-LS", 0xf7, 8],
    ["12-bit", 0xc1, 12],
  ])("JPEG that is %s", async (name, process, precision) => {
    const jpeg = await pixels.clone().jpeg().toBuffer();
    const at = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg[at + 1] = process;
    jpeg[at + 4] = precision;
    expect(await detailOf(jpeg)).toMatch(new RegExp(`^unsupported_format jpeg ${name}: .* / `, "u"));
  });

  it("raw photos in a TIFF's clothes, with and without a page in sight", async () => {
    const preview = { tags: faxTags(20, 20, { 254: [1], 330: [8] }), strips: [Buffer.alloc(50)] };
    expect(await detailOf(madeTiff([preview]))).toMatch(/^unsupported_format raw photo: /u);
    const dng = { tags: faxTags(20, 20, { 50706: [1] }), strips: [Buffer.alloc(50)] };
    expect(await detailOf(madeTiff([dng]))).toMatch(/^unsupported_format raw photo: /u);
  });
});

it("does not take a letter for a format with a short mark", () => {
  for (const text of ["BM là viết tắt", "P5 không phải ảnh", "MIME", "Date: hôm nay, và không có gì khác"])
    expect(formatOf(Buffer.from(text))).toBe("text");
});

describe("a foreign image that is damaged", () => {
  it("is truncated when its end is missing, and never half a page", async () => {
    const noisy = await sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        background: "#fff",
        noise: { type: "gaussian", mean: 128, sigma: 40 },
      },
    })
      .raw()
      .toBuffer();
    const page = { data: noisy, width: 300, height: 300 };
    const avif = await sharp(noisy, { raw: { width: 300, height: 300, channels: 3 } })
      .avif()
      .toBuffer();
    const files = [
      bmp(page, 24),
      await magickFile(page, "Jp2"),
      await magickFile(page, "J2k"),
      await magickFile(page, "Ppm"),
      madeHeic([{ avif }], 0),
    ];
    for (const whole of files) {
      const cut = placed(whole.subarray(0, Math.round(whole.length * 0.6)));
      await expect(imaging.normalize(cut)).rejects.toMatchObject({ code: "truncated" });
      expect(await imaging.normalize(placed(whole))).toMatchObject({ width: 300, height: 300 });
    }
    const jxl = await magickFile(page, "Jxl");
    await expect(imaging.normalize(placed(jxl.subarray(0, 2000)))).rejects.toMatchObject({
      code: expect.stringMatching(/truncated|unreadable/u),
    });
  });

  it("is refused for its size from its head", async () => {
    const huge = bmp(samples, 24);
    huge.writeUInt32LE(60_000, 18);
    huge.writeUInt32LE(60_000, 22);
    expect(await detailOf(huge)).toMatch(/^too_large /u);
    await expect(imaging.normalize(placed(huge))).rejects.toMatchObject({ code: "too_large" });
    const avif = await pixels.clone().avif().toBuffer();
    const heic = madeHeic([{ avif }], 0);
    const at = heic.indexOf("ispe") + 8;
    heic.writeUInt32BE(40_000, at);
    heic.writeUInt32BE(40_000, at + 4);
    expect(await detailOf(heic)).toMatch(/^(?:too_large|unreadable) /u);
  });
});

describe("a drawing (SVG)", () => {
  const svg = (inside: string, size = 'width="100mm" height="141.4mm"') =>
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 210 297">${inside}</svg>`;

  it("is drawn on white at 300 dpi of its size", async () => {
    const drawing = svg('<rect width="100" height="100" fill="#c00"/>');
    expect(await detailOf(drawing)).toBe("read");
    const page = await imaging.normalize(placed(Buffer.from(drawing)));
    expect(page).toMatchObject({ width: 1181, height: 1670, dpi: 300, colour: true });
    const inPixels = Buffer.from(svg("<g/>", 'width="384" height="480"'));
    expect(await imaging.normalize(placed(inPixels))).toMatchObject({ width: 1200, height: 1500, dpi: 300 });
  });

  it.each([
    ["a file", '<image href="file:///etc/hostname" width="9" height="9"/>'],
    ["the network", '<image xlink:href="https://example.vn/a.png"/>'],
    ["a style that fetches", '<style>@import "a.css";</style>'],
    ["a fill that fetches", '<rect fill="url(http://example.vn/#a)"/>'],
    ["text in some font", "<text>x</text>"],
    ["a script", "<script>1</script>"],
    ["copies of copies", '<g id="a"/><use href="#a"/>'],
  ])("that names %s is refused", async (_, inside) => {
    expect(await detailOf(svg(inside))).toMatch(/^unsupported_format svg: /u);
    await expect(imaging.normalize(placed(Buffer.from(svg(inside))))).rejects.toMatchObject({
      code: "unsupported_format",
    });
  });

  it("that declares entities or is larger than a drawing is refused", () => {
    expect(isSelfContained(Buffer.from('<!DOCTYPE svg [<!ENTITY a "x">]><svg/>'))).toBe(false);
    expect(isSelfContained(Buffer.alloc(5_000_000, 0x20))).toBe(false);
    expect(isSelfContained(Buffer.from(svg('<image href="data:image/png;base64,AAAA"/>')))).toBe(true);
  });

  it("of a giant size is refused before it is drawn", async () => {
    const giant = svg("<g/>", 'width="9000mm" height="9000mm"');
    await expect(imaging.normalize(placed(Buffer.from(giant)))).rejects.toMatchObject({ code: "too_large" });
  });
});
