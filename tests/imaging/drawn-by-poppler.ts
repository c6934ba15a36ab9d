import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PdfImage } from "../../src/domain/page-ports.ts";

/** At one dot per pixel poppler smooths the edges of 1-bit images. */
const ZOOM = 4;

/** How poppler shows the stream on a page of one point per pixel: grey samples of the stored (not turned) image. */
export function drawnByPoppler(image: PdfImage): { data: Buffer; width: number; height: number } {
  const folder = mkdtempSync(join(tmpdir(), "sohoa-draw-"));
  try {
    writeFileSync(join(folder, "page.pdf"), pdfOf(image));
    execFileSync("pdftoppm", ["-r", String(72 * ZOOM), "-gray", "-singlefile", "page.pdf", "page"], {
      cwd: folder,
    });
    const pgm = readFileSync(join(folder, "page.pgm"));
    const [head = "", width, height] =
      /^P5\s+(\d+)\s+(\d+)\s+255\s/u.exec(pgm.toString("latin1", 0, 40)) ?? [];
    return middles(pgm.subarray(head.length), Number(width), Number(height));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One sample per source pixel, from its middle. */
function middles(
  zoomed: Buffer,
  wide: number,
  high: number,
): { data: Buffer; width: number; height: number } {
  const [width, height] = [wide / ZOOM, high / ZOOM];
  const data = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data[y * width + x] = zoomed[(y * ZOOM + 2) * wide + x * ZOOM + 2] ?? 0;
  return { data, width, height };
}

function pdfOf(image: PdfImage): Buffer {
  const { width, height, colour, bits, filter } = image;
  const space =
    colour === "gray"
      ? "/DeviceGray"
      : colour === "rgb"
        ? "/DeviceRGB"
        : `[/Indexed /DeviceRGB ${colour.palette.length / 3 - 1} <${colour.palette.toString("hex")}>]`;
  const parms =
    filter === "CCITTFaxDecode"
      ? `/DecodeParms << /K -1 /Columns ${width} /Rows ${height} /BlackIs1 ${String(image.blackIs1)} >>`
      : image.pngColours === undefined
        ? ""
        : `/DecodeParms << /Predictor 15 /Columns ${width} /Colors ${image.pngColours} /BitsPerComponent ${bits} >>`;
  const draw = Buffer.from(`${width} 0 0 ${height} 0 0 cm /I Do`);
  const objects = [
    Buffer.from("<< /Type /Catalog /Pages 2 0 R >>"),
    Buffer.from("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
    Buffer.from(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>`,
    ),
    stream("", draw),
    stream(
      `/Subtype /Image /Width ${width} /Height ${height} /ColorSpace ${space} /BitsPerComponent ${bits} /Filter /${filter} ${parms}`,
      image.bytes,
    ),
  ];
  const parts = [Buffer.from("%PDF-1.7\n")];
  const offsets: number[] = [];
  let end = 9;
  objects.forEach((body, i) => {
    offsets.push(end);
    const object = Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), body, Buffer.from("\nendobj\n")]);
    parts.push(object);
    end += object.length;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const xref = `xref\n0 6\n0000000000 65535 f \n${rows}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${end}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(xref)]);
}

function stream(dictionary: string, bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`),
    bytes,
    Buffer.from("\nendstream"),
  ]);
}
