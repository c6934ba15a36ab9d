import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { takeRunLock, takeRunLockOr } from "../../src/objects/run-lock.ts";
import { scratchFolder } from "../support/program.ts";

const NOW = new Date("2026-11-20T03:00:00Z");

describe("the run lock", () => {
  const root = scratchFolder("lock");
  let number = 0;
  const fresh = (): string => join(root, `${++number}`, "run.lock");

  it("is taken once and free again after its release", async () => {
    const path = fresh();
    const lock = await takeRunLock(path, NOW);
    await lock.release();
    expect(existsSync(path)).toBe(false);
    await (await takeRunLock(path, NOW)).release();
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  it("names holder and age to whoever comes second", async () => {
    const path = fresh();
    const lock = await takeRunLock(path, NOW);
    const later = new Date(NOW.getTime() + 12 * 60_000);
    const refused = takeRunLock(path, later);
    await expect(refused).rejects.toMatchObject({
      code: "locked",
      detail: `pid ${process.pid} @ ${hostname()}, 12 min`,
    });
    await lock.release();
  });

  it("is taken over from a process that died", async () => {
    const path = fresh();
    const dead = spawnSync(process.execPath, ["-e", "console.log(process.pid)"], { encoding: "utf8" });
    await (await takeRunLock(path, NOW)).release();
    writeFileSync(
      path,
      JSON.stringify({ pid: Number(dead.stdout), host: hostname(), since: NOW, born: "1" }),
    );
    const lock = await takeRunLock(path, NOW);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  it("sweeps what processes killed while taking it left beside it, never what a living one is writing", async () => {
    const path = fresh();
    await (await takeRunLock(path, NOW)).release();
    const dead = spawnSync(process.execPath, ["-e", "console.log(process.pid)"], { encoding: "utf8" });
    const left = (pid: string | number): string => `run.lock.${hostname()}.${pid}.new.tmp`;
    const names = [left(dead.stdout.trim()), left(process.ppid), "run.lock.may-khac.1.dead.tmp"];
    for (const name of names) writeFileSync(join(path, "..", name), "");
    await (await takeRunLock(path, NOW)).release();
    expect(readdirSync(join(path, "..")).toSorted()).toEqual(names.slice(1).toSorted());
  });

  it.runIf(existsSync("/proc/self/stat"))(
    "is taken over when its process number now belongs to another process",
    async () => {
      const path = fresh();
      const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
      await (await takeRunLock(path, NOW)).release();
      writeFileSync(path, JSON.stringify({ pid: other.pid, host: hostname(), since: NOW, born: "1" }));
      await (await takeRunLock(path, NOW)).release();
      other.kill();
    },
  );

  it("is never taken from a process on another machine, which cannot be judged from here", async () => {
    const path = fresh();
    await (await takeRunLock(path, NOW)).release();
    writeFileSync(path, JSON.stringify({ pid: 1, host: "may-khac", since: NOW.toISOString(), born: "" }));
    await expect(takeRunLock(path, NOW)).rejects.toMatchObject({ code: "locked" });
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ host: "may-khac" });
  });

  it.each(["", '{"pid":12', "null", "{}"])("is taken over when a power cut left %j of it", async (torn) => {
    const path = fresh();
    await (await takeRunLock(path, NOW)).release();
    writeFileSync(path, torn);
    await (await takeRunLock(path, NOW)).release();
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  it("skips, waits or exits as asked", async () => {
    const path = fresh();
    const lock = await takeRunLock(path, NOW);
    expect(await takeRunLockOr("skip", path)).toBeUndefined();
    await expect(takeRunLockOr("exit", path)).rejects.toMatchObject({ code: "locked" });
    await expect(takeRunLockOr("wait=0s", path)).rejects.toMatchObject({ code: "locked" });
    await expect(takeRunLockOr("sometimes", path)).rejects.toMatchObject({ code: "usage" });
    const waiting = takeRunLockOr("wait=10s", path);
    await lock.release();
    await (await waiting)?.release();
    expect(existsSync(path)).toBe(false);
  });
});
