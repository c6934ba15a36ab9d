import { OperationalError } from "../../domain/errors.ts";
import type { WorkerScope } from "./worker-task.ts";
import { startWorker } from "./worker-task.ts";

export interface Repaired {
  readonly bytes: Buffer;
  /** The /P flags when the file was encrypted with an empty user password. */
  readonly permissions: number | undefined;
}

/** Largest file a repair may load: the library holds about three times its size. */
export const MAX_REPAIR = 64 * 1024 * 1024;
/** The slowest of our damaged files takes 0.1 s. */
const REPAIR_TIMEOUT_MS = 20_000;

/**
 * Has @cantoo/pdf-lib read a damaged or encrypted file and write a plain copy.
 * Throws `password_needed`, `unreadable`.
 */
export async function repairPdf(bytes: Buffer): Promise<Repaired> {
  const worker = startWorker(repairBody, [], "@cantoo/pdf-lib", 512);
  try {
    const own = Uint8Array.from(bytes);
    const reply = await worker.ask(own, [own.buffer], REPAIR_TIMEOUT_MS);
    if (!isReply(reply)) throw new OperationalError("unreadable", "repair gave up");
    if (reply.error !== undefined) {
      const password = /password/iu.test(reply.error);
      throw new OperationalError(password ? "password_needed" : "unreadable");
    }
    const copy = reply.bytes ?? new Uint8Array();
    return {
      bytes: Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength),
      permissions: reply.permissions,
    };
  } finally {
    await worker.stop();
  }
}

interface Reply {
  readonly bytes?: Uint8Array;
  readonly permissions?: number;
  readonly error?: string;
}

function isReply(value: unknown): value is Reply {
  return typeof value === "object" && value !== null;
}

/** Runs in the worker as text: uses its argument only. */
function repairBody(scope: WorkerScope): void {
  const pdfLib = scope.load(scope.library) as typeof import("@cantoo/pdf-lib");
  scope.onRequest(async (request) => {
    const options = { password: "", updateMetadata: false, throwOnInvalidObject: false };
    const document = await pdfLib.PDFDocument.load(request as Uint8Array, options);
    const bytes = await document.save({
      useObjectStreams: false,
      addDefaultPage: false,
      updateFieldAppearances: false,
    });
    scope.answer({ bytes }, [bytes.buffer as ArrayBuffer]);
  });
}
