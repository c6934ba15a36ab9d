import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { createChildPool } from "../../src/imaging/process/child-pool.ts";
import { forkChild, type Answered, type ForkedChild } from "../../src/imaging/process/fork-child.ts";
import { createIsolatedImaging } from "../../src/imaging/process/isolated-imaging.ts";
import type { Task } from "../../src/imaging/process/protocol.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";
import { testImaging } from "../support/imaging.ts";
import { placed, rawPage } from "./made-pages.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-process-"));
const options = { megapixels: 60, profile: VN_2025_07.profiles.nd30, clean: [] } as const;
const isolated = createIsolatedImaging({ ...options, jobs: 2, pageTimeoutMs: 60_000 });

afterAll(async () => {
  await isolated.close();
  rmSync(folder, { recursive: true });
});

const noise = { type: "gaussian", mean: 200, sigma: 30 } as const;
const noisy = (side: number) =>
  sharp({ create: { width: side, height: side, channels: 3, noise, background: "#fff" } });

describe("isolated imaging", () => {
  it("gives what the same work in this process gives", async () => {
    const local = testImaging();
    const bytes = await noisy(400).png().toBuffer();
    const path = join(folder, "page.png");
    writeFileSync(path, bytes);
    const made = { changes: [], dpi: 200 };
    const data = Buffer.alloc(300 * 200 * 3, 0x80);
    for (const page of [
      placed(bytes),
      { ...placed(bytes), image: { kind: "file", path, frame: 0 } as const },
      rawPage({ data, width: 300, height: 200 }),
    ]) {
      expect(await isolated.normalize(page)).toEqual(await local.normalize(page));
      expect(await isolated.encode(page, made)).toEqual(await local.encode(page, made));
      expect(await isolated.fold(page)).toEqual(await local.fold(page));
    }
    expect(await isolated.probe(path)).toEqual({ format: "png", frames: 1 });
    expect(isolated.version).toBe(local.version);
  });

  it("holds no page that has been answered", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const answers: WeakRef<object>[] = [];
    const child: ForkedChild = {
      pid: undefined,
      ready: Promise.resolve(),
      gone: new Promise(() => undefined),
      ask: async () => {
        const value = { pgm: Buffer.alloc(1000) };
        answers.push(new WeakRef(value));
        return { type: "answer", answer: { kind: "value", value }, spent: false };
      },
      stop: async () => undefined,
    };
    const pool = createChildPool({ size: 1, startLimitMs: 1000, taskLimitMs: 1000, spawn: () => child });
    for (let page = 0; page < 20; page++) await pool.run({ call: "probe", path: "" });
    await sleep(1);
    collect();
    const held = answers.filter((answer) => answer.deref() !== undefined).length;
    expect(held).toBeLessThan(3);
  });

  it("starts its children before the first page when it is told to", async () => {
    const started: ForkedChild[] = [];
    const pool = createChildPool({
      size: 2,
      startLimitMs: 30_000,
      taskLimitMs: 30_000,
      spawn: () => {
        const child = forkChild({ imaging: options, memoryBytes: 1e9, taskLimitMs: 60_000 });
        started.push(child);
        return child;
      },
    });
    const warm = pool.warmUp();
    const path = join(folder, "early.png");
    writeFileSync(path, await noisy(50).png().toBuffer());
    expect(await pool.run({ call: "probe", path })).toEqual({ format: "png", frames: 1 });
    await warm;
    await pool.warmUp();
    expect(started).toHaveLength(2);
    await pool.close();
  });

  it("refuses with the same codes and details", async () => {
    const path = join(folder, "letter.docx");
    writeFileSync(path, "PK\x03\x04 word/document.xml");
    const refusal = {
      name: "OperationalError",
      code: "unsupported_format",
      detail: /^docx: .*print to PDF/u,
    };
    await expect(isolated.probe(path)).rejects.toMatchObject({
      ...refusal,
      detail: expect.stringMatching(refusal.detail),
    });
    const cut = (await noisy(300).jpeg().toBuffer()).subarray(0, -900);
    await expect(isolated.normalize(placed(cut))).rejects.toMatchObject({
      code: "truncated",
      detail: "jpeg",
    });
  });

  it("does the page by the next child when one is killed in the middle of it", async () => {
    const children: ForkedChild[] = [];
    const pool = createChildPool({ ...limits, size: 1, spawn: () => remember(children, forkReal()) });
    const page = placed(await noisy(2500).png().toBuffer());
    const work = pool.run({ call: "normalize", page });
    await children[0]?.ready;
    await sleep(60);
    process.kill(children[0]?.pid ?? 0, "SIGKILL");
    expect(await work).toMatchObject({ width: 2500, height: 2500 });
    expect(children).toHaveLength(2);
    await pool.close();
  });

  it("says too_large when a page takes more memory than a child may have, and goes on", async () => {
    const small = createIsolatedImaging({ ...options, jobs: 1, pageTimeoutMs: 60_000, childMegabytes: 170 });
    // Interlaced: libvips must hold all of it, 150 MB.
    const white = { width: 7000, height: 7000, channels: 3, background: "#fff" } as const;
    const bomb = await sharp({ create: white }).png({ progressive: true }).toBuffer();
    await expect(small.normalize(placed(bomb))).rejects.toMatchObject({ code: "too_large" });
    const sound = placed(await noisy(300).png().toBuffer());
    expect(await small.normalize(sound)).toMatchObject({ width: 300 });
    await small.close();
  });
});

