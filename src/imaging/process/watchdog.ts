import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { OVER_MEMORY } from "./protocol.ts";

export interface WatchdogData {
  /** Milliseconds since 1970 by which the task must have ended; 0 between tasks. Shared memory. */
  readonly deadline: BigInt64Array;
  readonly memoryBytes: number;
}

/** Decoders fill about 1 GB a second: between two looks a child grows by at most 50 MB. */
const EVERY_MS = 50;
const STDERR = 2;

const { deadline, memoryBytes } = workerData as WatchdogData;

setInterval(() => {
  if (process.memoryUsage.rss() > memoryBytes) {
    writeSync(STDERR, `${OVER_MEMORY}\n`);
    process.kill(process.pid, "SIGKILL");
  }
  const limit = Atomics.load(deadline, 0);
  if (limit !== 0n && BigInt(Date.now()) > limit) process.kill(process.pid, "SIGKILL");
}, EVERY_MS);
