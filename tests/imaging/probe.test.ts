import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { testImaging } from "../support/imaging.ts";
import { formatOf, sniffFormat } from "../../src/imaging/sniff.ts";
import { faxTags, madeTiff } from "./made-tiff.ts";

const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");
const folder = mkdtempSync(join(tmpdir(), "sohoa-probe-"));
const imaging = testImaging();
const probe = (path: string) => imaging.probe(path);

afterAll(() => rmSync(folder, { recursive: true }));

function file(bytes: Buffer | string, name = "scan.bin"): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const square = sharp({ create: { width: 40, height: 30, channels: 3, background: "#abc" } });

describe("the format of a file", () => {
  it.each(["jpeg", "png", "tiff", "webp", "gif", "avif"] as const)(
    "is %s by its bytes, whatever its name says",
    async (format) => {
      const path = file(await square.clone().toFormat(format).toBuffer(), "scan.pdf");
      expect(await probe(path)).toEqual({ format, frames: 1 });
    },
  );

  it.each([
    ["pdf", `${"\n".repeat(900)}%PDF-1.4\n`],
    ["text", "Ủy ban nhân dân"],
    ["empty", ""],
    ["html", "<!DOCTYPE html><p>x"],
    ["zip", "PK\x03\x04 a.txt"],
    ["docx", "PK\x03\x04 [Content_Types].xml word/document.xml"],
    ["heic", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
    ["jp2", "\0\0\0\x0cjP  \r\n"],
    ["jxl", "\0\0\0\x0cJXL \r\n"],
    ["svg", '<?xml version="1.0"?><svg/>'],
    ["unknown", "\x01\x02\0\x03"],
  ])("can be %s", async (format, head) => {
    expect(await sniffFormat(file(head))).toBe(format);
  });

  it("stays text when the head is cut inside a letter", () => {
    const text = Buffer.from("ệ".repeat(400));
    expect(formatOf(text.subarray(0, 1024))).toBe("text");
  });
});

describe("probe", () => {
  it("counts the pages of a TIFF of 600 pages, leaves out its thumbnail, and reads only the directories", async () => {
    const strip = Buffer.alloc(2000, 0x55);
    const page = { tags: faxTags(2480, 3508), strips: [strip] };
    const thumbnail = { tags: faxTags(160, 200, { 254: [1] }), strips: [strip] };
    const frames = [page, thumbnail, ...Array.from({ length: 599 }, () => page)];
    for (const form of [{}, { bigEndian: true }, { big: true }, { big: true, bigEndian: true }])
      expect(await probe(file(madeTiff(frames, form)))).toEqual({ format: "tiff", frames: 600 });
  });

  it("ends on a directory chain that runs in a circle", async () => {
    const tiff = madeTiff([{ tags: faxTags(20, 20), strips: [Buffer.alloc(10)] }]);
    const first = tiff.readUInt32LE(4);
    tiff.writeUInt32LE(first, first + 2 + tiff.readUInt16LE(first) * 12);
    expect(await probe(file(tiff))).toEqual({ format: "tiff", frames: 1 });
  });

  it("refuses what it cannot read, naming the format", async () => {
    const refused = { code: "unsupported_format" };
    await expect(probe(file("PK\x03\x04 word/document.xml", "a.jpg"))).rejects.toMatchObject({
      ...refused,
      detail: expect.stringMatching(/^docx: .*In ra PDF \/ .*print to PDF$/u),
    });
    await expect(probe(file("%PDF-1.7"))).rejects.toMatchObject({ ...refused, detail: "pdf" });
    await expect(probe(file("chỉ là chữ"))).rejects.toMatchObject({
      ...refused,
      detail: expect.stringContaining("print to PDF"),
    });
  });

  it("tells an empty, a cut and a missing file apart", async () => {
    await expect(probe(file(""))).rejects.toMatchObject({ code: "unreadable", detail: "empty file" });
    const tiff = madeTiff(
      Array.from({ length: 5 }, () => ({ tags: faxTags(20, 20), strips: [Buffer.alloc(9)] })),
    );
    await expect(probe(file(tiff.subarray(0, -40)))).rejects.toMatchObject({ code: "truncated" });
    await expect(probe(file(Buffer.from([0xff, 0xd8, 0xff, 0xe0])))).rejects.toMatchObject({
      code: "truncated",
    });
    await expect(probe(join(folder, "none.jpg"))).rejects.toMatchObject({ code: "source_missing" });
  });

  it("refuses pages over the pixel limit from the head alone", async () => {
    const png = await square.clone().png().toBuffer();
    png.writeUInt32BE(65_536, 16);
    png.writeUInt32BE(65_536, 20);
    await expect(probe(file(png))).rejects.toMatchObject({ code: "too_large", detail: "png 65536x65536" });
    const gif = await square.clone().gif().toBuffer();
    gif.writeUInt16LE(60_000, 6);
    gif.writeUInt16LE(60_000, 8);
    await expect(probe(file(gif))).rejects.toMatchObject({ code: "too_large" });
    const tiff = madeTiff([{ tags: faxTags(100_000, 100_000), strips: [Buffer.alloc(9)] }]);
    await expect(probe(file(tiff))).rejects.toMatchObject({ code: "too_large" });
  });

  it.skipIf(!existsSync(CORPUS))("answers for the corpus (skipped: ../shared/corpus not found)", async () => {
    const answer = (path: string) => probe(join(CORPUS, path)).catch((error: unknown) => error);
    expect(await answer("images/g4-multi.tiff")).toEqual({ format: "tiff", frames: 3 });
    expect(await answer("images/hopper_bigtiff.tif")).toEqual({ format: "tiff", frames: 1 });
    expect(await answer("images/simple.heic")).toEqual({ format: "heic", frames: 1 });
    expect(await answer("images/relax.jp2")).toEqual({ format: "j2k", frames: 1 });
    expect(await answer("hostile/65536-uint32-limit.png")).toMatchObject({ code: "too_large" });
    expect(await answer("hostile/decompression_bomb.gif")).toMatchObject({ code: "too_large" });
    expect(await answer("hostile/broken.png")).toMatchObject({ code: "unreadable" });
  });
});
