import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import sharp from "sharp";
import type { PreparedPage } from "../../src/domain/page-ports.ts";

const fonts = dirname(createRequire(import.meta.url).resolve("@expo-google-fonts/tinos/package.json"));
const FONT = join(fonts, "400Regular/Tinos_400Regular.ttf");
const DPI = 200;

/** A white view at 200 dpi with lines of 13-point text, as small as the text allows: small views are read fast. */
export async function drawnView(lines: readonly string[]): Promise<PreparedPage> {
  const [margin, step] = [40, 70];
  const drawn = await Promise.all(
    lines.map(async (text, i) => {
      const input = { text: { text, fontfile: FONT, font: "Tinos 13", dpi: DPI, rgba: true } } as const;
      const { data, info } = await sharp(input).png().toBuffer({ resolveWithObject: true });
      return { input: data, left: margin, top: margin + i * step, width: info.width };
    }),
  );
  const width = 2 * margin + Math.max(200, ...drawn.map((line) => line.width));
  const height = 2 * margin + step * Math.max(1, lines.length);
  const pixels = await sharp({ create: { width, height, channels: 3, background: "#fff" } })
    .composite(drawn)
    .removeAlpha()
    .extractChannel("red")
    .raw()
    .toBuffer();
  const pgm = Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), pixels]);
  return { pgm, width, height, dpi: DPI, scale: 1, skewDegrees: 0 };
}
