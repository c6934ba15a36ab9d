import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { OcrEngine } from "../../src/domain/page-ports.ts";
import { openEngine } from "../../src/ocr/open-engine.ts";
import { checkLanguageData } from "../../src/ocr/language-data.ts";
import { greyTiff } from "../../src/ocr/grey-tiff.ts";
import { createPool } from "../../src/ocr/pool.ts";
import { openPageFolder } from "../../src/ocr/tesseract-folder.ts";
import { findTesseract } from "../../src/ocr/tesseract-found.ts";
import { spawnProcess } from "../../src/ocr/tesseract-process.ts";
import { openTesseractProgram } from "../../src/ocr/tesseract-program.ts";
import { drawnView } from "./drawn-view.ts";
import { engineContract } from "./engine-contract.ts";

const { env } = process;
const never = new AbortController().signal;
const found = await findTesseract(env, null);
const there = found?.languages.includes("vie") === true;
if (!there) process.stderr.write("skipped: the system's Tesseract or its Vietnamese data is not installed\n");
const usual = { languages: ["vie"], tessdata: null, jobs: 1, pageTimeoutMs: 60_000, environment: env };
const scratch = mkdtempSync(join(tmpdir(), "sohoa-program-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Images of this process that lie in memory; each engine keeps its one white image. */
function imagesLeft(): string[] {
  if (!existsSync("/dev/shm")) return [];
  const mine = readdirSync("/dev/shm").filter((name) => name.includes(`-${process.pid}-`));
  return mine.flatMap((name) => readdirSync(join("/dev/shm", name)));
}

async function textRead(engine: OcrEngine, text: string): Promise<string> {
  const lines = await engine.read(await drawnView([text]), never, "line");
  return lines.flatMap(({ words }) => words.map((word) => word.text)).join(" ");
}

describe.skipIf(!there)("the system's Tesseract", () => {
  engineContract((options) => openEngine({ ...options, engine: "tesseract", environment: env }), imagesLeft);

  it("names program, version, language, and the model by kind and hash", async () => {
    const engine = await openEngine({ ...usual, engine: "tesseract" });
    expect(engine.identity).toMatch(/^tesseract [45]\.\S+, vie (?:fast |best )?[0-9a-f]{8}$/u);
    await engine.close();
    expect(imagesLeft().length).toBeLessThanOrEqual(1);
  });

  it("reads with the data of a folder that is set, which is another engine to the kept pages", async () => {
    const folder = join(scratch, "own");
    mkdirSync(folder);
    const [model] = checkLanguageData({ languages: ["vie"], tessdata: null });
    writeFileSync(join(folder, "vie.traineddata"), gunzipSync(readFileSync(model?.path ?? "")));
    const engine = await openEngine({ ...usual, engine: "tesseract", tessdata: folder });
    expect(engine.identity).toContain("vie best ");
    expect(await textRead(engine, "Thông báo")).toBe("Thông báo");
    await engine.close();
  });

  it("gets each page at once from a program whose buffering cannot be set", async () => {
    if (found === undefined) throw new Error("not found");
    const engine = await openTesseractProgram({ ...usual, found: { ...found, stdbuf: false } });
    for (const text of ["Quyết định", "Thông báo", "Tờ trình"])
      expect(await textRead(engine, text)).toBe(text);
    await engine.close();
  });

  it("that is killed in the middle of a page is replaced, and the page is read all the same", async () => {
    const folder = await openPageFolder();
    const pids: number[] = [];
    const pool = createPool({
      size: 1,
      startLimitMs: 30_000,
      jobLimitMs: 60_000,
      spawn: () => {
        const worker = spawnProcess(6, {
          command: ["stdbuf", "-o0", "tesseract"],
          environment: { PATH: env["PATH"] ?? "", OMP_THREAD_LIMIT: "1" },
          languages: ["vie"],
          tessdata: found?.tessdata ?? "",
          folder,
          endMark: join(scratch, "white.tif"),
          endMarks: 1,
        });
        pids.push(worker.pid ?? 0);
        return worker;
      },
    });
    const white = { pgm: Buffer.alloc(256, 255), width: 16, height: 16, dpi: 200 };
    writeFileSync(join(scratch, "white.tif"), greyTiff(white));
    const view = await drawnView(Array.from({ length: 20 }, () => "Ủy ban nhân dân phường thông báo"));
    const job = { image: greyTiff(view), dpi: 200, segmentation: 6 };
    await pool.start(job, never);
    const reading = pool.run(job, never);
    await new Promise((resolve) => setTimeout(resolve, 60));
    process.kill(pids[0] ?? 0, "SIGKILL");
    expect((await reading).match(/\tphường\n/gu)?.length).toBe(20);
    expect(pids.length).toBe(2);
    await pool.close();
    await folder.close();
  });
});

describe.skipIf(process.platform === "win32")("a program in Tesseract's place", () => {
  const job = { image: Buffer.from("page"), dpi: 200, segmentation: 3 };
  /** A script that gives the first end mark at once and then does this. */
  const pretender = async (then: string) => {
    const folder = await openPageFolder();
    const mark = String.raw`printf '1\t1\t0\t0\t0\t0\t0\t0\n'`;
    const worker = spawnProcess(3, {
      command: ["sh", "-c", `${mark}; ${then}`],
      environment: { PATH: env["PATH"] ?? "" },
      languages: ["vie"],
      tessdata: "",
      folder,
      endMark: "white.tif",
      endMarks: 1,
    });
    await worker.ready;
    return { worker, folder };
  };

  it("is ended when it writes without end, before its text fills the memory", async () => {
    const { worker, folder } = await pretender("exec yes garbage");
    await expect(worker.run(job)).rejects.toThrow("tesseract ended");
    await worker.gone;
    await folder.close();
  });

  it("is ended with the programs it has started", async () => {
    const { worker, folder } = await pretender("sleep 100 & echo $! > " + join(scratch, "pid") + "; wait");
    await expect.poll(() => existsSync(join(scratch, "pid"))).toBe(true);
    const pid = Number(readFileSync(join(scratch, "pid"), "utf8"));
    await worker.stop();
    await expect.poll(() => isRunning(pid)).toBe(false);
    await folder.close();
  });
});

/** A process that has ended may stay listed until somebody asks how. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const state = existsSync("/proc") ? readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1] : "";
  return state?.startsWith("Z") !== true;
}
