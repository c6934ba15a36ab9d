import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, it } from "vitest";
import { ERRORS, isOperational } from "../../src/domain/errors.ts";
import type { PlacedImage } from "../../src/domain/page-ports.ts";
import { createIsolatedImaging } from "../../src/imaging/process/isolated-imaging.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";
import { bmp, magickFile } from "../imaging/made-foreign.ts";
import { madeHeic } from "../imaging/made-heif.ts";
import { mutations } from "./mutate.ts";

const PAGE_LIMIT_MS = 20_000;
const CHILD_MEGABYTES = 500;
/** A file that claims to have more frames than this has been seen whole by its first ones. */
const FRAMES = 3;

const folder = mkdtempSync(join(tmpdir(), "sohoa-hostile-"));
const imaging = createIsolatedImaging({
  jobs: 2,
  pageTimeoutMs: PAGE_LIMIT_MS,
  childMegabytes: CHILD_MEGABYTES,
  megapixels: 60,
  profile: VN_2025_07.profiles.nd30,
  clean: [],
});

afterAll(async () => {
  await imaging.close();
  rmSync(folder, { recursive: true });
});

/** A stamp and some lines: small, so that thousands of decodings stay cheap. */
const drawn = sharp(
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="300" height="220"><rect width="300" height="220" fill="#fff"/>
    ${Array.from({ length: 9 }, (_, i) => `<path d="M20 ${20 + 20 * i}H${180 + 11 * i}" stroke="#222" stroke-width="5" stroke-dasharray="7 2 4 3"/>`).join("")}
    <circle cx="230" cy="150" r="40" fill="none" stroke="#d00" stroke-width="6"/></svg>`),
);
const page = sharp(await drawn.flatten({ background: "#fff" }).png().toBuffer());
const bilevel = page.clone().toColourspace("b-w").threshold(180);

const { data, info } = await page.clone().removeAlpha().raw().toBuffer({ resolveWithObject: true });
const samples = { data, width: info.width, height: info.height };
const avif = await page.clone().removeAlpha().avif().toBuffer();

/** What is damaged, and how many times. */
const SOURCES: Readonly<Record<string, readonly [count: number, bytes: () => Promise<Buffer>]>> = {
  "TIFF G4": [75, () => bilevel.clone().tiff({ compression: "ccittfax4", bitdepth: 1 }).toBuffer()],
  "TIFF LZW": [75, () => page.clone().tiff({ compression: "lzw", predictor: "horizontal" }).toBuffer()],
  "TIFF JPEG": [75, () => page.clone().tiff({ compression: "jpeg", quality: 80, tile: true }).toBuffer()],
  BigTIFF: [75, () => page.clone().tiff({ compression: "deflate", bigtiff: true }).toBuffer()],
  JPEG: [300, () => page.clone().jpeg({ progressive: true }).toBuffer()],
  PNG: [300, () => page.clone().png().toBuffer()],
  HEIC: [60, () => Promise.resolve(madeHeic([{ avif }], 0))],
  "JPEG 2000": [60, () => magickFile(samples, "Jp2")],
  BMP: [60, () => Promise.resolve(bmp(samples, 24))],
};

/** `read`, or the code it was refused with. Anything but a refusal of this document alone fails the test. */
async function fate(path: string): Promise<string> {
  try {
    const { frames } = await imaging.probe(path);
    for (let frame = 0; frame < Math.min(frames, FRAMES); frame++) {
      const placed: PlacedImage = { image: { kind: "file", path, frame }, turn: 0, how: "file" };
      const { dpi, changes } = await imaging.normalize(placed);
      await imaging.encode(placed, { dpi, changes });
    }
    return "read";
  } catch (error) {
    if (!isOperational(error)) throw error;
    expect(ERRORS[error.code].scope).toBe("document");
    return error.code === "unreadable" && error.detail.includes("crashed") ? "crashed" : error.code;
  }
}

const table = new Map<string, Map<string, number>>();
const longest = new Map<string, number>();

it.each(Object.keys(SOURCES))(
  "each damaged %s is read or refused, in time, and sound files between them are read",
  async (kind) => {
    const [count, made] = SOURCES[kind] ?? [0, () => page.toBuffer()];
    const sound = join(folder, `${kind}-sound`);
    const source = await made();
    writeFileSync(sound, source);
    const ends = new Map<string, number>();
    let number = 0;
    const work = mutations(source, 20_251_122, count);
    const worker = async (): Promise<void> => {
      for (const damaged of work) {
        const path = join(folder, `${kind}-${++number}`);
        writeFileSync(path, damaged);
        const began = performance.now();
        const end = await fate(path);
        longest.set(kind, Math.max(longest.get(kind) ?? 0, performance.now() - began));
        ends.set(end, (ends.get(end) ?? 0) + 1);
        rmSync(path);
        if (number % 50 === 0) expect(await fate(sound)).toBe("read");
      }
    };
    await Promise.all([worker(), worker()]);
    table.set(kind, ends);
    expect([...ends.values()].reduce((sum, ended) => sum + ended, 0)).toBe(count);
    expect(longest.get(kind)).toBeLessThan(3 * PAGE_LIMIT_MS);
    expect(ends.get("page_timeout") ?? 0).toBe(0);
    expect(await fate(sound)).toBe("read");
  },
);

it("has stayed below the limit of memory, in the children and here", () => {
  console.log(outcomes());
  for (const { name, peak } of peaks()) expect({ name, peak }).toSatisfy(() => peak < CHILD_MEGABYTES * 1.2);
  expect(process.memoryUsage.rss()).toBeLessThan(1200e6);
});

function outcomes(): string {
  const words = [...new Set([...table.values()].flatMap((ends) => [...ends.keys()]))].toSorted();
  const rows = [...table].map(([kind, ends]) => [
    kind,
    ...words.map((word) => String(ends.get(word) ?? 0)),
    (longest.get(kind) ?? 0).toFixed(0),
  ]);
  const memory = peaks().map(({ name, peak }) => `${name} ${peak.toFixed(0)} MB`);
  return [["kind", ...words, "longest ms"], ...rows]
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(10) : cell.padStart(19))).join(""))
    .concat(memory.join(", "))
    .join("\n");
}

/** Highest resident memory of the children that run now, in megabytes; only Linux tells. */
function peaks(): { name: string; peak: number }[] {
  const own = `/proc/${process.pid}/task`;
  if (!existsSync(own)) return [];
  const children = readdirSync(own).flatMap((thread) =>
    readFileSync(join(own, thread, "children"), "utf8")
      .split(" ")
      .filter(Boolean),
  );
  return children
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("child.js"))
    .map((pid) => {
      const peak = /VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
      return { name: "child", peak: Number(peak) / 1000 };
    });
}
