import { readFileSync } from "node:fs";
import { link, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isOperational, OperationalError } from "../domain/errors.ts";
import { diskFailure, systemCode } from "./durable.ts";

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  /** When that process was born, so that a reused process number is not taken for the holder. */
  readonly born: string;
}

const RETRY_MS = 2000;

/**
 * Takes the lock as `--if-locked` says: `exit` throws `locked`, `skip` gives undefined, `wait=30m` tries for that long.
 */
export async function takeRunLockOr(how: string, path: string): Promise<RunLock | undefined> {
  const deadline = Date.now() + waitMs(how);
  for (;;) {
    try {
      return await takeRunLock(path, new Date());
    } catch (error) {
      if (!isOperational(error) || error.code !== "locked") throw error;
      if (how === "skip") return undefined;
      if (Date.now() >= deadline) throw error;
      await setTimeout(Math.min(RETRY_MS, deadline - Date.now()));
    }
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function waitMs(how: string): number {
  if (how === "exit" || how === "skip") return 0;
  const wait = /^wait=(?<amount>\d+)(?<unit>[smh])$/u.exec(how)?.groups;
  if (wait === undefined) throw new OperationalError("usage", `--if-locked ${how}`);
  return Number(wait["amount"]) * (UNIT_MS[wait["unit"] ?? ""] ?? 0);
}

export interface RunLock {
  release(): Promise<void>;
}

/**
 * One run per workspace. The lock of a process that no longer lives on this host is taken over.
 * Throws `locked` with holder and age.
 */
export async function takeRunLock(path: string, now: Date): Promise<RunLock> {
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    since: now.toISOString(),
    born: birth(process.pid),
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await create(path, holder)) {
      await sweep(path);
      return { release: () => rm(path, { force: true }) };
    }
    const other = await read(path);
    if (other !== undefined && alive(other)) {
      const minutes = Math.max(0, Math.round((now.getTime() - Date.parse(other.since)) / 60_000));
      throw new OperationalError("locked", `pid ${other.pid} @ ${other.host}, ${minutes} min`);
    }
    await bury(path, other);
  }
  throw new OperationalError("locked", path);
}

/** `link` makes the name appear with its content: another run never sees a half-written lock. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const own = aside(path, "new");
  try {
    // A workspace copied without its `.sohoa` folder is a fresh one.
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(own, JSON.stringify(holder));
    await link(own, path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw diskFailure(error);
  } finally {
    await rm(own, { force: true });
  }
}

/** Takes a dead lock away; if another run was faster and the name now is its live lock, that one is put back. */
async function bury(path: string, dead: Holder | undefined): Promise<void> {
  const buried = aside(path, "dead");
  await rename(path, buried).catch(() => undefined);
  const taken = await read(buried);
  if (taken !== undefined && (taken.pid !== dead?.pid || taken.since !== dead.since)) {
    await link(buried, path).catch(() => undefined);
  }
  await rm(buried, { force: true });
}

/** Where a process keeps a lock file that is not the lock; host and number say whose it is. */
function aside(path: string, kind: "new" | "dead"): string {
  return `${path}.${hostname()}.${process.pid}.${kind}.tmp`;
}

/** Lock files of processes of this host that were killed while they took or buried a lock. */
async function sweep(path: string): Promise<void> {
  const start = `${basename(path)}.${hostname()}.`;
  for (const name of await readdir(dirname(path))) {
    const pid = name.startsWith(start)
      ? /^(\d+)\.(?:new|dead)\.tmp$/u.exec(name.slice(start.length))?.[1]
      : undefined;
    if (pid !== undefined && !exists(Number(pid))) await rm(join(dirname(path), name), { force: true });
  }
}

/** Torn by a kill, or gone: then nobody holds it. */
async function read(path: string): Promise<Holder | undefined> {
  try {
    const { pid, host, since, born } = JSON.parse(await readFile(path, "utf8")) as Partial<Holder>;
    if (pid === undefined || host === undefined || since === undefined || born === undefined)
      return undefined;
    return { pid, host, since, born };
  } catch {
    return undefined;
  }
}

function alive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true; // cannot be judged from here: never steal it
  return exists(holder.pid) && birth(holder.pid) === holder.born;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}

function birth(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return ""; // no /proc (Windows): the process number alone decides
  }
}
