import type { GreyView, Imaging, NormalizedPage, PdfImage, PlacedImage } from "../../domain/page-ports.ts";
import type { ImagingOptions } from "../imaging.ts";
import { imagingVersion } from "../version.ts";
import { createChildPool } from "./child-pool.ts";
import { forkChild } from "./fork-child.ts";
import { createGate } from "./gate.ts";
import { pageMegapixels } from "./page-megapixels.ts";
import type { Task } from "./protocol.ts";

export interface IsolationOptions extends ImagingOptions {
  /** Child processes at most; each takes 100-250 MB. */
  readonly jobs: number;
  /** What one page may take before its child is killed. */
  readonly pageTimeoutMs: number;
  /** Resident memory at which a child ends itself. Scans of A4 stay below 250 MB; a 48-megapixel HEIC takes 860 MB. */
  readonly childMegabytes?: number;
  /** Millions of pixels decoded at the same time, all children together; a larger page runs alone. Absent: no limit. */
  readonly megapixelsInFlight?: number;
}

const CHILD_MEGABYTES = 950;
/** A child is up in 0.2 s on an idle machine; a minute means that it never will be. */
const START_LIMIT_MS = 60_000;
/** The parent kills first; a child that outlives its parent may take this much longer. */
const ORPHAN_MS = 5_000;

export interface IsolatedImaging extends Imaging {
  /** Starts the child processes before the first page needs them. */
  warmUp(): void;
  /** Ends the child processes that have nothing to do, 70 MB each; the next page starts one again. */
  rest(): Promise<void>;
}

/**
 * The same pixel work as `createImaging`, in child processes started by the first page: a decoder that crashes, hangs or
 * eats memory costs its page (`unreadable`, `page_timeout`, `too_large`) and nothing else. Call `close` to end them.
 */
export function createIsolatedImaging(options: IsolationOptions): IsolatedImaging {
  const {
    jobs,
    pageTimeoutMs,
    childMegabytes = CHILD_MEGABYTES,
    megapixelsInFlight = Infinity,
    ...imaging
  } = options;
  const pool = createChildPool({
    size: jobs,
    startLimitMs: START_LIMIT_MS,
    taskLimitMs: pageTimeoutMs,
    spawn: () =>
      forkChild({
        imaging,
        memoryBytes: childMegabytes * 1_000_000,
        taskLimitMs: pageTimeoutMs + ORPHAN_MS,
      }),
  });
  const gate = createGate(megapixelsInFlight);
  const weighed = async (task: Task & { readonly page: PlacedImage }): Promise<unknown> =>
    gate.pass(await pageMegapixels(task.page), () => pool.run(task));
  // What comes back is what `createImaging` returned in the child: the same code on both sides.
  return {
    version: imagingVersion(imaging),
    probe: async (path) => (await pool.run({ call: "probe", path })) as { format: string; frames: number },
    normalize: async (page) => (await weighed({ call: "normalize", page })) as NormalizedPage,
    encode: async (page, made) => (await weighed({ call: "encode", page, made })) as PdfImage,
    fold: async (page) => (await weighed({ call: "fold", page })) as number | undefined,
    glance: async (page) => (await weighed({ call: "glance", page })) as GreyView,
    warmUp: () => void pool.warmUp(),
    rest: () => pool.rest(),
    close: () => pool.close(),
  };
}
