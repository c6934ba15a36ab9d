import type { X509Certificate } from "node:crypto";
import type { SignatureInfo } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import type { Verifier, VerifyReport } from "../../domain/ports.ts";
import { openFile } from "../../pdf-syntax/byte-source.ts";
import { DOCUMENT_STAMP } from "../cms/cms-check.ts";
import { type ReadCms, readCms } from "../cms/cms-reader.ts";
import { type FileWindow, openWindow } from "../file-window.ts";
import { readTrust } from "../pki/trust.ts";
import type { AskRevocation, RevocationPolicy } from "./certificate-trust.ts";
import { checkGaps } from "./check-gaps.ts";
import { NO_EVIDENCE, readDss } from "./evidence.ts";
import { type JudgedFile, judgeSignature } from "./judge-signature.ts";
import { type LocatedSignature, locateSignatures } from "./locate-signatures.ts";
import { type OpenedSignature, provenTimes } from "./proven-times.ts";
import { type History, readHistory } from "./revision-history.ts";
import { type Scan, scanSignatures } from "./signature-scan.ts";

export interface VerifierOptions {
  /** PEM files of trusted roots. */
  readonly trust: readonly string[];
  readonly now: () => Date;
  /** What an unknown revocation state means; `off` unless given. Evidence in the file is always heard. */
  readonly revocation?: RevocationPolicy;
  /** Asks over the network when the file does not say; never without it. */
  readonly ask?: AskRevocation;
}

/** Judges the signatures of a PDF, file held in pieces; over the network only when given somebody to ask. */
export function createVerifier(options: VerifierOptions): Verifier {
  let roots: Promise<X509Certificate[]> | undefined;
  return {
    async verify(path) {
      roots ??= readTrust(options.trust);
      const trusted = await roots;
      const file = await openPdf(path);
      try {
        return await verifyFile(path, file, { ...options, trusted });
      } finally {
        await file.close();
      }
    },
  };
}

async function openPdf(path: string): Promise<FileWindow> {
  const file = await openWindow(path).catch((error: unknown) => {
    throw new OperationalError("unreadable", "", { cause: error });
  });
  if ((await file.read(0, 1024)).includes("%PDF-")) return file;
  await file.close();
  throw new OperationalError("unreadable", "no PDF header");
}

interface Judges extends VerifierOptions {
  readonly trusted: readonly X509Certificate[];
}

async function verifyFile(path: string, file: FileWindow, judges: Judges): Promise<VerifyReport> {
  const scan = await scanSignatures(file);
  const source = openFile(path);
  try {
    const history = readHistory(source, revisionEnds(scan), firstEnd(scan));
    const located = await checkGaps(file, await locateSignatures(file, scan, history), history);
    if (located.length === 0 && !(await hasEnd(file))) throw new OperationalError("truncated");
    const signatures = await judgeAll(file, located, history, judges);
    return { verdict: overall(signatures), signatures };
  } finally {
    source.close();
  }
}

function endOf(ranges: readonly number[]): number {
  return (ranges.at(-2) ?? 0) + (ranges.at(-1) ?? 0);
}

/** End of the oldest signature: nobody promised anything of what came before. */
function firstEnd({ found }: Scan): number {
  return Math.min(...found.map(({ ranges }) => endOf(ranges)).filter((end) => end > 0));
}

/** Only what came with or after the first signature is of interest. */
function revisionEnds(scan: Scan): readonly number[] {
  const first = firstEnd(scan);
  return [...scan.found.map(({ ranges }) => endOf(ranges)), ...scan.ends.filter((end) => end >= first)];
}

/** A file cut short may have lost its signatures: that is damage, not "unsigned". */
async function hasEnd(file: FileWindow): Promise<boolean> {
  return (await file.read(file.size - 4096, file.size)).includes("%%EOF");
}

async function judgeAll(
  file: FileWindow,
  located: readonly LocatedSignature[],
  history: History,
  { trusted, now, revocation = "off", ask }: Judges,
): Promise<SignatureInfo[]> {
  const evidence =
    located.length === 0 || history.newest === undefined ? NO_EVIDENCE : readDss(history.newest);
  const opened = located.map((one) => open(file, one));
  const at = now();
  const times = await provenTimes(opened, { trusted, evidence, now: at });
  const judged: JudgedFile = {
    file,
    history,
    trusted,
    evidence,
    now: at,
    policy: revocation,
    ask,
    times,
    junk: history.tail !== undefined && history.tail !== "sound",
    lastSigned: Math.max(
      -1,
      // A time stamp says when the file existed; it does not adopt what others changed.
      ...located
        .filter(({ fault, subFilter }) => fault === undefined && subFilter !== DOCUMENT_STAMP)
        .map(({ revision = -1 }) => revision),
    ),
  };
  const signatures: SignatureInfo[] = [];
  for (const one of opened) signatures.push(await judgeSignature(one, judged));
  return signatures;
}

function open(file: FileWindow, located: LocatedSignature): OpenedSignature {
  const [, firstLength = 0, second = 0, secondLength = 0] = located.ranges;
  return {
    located,
    cms: read(located.contents),
    bytes: async function* bytes() {
      yield* file.stream(0, firstLength);
      yield* file.stream(second, second + secondLength);
    },
  };
}

function read(contents: Buffer): ReadCms | undefined {
  try {
    return contents.length === 0 ? undefined : readCms(contents);
  } catch {
    return undefined;
  }
}

function overall(signatures: readonly SignatureInfo[]): VerifyReport["verdict"] {
  const verdicts = signatures.map(({ verdict }) => verdict);
  if (verdicts.length === 0) return "unsigned";
  if (verdicts.includes("invalid")) return "invalid";
  return verdicts.includes("undetermined") ? "undetermined" : "valid";
}
