import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { link, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { SigningParts } from "../compose.ts";
import type { SignatureInfo } from "../domain/document.ts";
import { ERRORS, isOperational, OperationalError } from "../domain/errors.ts";
import type { PageArea } from "../domain/ports.ts";
import type { Settings } from "../domain/settings.ts";
import { signingFindings } from "../domain/signing-findings.ts";
import { createVerifier } from "../signing/verify/verify.ts";
import type { Upgrader } from "../signing/create-upgrader.ts";
import { diskFailure, hashFile, syncFolder, systemCode } from "../objects/durable.ts";

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
/** From here on a file takes longer to sign than its helpers take to start: they need not stay in memory meanwhile. */
const LARGE_BYTES = 100_000_000;

/** Signs one file; failures of batch scope are thrown, others are how it ended. */
export async function signOne(job: FileJob, work: FileWork): Promise<FileEnd> {
  const { file, output } = job;
  const common = { type: "file", file, output } as const;
  try {
    if (await isMade(job, work))
      return { ...common, state: "unchanged", reason: null, detail: "", level: null };
    const signatures = await intoPlace(job, (temporary) =>
      work.upgrade ? raise(job.path, temporary, work) : appendTo(job.path, temporary, work),
    );
    if (signatures === undefined)
      return { ...common, state: "unchanged", reason: null, detail: "", level: null };
    await record(output, signatures, work);
    const own = signatures.findLast(({ subFilter }) => subFilter !== "ETSI.RFC3161");
    const detail = own === undefined ? "" : signingFindings(own).join(", ");
    return { ...common, state: "signed", reason: null, detail, level: own?.level ?? null };
  } catch (error) {
    if (!isOperational(error) || ERRORS[error.code].scope === "batch") throw error;
    const { state } = ERRORS[error.code];
    const ended = state === "held" ? "held" : "failed";
    return { ...common, state: ended, reason: error.code, detail: error.detail, level: null };
  }
}

/**
 * Hidden until it is whole: a reader of the folder, or the next run, never meets half a file. The name is this process's
 * own, and what somebody else has put into place meanwhile is not replaced.
 */
async function intoPlace<T>(
  { output }: FileJob,
  write: (temporary: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  const temporary = join(dirname(output), `.${basename(output)}.${process.pid}-${randomUUID()}.part`);
  try {
    const made = await write(temporary);
    if (made === undefined) return made;
    await putInPlace(temporary, output);
    await syncFolder(dirname(output));
    return made;
  } catch (error) {
    throw diskFailure(error);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A link is refused where the name is taken, a rename is not; file systems without links have to do with looking first. */
async function putInPlace(temporary: string, output: string): Promise<void> {
  try {
    await link(temporary, output);
  } catch (error) {
    const there = systemCode(error) === "EEXIST" || (await stat(output).catch(() => undefined)) !== undefined;
    if (there) throw new OperationalError("output_exists", "", { cause: error });
    await rename(temporary, output);
  }
}

const LEFT = /^\..+\.(\d+)-[0-9a-f-]{36}\.part$/u;

/** Removes what killed runs left in the folder; the unfinished files of a run that lives are its own. */
export async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = LEFT.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}

async function appendTo(
  path: string,
  temporary: string,
  { parts, settings }: FileWork,
): Promise<readonly SignatureInfo[]> {
  const found = await sourceOf(path);
  const { appearance } = settings.signing;
  const signer = await parts.signer();
  return signer.sign(path, temporary, {
    at: new Date(),
    capturedAt: found.mtime,
    appearance,
    keepClear: appearance === "none" ? [] : await codesOf(path, found.size, parts),
  });
}

async function sourceOf(path: string): Promise<Stats> {
  const found = await stat(path).catch((error: unknown) => {
    throw new OperationalError("source_missing", "", { cause: error });
  });
  if (!found.isFile()) throw new OperationalError("unsupported_format", "không phải tệp / not a file");
  return found;
}

async function raise(path: string, temporary: string, { parts }: FileWork): ReturnType<Upgrader["upgrade"]> {
  await sourceOf(path);
  return (await parts.upgrader()).upgrade(path, temporary, new Date());
}

/** Where QR codes stand on page 1. A page that cannot be seen shows none. */
async function codesOf(path: string, size: number, parts: SigningParts): Promise<readonly PageArea[]> {
  const { pdf, imaging, barcodes } = parts;
  try {
    // Drawing a scanned page costs four times what its image does.
    const image = await pdf.scanImage(path, 0);
    const view = image === undefined ? await pdf.draw(path, 0, QR_DPI) : await imaging.glance(image);
    if (size > LARGE_BYTES) await parts.rest();
    return (await barcodes.read(view)).map(({ box }) => box);
  } catch (error) {
    if (isOperational(error)) return [];
    throw error;
  }
}

/** The file that an earlier run has finished: it begins with the source, byte for byte, and ends with a good signature. */
async function isMade({ path, output }: FileJob, work: FileWork): Promise<boolean> {
  const [source, there] = await Promise.all([path, output].map((one) => stat(one).catch(() => undefined)));
  if (there === undefined) return false;
  const longer = source?.isFile() === true && there.isFile() && there.size > source.size;
  if (longer && (await beginsWith(output, path)) && (await isSound(output, work))) return true;
  throw new OperationalError("output_exists");
}

/** Signed by the same certificate at the same level, or raised; nothing added behind it. */
async function isSound(output: string, { parts, settings, upgrade }: FileWork): Promise<boolean> {
  const { level, trust } = settings.signing;
  const report = createVerifier({ trust, now: () => new Date() }).verify(output);
  const { signatures, verdict } = await report.catch(() => ({ signatures: [], verdict: "invalid" }));
  if (verdict === "invalid" || !signatures.some(({ coversWholeFile }) => coversWholeFile)) return false;
  if (upgrade) return true;
  const { certificate } = await parts.signer();
  return signatures.some(
    // Without roots nobody can say how far a time stamp carries.
    (one) => one.certificate === certificate && (trust.length === 0 || one.level === level),
  );
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
