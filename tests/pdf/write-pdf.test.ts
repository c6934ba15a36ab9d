import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PdfImage } from "../../src/domain/page-ports.ts";
import type { PdfPage } from "../../src/domain/pdf-port.ts";
import type { Line } from "../../src/domain/reading.ts";
import { checkOwnPdf, createPdfTools } from "../../src/pdf/pdf-tools.ts";
import {
  difference,
  faxImage,
  bilevelPixels,
  cornerPixels,
  jpegImage,
  mixedImage,
  picture,
  pngImage,
  HEIGHT,
  WIDTH,
} from "./sample-images.ts";
import { preflightCodes } from "../support/judges.ts";
import { madeJp2 } from "./made-jp2.ts";
import { run, scratch } from "./small-pdf.ts";

const place = scratch();
const tools = createPdfTools({ workFolder: place.folder });
afterAll(async () => {
  await tools.close();
  place.clean();
});

const TEXT = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 574/UBND-KTTH ưỡn ẹo Ð đ", "(a\\b) <c> 𠀀 100%"];
const DPI = 100;

function lines(texts: readonly string[]): Line[] {
  return texts.map((text, row) => {
    let x = 10;
    const words = text.split(" ").map((word) => {
      const box = { x0: x, y0: 20 + row * 30, x1: x + word.length * 8, y1: 36 + row * 30 };
      x = box.x1 + 6;
      return { text: word, box, confidence: 1 };
    });
    return { words, box: { x0: 10, y0: 20 + row * 30, x1: x, y1: 36 + row * 30 } };
  });
}

