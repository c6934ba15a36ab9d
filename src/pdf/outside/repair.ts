import { OperationalError } from "../../domain/errors.ts";
import type { TaskWorker, WorkerScope } from "./worker-task.ts";
import { startWorker } from "./worker-task.ts";

/** Has @cantoo/pdf-lib read a damaged or encrypted file and write a plain copy. */
export interface Repairer {
  /** Throws `password_needed`, `unreadable`. */
  repair(bytes: Buffer): Promise<Repaired>;
  close(): Promise<void>;
}

export interface Repaired {
  readonly bytes: Buffer;
  /** An empty password did not open it: one of the list did. */
  readonly withPassword: boolean;
}

/** Largest file a repair may load: the library holds about three times its size. */
export const MAX_REPAIR = 64 * 1024 * 1024;
/** The slowest of our damaged files takes 0.1 s. */
const REPAIR_TIMEOUT_MS = 20_000;
/** Loading the library takes 0.2 s: a folder of damaged files shares one thread. */
const IDLE_MS = 5_000;

/** One worker, one file at a time; it is ended when a file breaks it and when it has nothing to do. */
export function createRepairer(passwords: readonly string[]): Repairer {
  let worker: TaskWorker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.stop();
  }

  async function repair(bytes: Buffer): Promise<Repaired> {
    clearTimeout(idle);
    worker ??= startWorker(repairBody, [], "@cantoo/pdf-lib", 512);
    const own = Uint8Array.from(bytes);
    const request = { bytes: own, passwords: ["", ...passwords] };
    const reply = await worker.ask(request, [own.buffer], REPAIR_TIMEOUT_MS);
    if (!isReply(reply)) {
      await end();
      throw new OperationalError("unreadable", "repair gave up");
    }
    idle = setTimeout(() => void end(), IDLE_MS).unref();
    if (reply.error !== undefined) {
      const password = /password/iu.test(reply.error);
      throw new OperationalError(password ? "password_needed" : "unreadable");
    }
    const copy = reply.bytes ?? new Uint8Array();
    return {
      bytes: Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength),
      withPassword: reply.withPassword === true,
    };
  }

  return {
    repair: (bytes) => {
      const result = queue.then(() => repair(bytes));
      queue = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await queue;
      await end();
    },
  };
}

interface Request {
  readonly bytes: Uint8Array;
  readonly passwords: readonly string[];
}

interface Reply {
  readonly bytes?: Uint8Array;
  readonly withPassword?: boolean;
  readonly error?: string;
}

function isReply(value: unknown): value is Reply {
  return typeof value === "object" && value !== null;
}

/** Runs in the worker as text: uses its argument only. */
function repairBody(scope: WorkerScope): void {
  const pdfLib = scope.load(scope.library) as typeof import("@cantoo/pdf-lib");
  scope.onRequest(async (request) => {
    const { bytes: source, passwords } = request as Request;
    let refusal: unknown;
    for (const [index, password] of passwords.entries()) {
      try {
        const options = { password, updateMetadata: false, throwOnInvalidObject: false };
        const document = await pdfLib.PDFDocument.load(source, options);
        const bytes = await document.save({
          useObjectStreams: false,
          addDefaultPage: false,
          updateFieldAppearances: false,
        });
        scope.answer({ bytes, withPassword: index > 0 }, [bytes.buffer as ArrayBuffer]);
        return;
      } catch (error) {
        refusal = error;
        if (!/password/iu.test(String(error))) break;
      }
    }
    throw refusal;
  });
}
