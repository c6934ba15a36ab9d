import PQueue from "p-queue";
import { Interrupted } from "../domain/interrupted.ts";
import type { Engine, PagePool } from "../domain/ports.ts";

interface LocalOptions {
  /** OCR workers; page work is begun for two pages more than that, so that decoding runs ahead of recognition. */
  readonly jobs: number;
  /** Aborted when nothing new may begin (first Ctrl-C, deadline, a failure of batch scope). */
  readonly soft: AbortSignal;
}

/** With one page ahead a core waits for a decoder whenever two pages have been read at about the same time. */
const AHEAD = 2;

/** Spreads a batch over this machine: a few documents open at once, all their pages in one pool. */
export function createLocalEngine({ jobs, soft }: LocalOptions): { engine: Engine; pages: PagePool } {
  const pageQueue = new PQueue({ concurrency: jobs + AHEAD });
  const documentSlots = jobs * 2 + 2;
  return {
    pages: {
      async run(order, work) {
        return pageQueue.add(
          () => {
            if (soft.aborted) throw new Interrupted();
            return work();
          },
          { priority: -order },
        );
      },
    },
    engine: {
      async run(items, work) {
        const queue = new PQueue({ concurrency: documentSlots });
        let failure: Error | undefined;
        let order = 0;
        const fail = (error: unknown): void => {
          failure ??= error instanceof Error ? error : new Error(String(error));
        };
        try {
          for await (const item of items) {
            await queue.onSizeLessThan(1);
            if (soft.aborted || failure !== undefined) break;
            const place = order++;
            queue.add(() => work(item, place)).catch(fail);
          }
        } catch (error) {
          fail(error); // the listing broke: what runs still ends properly
        }
        await queue.onIdle();
        if (failure !== undefined) throw failure;
      },
    },
  };
}
