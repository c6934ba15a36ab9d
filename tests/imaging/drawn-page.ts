import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PdfImage } from "../../src/domain/page-ports.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";

export interface Drawn {
  /** RGB samples. */
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** What poppler shows of a page we write: `size` is the upright page in pixels at `dpi`, drawn at `shown` dpi. */
export async function drawnPage(
  image: PdfImage,
  size: { readonly width: number; readonly height: number; readonly dpi: number },
  shown = size.dpi,
): Promise<Drawn> {
  const folder = mkdtempSync(join(tmpdir(), "sohoa-page-"));
  const tools = createPdfTools({ workFolder: folder });
  try {
    const path = join(folder, "page.pdf");
    const { width, height, dpi } = size;
    const pages = each({ image, width, height, dpi, lines: [] });
    await tools.write(path, { title: "Trang", keywords: [], created: new Date(0), pages });
    const ppm = execFileSync("pdftoppm", ["-r", String(shown), path], { maxBuffer: 1 << 28 });
    const [head = "", wide, high] = /^P6\s+(\d+)\s+(\d+)\s+255\s/u.exec(ppm.toString("latin1", 0, 40)) ?? [];
    return { data: ppm.subarray(head.length), width: Number(wide), height: Number(high) };
  } finally {
    await tools.close();
    rmSync(folder, { recursive: true });
  }
}

async function* each<T>(item: T): AsyncGenerator<T> {
  yield item;
}

/** Mean colour of a box. */
export function meanColour(
  { data, width }: Drawn,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): readonly [number, number, number] {
  const sums = [0, 0, 0];
  for (let y = box.top; y < box.top + box.height; y += 1)
    for (let x = box.left; x < box.left + box.width; x += 1)
      for (const channel of [0, 1, 2])
        sums[channel] = (sums[channel] ?? 0) + (data[(y * width + x) * 3 + channel] ?? 0);
  const mean = (channel: number): number => Math.round((sums[channel] ?? 0) / (box.width * box.height));
  return [mean(0), mean(1), mean(2)];
}

/** Degrees on the colour wheel. */
export function hue([red, green, blue]: readonly [number, number, number]): number {
  const [x, y] = [red - (green + blue) / 2, (Math.sqrt(3) / 2) * (green - blue)];
  return (Math.atan2(y, x) * 180) / Math.PI;
}
