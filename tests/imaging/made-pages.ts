import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import sharp, { type Sharp } from "sharp";
import type { PlacedImage } from "../../src/domain/page-ports.ts";

const fonts = dirname(createRequire(import.meta.url).resolve("@expo-google-fonts/tinos/package.json"));
const FONT = join(fonts, "400Regular/Tinos_400Regular.ttf");

/** Made-up Vietnamese administrative text without names of people. */
export const PARAGRAPH = [
  "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
  "Độc lập - Tự do - Hạnh phúc",
  "Căn cứ Nghị định số 61/2018/NĐ-CP của Chính phủ về thực hiện cơ chế một cửa,",
  "một cửa liên thông trong giải quyết thủ tục hành chính;",
  "Ủy ban nhân dân phường thông báo kết quả số hóa hồ sơ trong quý này như sau:",
  "Tổng số hồ sơ tiếp nhận là một trăm hai mươi bảy, đã giải quyết xong toàn bộ.",
];

export interface Page {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** A white RGB page (A4 at 200 dpi unless said) with lines of 12-point text from a third of the page down. */
export async function textPage(lines: readonly string[], dpi = 200): Promise<Page> {
  const [width, height] = [Math.round(8.27 * dpi), Math.round(11.69 * dpi)];
  const drawn = await Promise.all(
    lines.map(async (line, i) => ({
      input: await sharp({ text: { text: line, fontfile: FONT, font: "Tinos 12", dpi, rgba: true } })
        .png()
        .toBuffer(),
      left: Math.round(width * 0.1),
      top: Math.round(height * 0.2 + (i * dpi) / 3),
    })),
  );
  const background = { width, height, channels: 3, background: "#fff" } as const;
  const data = await sharp({ create: background }).composite(drawn).removeAlpha().raw().toBuffer();
  return { data, width, height };
}

export function pixels({ data, width, height }: Page): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

export function placed(bytes: Buffer, more: Partial<PlacedImage> = {}): PlacedImage {
  return { image: { kind: "encoded", bytes, frame: 0 }, turn: 0, how: "file", ...more };
}

export function rawPage(page: Page, more: Partial<PlacedImage> = {}): PlacedImage {
  const image = {
    kind: "raw",
    bytes: page.data,
    width: page.width,
    height: page.height,
    channels: 3,
  } as const;
  return { image, turn: 0, how: "rendered", paper: { widthPt: 595, heightPt: 842 }, ...more };
}

/** Paints a rectangle into a copy of the page. */
export function withBox(
  page: Page,
  box: { left: number; top: number; width: number; height: number },
  colour: readonly [number, number, number],
): Page {
  const data = Buffer.from(page.data);
  for (let y = box.top; y < box.top + box.height; y++)
    for (let x = box.left; x < box.left + box.width; x++) data.set(colour, (y * page.width + x) * 3);
  return { ...page, data };
}

/** The same noise every time: a linear congruential generator, added to each channel. */
export function withNoise(page: Page, amplitude: number): Page {
  let seed = 12345;
  const data = Buffer.from(page.data);
  for (let i = 0; i < data.length; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    const noise = ((seed >>> 16) / 65535 - 0.5) * 2 * amplitude;
    data[i] = Math.min(255, Math.max(0, Math.round((data[i] ?? 0) + noise - amplitude)));
  }
  return { ...page, data };
}
