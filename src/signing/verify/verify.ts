import type { X509Certificate } from "node:crypto";
import type { SignatureInfo, Verdict } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import type { Verifier, VerifyReport } from "../../domain/ports.ts";
import { signerName } from "../asn1/certificate.ts";
import { checkCms, type CmsJudgement } from "../cms/cms-check.ts";
import { type ReadCms, readCms } from "../cms/cms-reader.ts";
import { type FileWindow, openWindow } from "../file-window.ts";
import { signedAt } from "./signature-time.ts";
import { type FoundSignature, scanSignatures } from "./signature-scan.ts";
import { chainDoubts, readTrust } from "../pki/trust.ts";

export interface VerifierOptions {
  /** PEM files of trusted roots. */
  readonly trust: readonly string[];
  readonly now: () => Date;
}

const KNOWN = ["adbe.pkcs7.detached", "adbe.pkcs7.sha1", "ETSI.CAdES.detached", "ETSI.RFC3161"];
const NO_CONTENTS = "Khoảng chừa không chứa đúng chữ ký (ByteRange gap)";
const BAD_RANGE = "ByteRange sai (bad byte range)";
const APPENDED = "Tệp có nội dung thêm sau chữ ký cuối (changed after signing)";

/** Judges the signatures of a PDF offline, file held in pieces; never over the network. */
export function createVerifier({ trust, now }: VerifierOptions): Verifier {
  let roots: Promise<X509Certificate[]> | undefined;
  return {
    async verify(path) {
      roots ??= readTrust(trust);
      const trusted = await roots;
      const file = await openPdf(path);
      try {
        return await verifyFile(file, trusted, now());
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

async function verifyFile(
  file: FileWindow,
  trusted: readonly X509Certificate[],
  at: Date,
): Promise<VerifyReport> {
  const found = await scanSignatures(file);
  if (found.length === 0 && !(await hasEnd(file))) throw new OperationalError("truncated");
  const lastEnd = Math.max(0, ...found.map(endOf));
  const signatures: SignatureInfo[] = [];
  for (const one of found.toSorted((a, b) => endOf(a) - endOf(b))) {
    const appended = endOf(one) === lastEnd && lastEnd < file.size;
    signatures.push(await judge(file, one, trusted, at, appended));
  }
  return { verdict: overall(signatures), signatures };
}

/** A file cut short may have lost its signatures: that is damage, not "unsigned". */
async function hasEnd(file: FileWindow): Promise<boolean> {
  return (await file.read(file.size - 4096, file.size)).includes("%%EOF");
}

async function judge(
  file: FileWindow,
  found: FoundSignature,
  trusted: readonly X509Certificate[],
  at: Date,
  appended: boolean,
): Promise<SignatureInfo> {
  const subFilter = (found.entries.get("SubFilter") ?? "").replace("/", "");
  const cms = read(found.contents);
  const judgement = await judgeIntegrity(file, found, cms, subFilter);
  const reasons = doubtsOf(judgement, cms, trusted, at);
  if (appended) reasons.push(APPENDED);
  return {
    ...signerOf(cms),
    signedAt: signedAt(found.entries, cms),
    subFilter,
    level: levelOf(subFilter, cms),
    digest: digestName(cms?.digest),
    verdict: verdictOf(judgement, reasons),
    reasons,
    coversWholeFile: judgement.state !== "broken" && endOf(found) === file.size,
  };
}

function doubtsOf(
  judgement: CmsJudgement,
  cms: ReadCms | undefined,
  trusted: readonly X509Certificate[],
  at: Date,
): string[] {
  if (judgement.state !== "intact" || cms?.signer === undefined)
    return judgement.state === "intact" ? [] : [judgement.reason];
  const carried = cms.certificates.map(({ x509 }) => x509);
  return [...judgement.doubts, ...chainDoubts(cms.signer, carried, trusted, at)];
}

function signerOf(cms: ReadCms | undefined): Pick<SignatureInfo, "signer" | "certificate" | "test"> {
  const signer = cms?.signer;
  if (signer === undefined) return { signer: "", certificate: "", test: false };
  return { signer: signerName(signer), certificate: signer.fingerprint, test: signer.test };
}

async function judgeIntegrity(
  file: FileWindow,
  found: FoundSignature,
  cms: ReadCms | undefined,
  subFilter: string,
): Promise<CmsJudgement> {
  const [start, firstLength = 0, second = 0, secondLength = 0] = found.ranges;
  const sane = found.ranges.length === 4 && start === 0 && second > firstLength;
  if (!sane || second + secondLength > file.size) return { state: "broken", reason: BAD_RANGE };
  if (!found.gapIsContents) return { state: "broken", reason: NO_CONTENTS };
  if (!KNOWN.includes(subFilter))
    return { state: "unknown", reason: `Loại chữ ký chưa được hỗ trợ: ${subFilter} (unsupported SubFilter)` };
  if (cms === undefined) return { state: "broken", reason: "Không đọc được chữ ký (damaged CMS)" };
  return checkCms(cms, subFilter, async function* bytes() {
    yield* file.stream(0, firstLength);
    yield* file.stream(second, second + secondLength);
  });
}

function read(contents: Buffer): ReadCms | undefined {
  try {
    return contents.length === 0 ? undefined : readCms(contents);
  } catch {
    return undefined;
  }
}

function endOf({ ranges }: FoundSignature): number {
  return (ranges.at(-2) ?? 0) + (ranges.at(-1) ?? 0);
}

function verdictOf(judgement: CmsJudgement, doubts: readonly string[]): Verdict {
  if (judgement.state === "broken") return "invalid";
  return doubts.length === 0 ? "valid" : "undetermined";
}

function overall(signatures: readonly SignatureInfo[]): VerifyReport["verdict"] {
  const verdicts = signatures.map(({ verdict }) => verdict);
  if (verdicts.length === 0) return "unsigned";
  if (verdicts.includes("invalid")) return "invalid";
  return verdicts.includes("undetermined") ? "undetermined" : "valid";
}

function levelOf(subFilter: string, cms: ReadCms | undefined): string {
  if (subFilter === "ETSI.RFC3161") return "document time stamp";
  if (subFilter !== "ETSI.CAdES.detached")
    return cms?.hasTimeStamp === true ? "PKCS#7 + time stamp" : "PKCS#7";
  return cms?.hasTimeStamp === true ? "B-T" : "B-B";
}

function digestName(digest: string | undefined): string {
  return digest === undefined ? "unknown" : digest.toUpperCase().replace("SHA", "SHA-");
}
