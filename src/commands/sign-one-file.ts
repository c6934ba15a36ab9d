import { open, rename, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { SigningParts } from "../compose.ts";
import type { SignatureInfo } from "../domain/document.ts";
import { ERRORS, isOperational, OperationalError } from "../domain/errors.ts";
import type { PageArea } from "../domain/ports.ts";
import type { Settings } from "../domain/settings.ts";
import type { Upgrader } from "../signing/create-upgrader.ts";
import { diskFailure, hashFile, syncFolder } from "../objects/durable.ts";

export interface FileJob {
  readonly file: string;
  readonly path: string;
  readonly output: string;
}

/** How one file ended. */
export interface FileEnd {
  readonly type: "file";
  readonly file: string;
  readonly state: "signed" | "unchanged" | "held" | "failed";
  readonly reason: string | null;
  readonly detail: string;
  readonly output: string;
  readonly level: string | null;
}

export interface FileWork {
  readonly settings: Settings;
  readonly parts: SigningParts;
  readonly upgrade: boolean;
}

/** A visible box must miss the codes of page 1; codes of official papers are read from 100 dpi on. */
const QR_DPI = 120;
const PIECE = 4 << 20;

/** Signs one file; failures of batch scope are thrown, others are how it ended. */
export async function signOne(job: FileJob, work: FileWork): Promise<FileEnd> {
  const { file, output } = job;
  const common = { type: "file", file, output } as const;
  try {
    if (await isMade(job)) return { ...common, state: "unchanged", reason: null, detail: "", level: null };
    const signatures = await intoPlace(job, (temporary) =>
      work.upgrade ? raise(job.path, temporary, work) : appendTo(job.path, temporary, work),
    );
    if (signatures === undefined)
      return { ...common, state: "unchanged", reason: null, detail: "", level: null };
    await record(output, signatures, work);
    const own = signatures.findLast(({ subFilter }) => subFilter !== "ETSI.RFC3161");
    const detail = own?.revocation === "unknown" ? "revocation_unknown" : "";
    return { ...common, state: "signed", reason: null, detail, level: own?.level ?? null };
  } catch (error) {
    if (!isOperational(error) || ERRORS[error.code].scope === "batch") throw error;
    const { state } = ERRORS[error.code];
    const ended = state === "held" ? "held" : "failed";
    return { ...common, state: ended, reason: error.code, detail: error.detail, level: null };
  }
}

/** Hidden until it is whole: a reader of the folder, or the next run, never meets half a file. */
async function intoPlace<T>({ output }: FileJob, write: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = join(dirname(output), `.${basename(output)}.part`);
  try {
    const made = await write(temporary);
    if (made === undefined) return made;
    await rename(temporary, output);
    await syncFolder(dirname(output));
    return made;
  } catch (error) {
    throw diskFailure(error);
  }
}

async function appendTo(
  path: string,
  temporary: string,
  { parts, settings }: FileWork,
): Promise<readonly SignatureInfo[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw new OperationalError("source_missing", "", { cause: error });
  });
  const { appearance } = settings.signing;
  const signer = await parts.signer();
  return signer.sign(path, temporary, {
    at: new Date(),
    capturedAt: found.mtime,
    appearance,
    keepClear: appearance === "none" ? [] : await codesOf(path, parts),
  });
}

async function raise(path: string, temporary: string, { parts }: FileWork): ReturnType<Upgrader["upgrade"]> {
  await stat(path).catch((error: unknown) => {
    throw new OperationalError("source_missing", "", { cause: error });
  });
  return (await parts.upgrader()).upgrade(path, temporary, new Date());
}

/** Where QR codes stand on page 1. A page that cannot be seen shows none. */
async function codesOf(path: string, { pdf, imaging, barcodes }: SigningParts): Promise<readonly PageArea[]> {
  try {
    // Drawing a scanned page costs four times what its image does.
    const image = await pdf.scanImage(path, 0);
    const view = image === undefined ? await pdf.draw(path, 0, QR_DPI) : await imaging.glance(image);
    return (await barcodes.read(view)).map(({ box }) => box);
  } catch (error) {
    if (isOperational(error)) return [];
    throw error;
  }
}

/** The file made by an earlier run: it begins with the source, byte for byte. */
async function isMade({ path, output }: FileJob): Promise<boolean> {
  const [source, there] = await Promise.all([path, output].map((one) => stat(one).catch(() => undefined)));
  if (there === undefined) return false;
  if (source !== undefined && there.size > source.size && (await beginsWith(output, path))) return true;
  throw new OperationalError("output_exists");
}

async function beginsWith(longer: string, shorter: string): Promise<boolean> {
  const [a, b] = await Promise.all([open(longer), open(shorter)]);
  try {
    const [one, two] = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)];
    for (;;) {
      const { bytesRead } = await b.read(two, 0, PIECE);
      if (bytesRead === 0) return true;
      await a.read(one, 0, bytesRead);
      if (!one.subarray(0, bytesRead).equals(two.subarray(0, bytesRead))) return false;
    }
  } finally {
    await a.close();
    await b.close();
  }
}

/** Who signed what: by code and hash, as everything in the audit log. */
async function record(
  output: string,
  signatures: readonly SignatureInfo[],
  { parts, settings, upgrade }: FileWork,
): Promise<void> {
  const { sha256 } = await hashFile(output);
  const own = signatures.at(-1);
  await parts.ledger.audit({
    at: new Date(),
    actor: settings.officer ?? settings.unit ?? "",
    action: upgrade ? "file.upgraded" : "file.signed",
    subject: sha256,
    detail: { certificate: own?.certificate ?? "", level: settings.signing.level, test: own?.test ?? false },
  });
}
