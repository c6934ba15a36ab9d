import { constants, setPriority } from "node:os";
import { setFlagsFromString } from "node:v8";

/** `nice` of batch work on Linux and macOS; Windows knows it as "below normal". */
const NICE = constants.priority.PRIORITY_BELOW_NORMAL;

/**
 * Lets whoever works at the machine go first: this process, and what it starts, take what others leave. On Linux a thread
 * inherits from the one that starts it and `setPriority` reaches the main thread alone, so call it before any worker is
 * started. Refusals of the system are no reason to stop.
 */
export function giveWay(): void {
  try {
    setPriority(0, NICE);
  } catch {
    // a container may forbid it; the work is the same
  }
}

/** Per cent by which what is held may grow until the next collection. */
const GROWTH = 400;

/** Of V8, by which its space for new objects grows; commands start with 1 to stay small. */
const USUAL_FACTOR = 2;

/**
 * Makes the garbage collector work less often: V8 counts page images with its heap, which they outweigh, and so walked
 * through the whole heap (25 MB) once a page: 20-30 ms of CPU. Now it does once in eight pages, for 60 MB more at most.
 * Call it before the first page.
 */
export function collectLess(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
  setFlagsFromString(`--semi-space-growth-factor=${USUAL_FACTOR}`);
}