async function write(
  name: string,
  pages: readonly PdfPage[],
  keywords = ["H57.132-260804-0583", "result"],
): Promise<string> {
  const path = join(place.folder, name);
  const document = {
    title: "Hồ sơ <1> & kết quả",
    keywords,
    created: new Date("2026-11-21T03:00:00Z"),
    pages: each(pages),
  };
  expect(await tools.write(path, document)).toEqual({ pages: pages.length });
  return path;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const page = (image: PdfImage, texts: readonly string[] = []): PdfPage => ({
  image,
  dpi: DPI,
  ...(image.turn % 180 === 0 ? { width: WIDTH, height: HEIGHT } : { width: HEIGHT, height: WIDTH }),
  lines: lines(texts),
});

/** What poppler draws, as RGB samples out of its PPM. */
function drawn(path: string, number: number): { data: Buffer; width: number; height: number } {
  const args = ["-r", String(DPI), "-f", String(number), "-l", String(number), path];
  const ppm = spawnSync("pdftoppm", args, { maxBuffer: 1 << 26 }).stdout;
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/u.exec(ppm.toString("latin1", 0, 40));
  return { data: ppm.subarray(head?.[0].length), width: Number(head?.[1]), height: Number(head?.[2]) };
}

describe("a written file", () => {
  let path = "";
  let images: PdfImage[] = [];
  beforeAll(async () => {
    const jpeg = await jpegImage();
    images = [jpeg, await jpegImage(true), await faxImage(), await pngImage(false), await pngImage(true)];
    path = await write(
      "all.pdf",
      images.map((image) => page(image, TEXT)),
    );
  });

  it("has no fault that qpdf finds", () => {
    expect(run("qpdf", "--check", path)).toContain("No syntax or stream encoding errors");
    expect(run("qpdf", "--show-npages", path).trim()).toBe("5");
  });

  it("gives back exactly the words, line by line, through pdftotext", () => {
    const text = run("pdftotext", "-f", "1", "-l", "1", path, "-");
    expect(text.split(/\s+/u).filter(Boolean)).toEqual(TEXT.join(" ").normalize("NFC").split(" "));
    expect(text.trim().split("\n").filter(Boolean)[0]).toBe(TEXT[0]);
  });

  it("lays each word where the page shows it", () => {
    const boxes = run("pdftotext", "-f", "1", "-l", "1", "-bbox", path, "-").matchAll(
      /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">/gu,
    );
    const found = [...boxes].map((match) => match.slice(1).map(Number));
    const wanted = lines(TEXT).flatMap(({ words }) =>
      words.map(({ box }) => [box.x0, box.y0, box.x1, box.y1]),
    );
    expect(found).toHaveLength(wanted.length);
    for (const [index, box] of wanted.entries()) {
      const off = box.map((value, side) => Math.abs(value * (72 / DPI) - (found[index]?.[side] ?? 0)));
      expect(Math.max(...off)).toBeLessThan(1.5);
    }
  });

  it("is PDF/A to PDFBox Preflight but for the part and level, which it does not know", () => {
    expect(preflightCodes(path)).toEqual(["7.11.1", "7.11.2"]);
  }, 60_000);

  it("embeds its font with a Unicode map", () => {
    expect(run("pdffonts", path)).toMatch(/SohoaGlyphless\s+CID TrueType\s+Identity-H\s+yes no\s+yes/u);
  });

  it("says the same in Info and XMP and carries the keywords", () => {
    const info = run("pdfinfo", "-isodates", path);
    expect(info).toContain("Title:           Hồ sơ <1> & kết quả");
    expect(info).toContain("Keywords:        H57.132-260804-0583, result");
    expect(info).toContain("CreationDate:    2026-11-21T03:00:00Z");
    const xmp = run("pdfinfo", "-meta", path);
    expect(xmp).toContain("<pdf:Keywords>H57.132-260804-0583, result</pdf:Keywords>");
    expect(xmp).toContain("Hồ sơ &lt;1&gt; &amp; kết quả");
  });

  it("shows every image kind as its pixels are", async () => {
    const bilevel = await bilevelPixels();
    const grey = await sharp(cornerPixels(), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .greyscale()
      .raw()
      .toBuffer();
    const spread = (one: Buffer): Buffer => Buffer.from([...one].flatMap((value) => [value, value, value]));
    const expected = [cornerPixels(), spread(grey), spread(bilevel), cornerPixels(), cornerPixels()];
    for (const [index, pixels] of expected.entries()) {
      const { data, width, height } = drawn(path, index + 1);
      expect([width, height]).toEqual([WIDTH, HEIGHT]);
      expect(difference(data, pixels), `page ${index + 1}`).toBeLessThan(4);
    }
  });

  it("holds the JPEG's bytes unchanged", () => {
    expect(readFileSync(path).includes(images[0]?.bytes ?? "")).toBe(true);
  });

  it("is read back by our own check and by inspect as scans", async () => {
    expect(await checkOwnPdf(path)).toEqual({ pages: 5 });
    const { pages, signatures, repairs } = await tools.inspect(path);
    expect(pages.map(({ kind }) => kind)).toEqual(["scan", "scan", "scan", "scan", "scan"]);
    expect(pages[0]).toMatchObject({ widthPt: 288, heightPt: 216 });
    expect([signatures, repairs]).toEqual([0, []]);
  });
});

describe.each([
  ["an image", jpegImage],
  ["ink over a coarse picture", mixedImage],
])("%s", (_, made) => {
  it("is drawn upright, turned and mirrored as it says, in a valid PDF/A", async () => {
    const image = await made();
    const variants = ([0, 90, 180, 270] as const).flatMap((turn) =>
      [false, true].map((mirrored) => ({ ...image, turn, mirrored })),
    );
    const path = await write(
      "turned.pdf",
      variants.map((variant) => page(variant)),
    );
    for (const [index, { turn, mirrored }] of variants.entries()) {
      // sharp turns before it mirrors, so the mirror is a step of its own.
      const first = await picture().flop(mirrored).png().toBuffer();
      const expected = await sharp(first).rotate(turn).raw().toBuffer({ resolveWithObject: true });
      const { data, width, height } = drawn(path, index + 1);
      expect([width, height]).toEqual([expected.info.width, expected.info.height]);
      expect(difference(data, expected.data), `turn ${turn}, mirrored ${mirrored}`).toBeLessThan(4);
    }
    expect(run("qpdf", "--check", path)).toContain("No syntax");
    expect(preflightCodes(path)).toEqual(["7.11.1", "7.11.2"]);
  }, 60_000);
});

describe("images a foreign PDF held", () => {
  const cardinal = join(import.meta.dirname, "../../../shared/corpus/pdfs/cardinal.pdf");

  it("are written as they were in JPEG 2000", async () => {
    const bytes = await madeJp2(cornerPixels(), WIDTH, HEIGHT);
    const image = { ...(await jpegImage()), filter: "JPXDecode", bytes } as const;
    const path = await write("jpx.pdf", [page(image, TEXT)]);
    expect(run("qpdf", "--check", path)).toContain("No syntax");
    expect(difference(drawn(path, 1).data, cornerPixels())).toBeLessThan(6);
    // 1.2.12: PDF/A-1, which is all Preflight knows, has no JPEG 2000; PDF/A-2 has (ISO 19005-2, 6.2.8.3).
    expect(preflightCodes(path)).toEqual(["1.2.12", "7.11.1", "7.11.2"]);
  }, 60_000);

  it("are written as they were in JBIG2, with what their pages share", async () => {
    if (!existsSync(cardinal)) {
      process.stderr.write("skipped: no ../shared/corpus/pdfs/cardinal.pdf\n");
      return;
    }
    const { stream } = await tools.pageImage(cardinal, 0);
    expect(stream?.filter).toBe("JBIG2Decode");
    if (stream === undefined) return;
    const image: PdfImage = { ...stream, turn: 0, mirrored: false, passedThrough: true };
    const pages = [false, true].map((inverted) => ({
      ...page({ ...image, inverted }),
      dpi: 300,
      width: stream.width,
      height: stream.height,
    }));
    const path = await write("jbig2.pdf", pages);
    expect(run("qpdf", "--check", path)).toContain("No syntax");
    expect(preflightCodes(path)).toEqual(["7.11.1", "7.11.2"]);
    const wanted = drawn(cardinal, 1).data;
    expect(difference(drawn(path, 1).data, wanted)).toBeLessThan(1);
    const negative = Buffer.from(wanted.map((value) => 255 - value));
    expect(difference(drawn(path, 2).data, negative)).toBeLessThan(2);
  }, 60_000);

  it("are written with the parameters of their fax code", async () => {
    const fax = { k: -1, byteAlign: false, endOfLine: false, endOfBlock: false };
    const path = await write("fax.pdf", [page({ ...(await faxImage()), fax, inverted: true })]);
    const expected = (await bilevelPixels()).map((value) => 255 - value);
    const shown = drawn(path, 1).data.filter((_, at) => at % 3 === 0);
    expect(difference(Buffer.from(shown), Buffer.from(expected))).toBeLessThan(4);
    expect(readFileSync(path, "latin1")).toContain("/K -1/Columns 400/Rows 300/EndOfBlock false");
  });
});

it("is valid PDF/A without any text", async () => {
  const path = await write("silent.pdf", [page(await jpegImage())], []);
  expect(run("qpdf", "--check", path)).toContain("No syntax");
  expect(preflightCodes(path)).toEqual(["7.11.1", "7.11.2"]);
}, 60_000);

it("splits the Unicode map of many characters into blocks a reader accepts", async () => {
  const words = Array.from({ length: 30 }, (_, word) =>
    Array.from({ length: 10 }, (_, at) => String.fromCodePoint(0x4e00 + word * 10 + at)).join(""),
  );
  const rows = [0, 1, 2, 3, 4, 5, 6, 7].map((row) => words.slice(row * 4, row * 4 + 4).join(" "));
  const path = await write("many.pdf", [page(await jpegImage(), rows)]);
  expect(run("pdftotext", path, "-").split(/\s+/u).filter(Boolean)).toEqual(words);
});

it.each([[], ["-layout"], ["-raw"]])(
  "keeps words apart whose boxes touch, for pdftotext %s",
  async (...how) => {
    const words = ["phải", "dừng", "tất", "cả", "các", "việc"];
    const line = {
      box: { x0: 40, y0: 100, x1: 40 + words.length * 60, y1: 130 },
      // Tesseract's boxes come this near on justified lines, and sometimes overlap.
      words: words.map((text, at) => ({
        text,
        confidence: 0.9,
        box: { x0: 40 + at * 60, y0: 100, x1: 40 + (at + 1) * 60 + (at % 2), y1: 130 },
      })),
    };
    const path = await write("near.pdf", [{ ...page(await jpegImage()), lines: [line] }]);
    expect(
      run("pdftotext", ...how, path, "-")
        .trim()
        .split(/\s+/u),
    ).toEqual(words);
  },
);

it("writes the same bytes for the same document", async () => {
  const image = await jpegImage();
  const [a, b] = [await write("a.pdf", [page(image, TEXT)]), await write("b.pdf", [page(image, TEXT)])];
  expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
});

it("refuses a file of ours that was cut off", async () => {
  const whole = readFileSync(await write("whole.pdf", [page(await jpegImage(), TEXT)]));
  const cut = place.put("cut.pdf", whole.subarray(0, whole.length - 300));
  await expect(checkOwnPdf(cut)).rejects.toMatchObject({ code: "pdfa" });
});