const limits = { startLimitMs: 30_000, taskLimitMs: 30_000 };

function forkReal(taskLimitMs = 30_000): ForkedChild {
  return forkChild({ imaging: options, memoryBytes: 800_000_000, taskLimitMs });
}

function remember(children: ForkedChild[], child: ForkedChild): ForkedChild {
  children.push(child);
  return child;
}

describe("a child", () => {
  it("ends itself when its task outlives the limit and nobody ended it", async () => {
    const child = forkReal(1);
    await child.ready;
    const page = placed(await noisy(2500).png().toBuffer());
    void child.ask({ call: "normalize", page }).catch(() => undefined);
    expect(await child.gone).toBe("died");
  });

  it.skipIf(process.platform === "win32")(
    "survives Ctrl-C on the terminal and ends with its parent, also when that is killed",
    async () => {
      const script = join(folder, "parent.mjs");
      const compiled = resolve(import.meta.dirname, "../../dist/imaging/process/fork-child.js");
      const given = JSON.stringify({ imaging: options, memoryBytes: 800_000_000, taskLimitMs: 30_000 });
      writeFileSync(
        script,
        `import { forkChild } from ${JSON.stringify(compiled)};
         process.on("SIGINT", () => undefined);
         const child = forkChild(${given});
         await child.ready;
         console.log(child.pid);
         setInterval(() => undefined, 1000);`,
      );
      const parent = spawn(process.execPath, [script], {
        detached: true,
        stdio: ["ignore", "pipe", "inherit"],
      });
      const pid = await new Promise<number>((done) => {
        parent.stdout.once("data", (text: Buffer) => done(Number(text.toString())));
      });
      process.kill(-(parent.pid ?? 0), "SIGINT");
      await sleep(200);
      expect(isRunning(pid)).toBe(true);
      parent.kill("SIGKILL");
      for (let waited = 0; isRunning(pid) && waited < 5000; waited += 20) await sleep(20);
      expect(isRunning(pid)).toBe(false);
    },
  );

  it("does not keep a program running that forgot to close", () => {
    const compiled = resolve(import.meta.dirname, "../../dist/imaging/process/isolated-imaging.js");
    const given = JSON.stringify({ ...options, jobs: 1, pageTimeoutMs: 30_000 });
    const script = `import(${JSON.stringify(compiled)}).then(async ({ createIsolatedImaging }) => {
      await createIsolatedImaging(${given}).probe(${JSON.stringify(join(folder, "page.png"))});
      console.log("done");
    })`;
    const printed = execFileSync(process.execPath, ["-e", script], { timeout: 30_000, encoding: "utf8" });
    expect(printed).toBe("done\n");
  });
});

