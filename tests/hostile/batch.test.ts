import type { ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, expect, it } from "vitest";
import { smallPdf } from "../pdf/small-pdf.ts";
import { events, FIXTURES, makeWorkspace, scratchFolder, sohoa, type Ended } from "../support/program.ts";
import { bagsOf } from "../support/warehouse.ts";
import { mutations } from "./mutate.ts";

/** Of each kind; the decoders themselves meet 300 of each in the tests beside this one. */
const COUNT = 12;
const SOUND = ["H57.132-260812-2001/tot.jpg", "H57.132-260812-2002/tot.png", "H57.132-260812-2003/tot.pdf"];
/** The default of the setting `memory`, for the whole process with its children. */
const MEMORY_MB = 1200;
const DPI = 100;
const LOOK_EVERY_MS = 200;

const scratch = scratchFolder("hostile-batch");
const input = join(scratch, "quet");
const lines: string[] = [];
afterAll(() => console.log(lines.join("\n")));

/** Two lines of a scanned page: enough to be read, little enough to be read fast. */
async function strip(): Promise<Sharp> {
  const page = sharp(join(FIXTURES, "scans/H57.132-260804-0583/001.jpg"));
  const part = page.extract({ left: 150, top: 150, width: 900, height: 500 }).resize(450);
  return sharp(await part.png().toBuffer());
}

async function imagePdf(page: Sharp): Promise<Buffer> {
  const { data, info } = await page.clone().jpeg({ quality: 70 }).toBuffer({ resolveWithObject: true });
  const [wide, high] = [(info.width / DPI) * 72, (info.height / DPI) * 72];
  const size = `/Width ${info.width}/Height ${info.height}/BitsPerComponent 8/ColorSpace/DeviceRGB`;
  return smallPdf([
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Count 1/Kids[3 0 R]>>",
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${wide} ${high}]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>`,
    { dict: "", data: Buffer.from(`q ${wide} 0 0 ${high} 0 0 cm /I Do Q`) },
    { dict: `/Type/XObject/Subtype/Image${size}/Filter/DCTDecode`, data },
  ]);
}

/** One small file of each kind. */
async function sources(): Promise<Readonly<Record<"jpg" | "png" | "tif" | "pdf", Buffer>>> {
  const page = await strip();
  const dense = page.clone().withMetadata({ density: DPI });
  const bilevel = page.clone().greyscale().threshold(160).toColourspace("b-w");
  return {
    jpg: await dense.clone().jpeg({ quality: 70 }).toBuffer(),
    png: await dense.png().toBuffer(),
    tif: await bilevel
      .tiff({ compression: "ccittfax4", bitdepth: 1, xres: DPI / 25.4, yres: DPI / 25.4 })
      .toBuffer(),
    pdf: await imagePdf(page),
  };
}

/** A scanner's folder: damaged files of every kind, and sound ones under codes before and behind them. */
async function makeInput(): Promise<void> {
  const put = (name: string, bytes: Buffer): void => {
    mkdirSync(join(input, name, ".."), { recursive: true });
    writeFileSync(join(input, name), bytes);
  };
  const kinds = Object.entries(await sources());
  for (const [seed, [kind, source]] of kinds.entries()) {
    // A letter after the number: no pages of one paper.
    for (const [number, damaged] of [...mutations(source, 300 + seed, COUNT)].entries())
      put(`H57.132-260811-10${number % 4}${seed}/hong-${number}x.${kind}`, damaged);
    const sound = SOUND.find((name) => name.endsWith(kind));
    if (sound !== undefined) put(sound, source);
  }
}

/** Resident memory of a process and all it has started, in megabytes; Linux alone tells. */
function residentMegabytes(pid: number): number {
  try {
    const kilobytes = Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
    const threads = readdirSync(`/proc/${pid}/task`);
    const children = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
    );
    return kilobytes / 1024 + children.reduce((sum, child) => sum + residentMegabytes(Number(child)), 0);
  } catch {
    // Gone between two looks.
    return 0;
  }
}

async function watched(workspace: string): Promise<{ readonly ended: Ended; readonly peak: number }> {
  let [peak, timer]: [number, NodeJS.Timeout | undefined] = [0, undefined];
  const onStart = ({ pid = 0 }: ChildProcess): void => {
    timer = setInterval(() => (peak = Math.max(peak, residentMegabytes(pid))), LOOK_EVERY_MS);
  };
  const ended = await sohoa(["run", input, "--json", "--workspace", workspace], { onStart });
  clearInterval(timer);
  return { ended, peak };
}

it(`a folder of ${4 * COUNT} damaged files: each ends once with a reason, the sound ones are delivered`, async () => {
  await makeInput();
  const workspace = await makeWorkspace(join(scratch, "w"));
  const { ended, peak } = await watched(workspace);
  // Some failed for good and none is a fault of ours; a run of the machine's own troubles would end with 3 or 5.
  expect(ended.exit, ended.err).toBe(4);
  const documents = events(ended.out).filter(({ type }) => type === "document");
  expect(documents.map(({ file }) => file ?? "").toSorted()).toEqual(filesBelow(input));
  const table = new Map<string, number>();
  for (const { file = "", state, reason } of documents) {
    const row = `${file.slice(-3)}\t${state}\t${reason ?? ""}`;
    table.set(row, (table.get(row) ?? 0) + 1);
    expect(reason).not.toBe("bug");
    if (SOUND.includes(file)) expect([file, state]).toEqual([file, "delivered"]);
  }
  lines.push(...[...table].map(([row, count]) => `${row}\t${count}`).toSorted());
  lines.push(`peak memory ${Math.round(peak)} MB`);
  expect(peak).toBeLessThan(MEMORY_MB);
  const delivered = documents.filter(({ state }) => state === "delivered").length;
  expect(bagsOf(join(workspace, "kho"))).toHaveLength(delivered);

  const again = await sohoa(["run", input, "--json", "--workspace", workspace]);
  expect(again.exit, again.err).toBe(4);
  const ends = (out: string) =>
    events(out)
      .filter(({ type }) => type === "document")
      .map(({ file, state, reason }) => `${file} ${state} ${reason ?? ""}`)
      .toSorted();
  expect(ends(again.out)).toEqual(ends(ended.out));
  expect(bagsOf(join(workspace, "kho"))).toHaveLength(delivered);
}, 180_000);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .toSorted();
}