/** A process that has ended and was not yet waited for is not running. */
function isRunning(pid: number): boolean {
  try {
    const state = execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
    return !state.startsWith("Z");
  } catch {
    return false;
  }
}

const task: Task = { call: "probe", path: "a.png" };
const never = new Promise<never>(() => undefined);
const value = (value: unknown, spent = false): Answered => ({
  type: "answer",
  answer: { kind: "value", value },
  spent,
});

interface Fate {
  readonly ready?: Promise<void>;
  readonly ask?: Promise<Answered>;
  /** When it is asked; at its start when it never gets ready. */
  readonly dies?: "over memory" | "died";
}

/** A pool of one whose children meet these fates, one after the other. */
function poolOf(...fates: readonly Fate[]) {
  const stopped: number[] = [];
  let born = 0;
  const spawn = (): ForkedChild => {
    const number = born++;
    const { ready = Promise.resolve(), ask = never, dies } = fates[number] ?? {};
    let end = (): void => undefined;
    const gone = new Promise<"over memory" | "died">((resolve) => {
      if (dies !== undefined) end = () => resolve(dies);
    });
    if (ready === never) end();
    const stop = () => {
      stopped.push(number);
      return Promise.resolve();
    };
    const asked = () => {
      end();
      return ask;
    };
    return { pid: number, ready, gone, ask: asked, stop };
  };
  return { pool: createChildPool({ size: 1, startLimitMs: 50, taskLimitMs: 50, spawn }), stopped };
}

describe("the pool", () => {
  it("kills what hangs, without a second try, and starts a fresh child for the next page", async () => {
    const { pool, stopped } = poolOf({ ask: never }, { ask: Promise.resolve(value(2)) });
    await expect(pool.run(task)).rejects.toMatchObject({ code: "page_timeout" });
    expect(stopped).toEqual([0]);
    expect(await pool.run(task)).toBe(2);
  });

  it("gives up a page that killed two children, by what they died of", async () => {
    const crash = poolOf({ dies: "died" }, { dies: "died" }, { ask: Promise.resolve(value(3)) });
    await expect(crash.pool.run(task)).rejects.toMatchObject({ code: "unreadable" });
    expect(await crash.pool.run(task)).toBe(3);
    const memory = poolOf({ dies: "over memory" }, { dies: "over memory" });
    await expect(memory.pool.run(task)).rejects.toMatchObject({ code: "too_large" });
  });

  it("stops the batch when no child can be started", async () => {
    const { pool } = poolOf({ ready: never, dies: "died" }, { ready: never });
    await expect(pool.run(task)).rejects.toMatchObject({ code: "engine_start" });
  });

  it("replaces a child that says it is spent, and no other", async () => {
    const { pool, stopped } = poolOf(
      { ask: Promise.resolve(value(1, true)) },
      { ask: Promise.resolve(value(2)) },
    );
    expect(await Promise.all([pool.run(task), pool.run(task), pool.run(task)])).toEqual([1, 2, 2]);
    expect(stopped).toEqual([0]);
  });

  it("ends idle children when told to rest, and starts another for the next task", async () => {
    const { pool, stopped } = poolOf({ ask: Promise.resolve(value(1)) }, { ask: Promise.resolve(value(2)) });
    expect(await pool.run(task)).toBe(1);
    await pool.rest();
    expect(stopped).toEqual([0]);
    expect(await pool.run(task)).toBe(2);
  });

  it("starts nothing more once it is closed", async () => {
    const { pool } = poolOf({ ask: Promise.resolve(value(1)) });
    await pool.close();
    await expect(pool.run(task)).rejects.toMatchObject({ code: "engine_start" });
  });
});
