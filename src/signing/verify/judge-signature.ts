import type { X509Certificate } from "node:crypto";
import type { SignatureInfo } from "../../domain/document.ts";
import { signerName } from "../asn1/certificate.ts";
import { checkCms, type CmsJudgement, DOCUMENT_STAMP } from "../cms/cms-check.ts";
import type { ReadCms } from "../cms/cms-reader.ts";
import type { FileWindow } from "../file-window.ts";
import type { ValidationData } from "../pki/parts.ts";
import {
  type AskRevocation,
  judgeTrust,
  type RevocationPolicy,
  type TrustJudgement,
} from "./certificate-trust.ts";
import { carriedBy, joined } from "./evidence.ts";
import { judgeLater, type LaterJudgement } from "./later-revisions.ts";
import { withUnlisted } from "./unlisted-bytes.ts";
import type { OpenedSignature, ProvenTime } from "./proven-times.ts";
import type { History } from "./revision-history.ts";
import { levelOf } from "./signature-level.ts";
import { signedAt } from "./signature-time.ts";

/** What all signatures of one file share. */
export interface JudgedFile {
  readonly file: FileWindow;
  readonly history: History;
  readonly trusted: readonly X509Certificate[];
  /** Of the DSS. */
  readonly evidence: ValidationData;
  readonly now: Date;
  readonly policy: RevocationPolicy;
  readonly ask: AskRevocation | undefined;
  readonly times: ReadonlyMap<OpenedSignature, ProvenTime>;
  readonly junk: boolean;
  /** Index of the last revision that a signature without fault ends; -1 when there is none. */
  readonly lastSigned: number;
}

const KNOWN = ["adbe.pkcs7.detached", "adbe.pkcs7.sha1", "ETSI.CAdES.detached", DOCUMENT_STAMP];

/** Everything there is to say of one signature. */
export async function judgeSignature(one: OpenedSignature, judged: JudgedFile): Promise<SignatureInfo> {
  const { located, cms } = one;
  const time = judged.times.get(one) ?? { at: undefined, stamps: [] };
  const integrity = await judgeIntegrity(one);
  const later = withUnlisted(
    judgeLater(located, judged.history, judged.file, judged),
    located,
    judged.history,
  );
  const trust = integrity.state === "intact" ? await trustOf(one, time, judged) : undefined;
  const facts: Facts = { one, time, integrity, later, trust };
  const broken = brokenReasons(facts);
  const doubts = doubtReasons(facts);
  const intact = integrity.state !== "broken";
  return {
    ...signerOf(cms),
    signedAt: signedAt(located.date, cms),
    subFilter: located.subFilter,
    level: levelOf(one, time, trust, judged),
    digest: digestName(cms?.digest),
    verdict: broken.length > 0 ? "invalid" : doubts.length > 0 ? "undetermined" : "valid",
    reasons: [...broken, ...doubts],
    coversWholeFile: intact && located.end === judged.file.size,
    ...furtherFacts(facts),
  };
}

interface Facts {
  readonly one: OpenedSignature;
  readonly time: ProvenTime;
  readonly integrity: CmsJudgement;
  readonly later: LaterJudgement;
  readonly trust: TrustJudgement | undefined;
}

function brokenReasons({ one, time, integrity, later, trust }: Facts): readonly string[] {
  // Of broken bytes nothing more needs to be said.
  if (integrity.state === "broken") return [integrity.reason];
  const stamp = one.located.subFilter === DOCUMENT_STAMP ? brokenStamp(integrity, time) : [];
  return [later.broken, trust?.revoked, ...stamp].filter((reason) => reason !== undefined);
}

function doubtReasons({ one, integrity, later, trust }: Facts): readonly string[] {
  if (integrity.state === "broken") return [];
  const structure = one.located.doubt;
  return [
    ...(integrity.state === "intact" ? integrity.doubts : [integrity.reason]),
    ...(trust?.doubts ?? []),
    ...(structure === undefined ? [] : [structure]),
    ...later.doubts,
  ];
}

/** What is left out when there is nothing to say. */
function furtherFacts({ one, time, integrity, later, trust }: Facts): Partial<SignatureInfo> {
  const notes = [
    ...(integrity.state === "broken" ? [] : later.notes),
    ...(trust?.notes ?? []),
    ...stampNotes(one.located.subFilter, time),
  ];
  const changes = integrity.state === "broken" ? [] : later.changes;
  return {
    ...(notes.length === 0 ? {} : { notes }),
    ...(integrity.state === "intact" && time.at !== undefined ? { provenAt: isoOf(time.at) } : {}),
    ...(changes.length === 0 ? {} : { changes }),
    ...(trust?.revocation === undefined ? {} : { revocation: trust.revocation }),
  };
}

async function judgeIntegrity({ located, cms, bytes }: OpenedSignature): Promise<CmsJudgement> {
  const { fault, subFilter } = located;
  if (fault !== undefined) return { state: "broken", reason: fault };
  if (!KNOWN.includes(subFilter))
    return { state: "unknown", reason: `Loại chữ ký chưa được hỗ trợ: ${subFilter} (unsupported SubFilter)` };
  if (cms === undefined) return { state: "broken", reason: "Không đọc được chữ ký (damaged CMS)" };
  return checkCms(cms, subFilter, bytes);
}

/** Judged at the moment at which the signature provably existed, else now. */
async function trustOf(
  { cms, located }: OpenedSignature,
  { at }: ProvenTime,
  judged: JudgedFile,
): Promise<TrustJudgement | undefined> {
  if (cms?.signer === undefined) return undefined;
  const { trusted, now, policy, ask } = judged;
  const evidence = joined(carriedBy(cms), judged.evidence);
  const stamp = located.subFilter === DOCUMENT_STAMP;
  return judgeTrust({ signer: cms.signer, trusted, evidence, at: at ?? now, now, policy, stamp, ask });
}

/** A document time stamp that is no good time stamp; its certificate's chain is told with all others. */
function brokenStamp(integrity: CmsJudgement, { stamps }: ProvenTime): readonly string[] {
  if (integrity.state !== "intact") return [];
  return stamps.filter(({ state }) => state === "invalid").flatMap(({ reasons }) => reasons);
}

/** A time stamp that proves nothing does no harm either; people are told. */
function stampNotes(subFilter: string, { stamps }: ProvenTime): readonly string[] {
  if (subFilter === DOCUMENT_STAMP) return [];
  return stamps
    .filter(({ state }) => state !== "good")
    .map(({ reasons }) => `Dấu thời gian không được tính: ${reasons.join("; ")} (time stamp not counted)`);
}

function signerOf(cms: ReadCms | undefined): Pick<SignatureInfo, "certificate" | "signer" | "test"> {
  const signer = cms?.signer;
  if (signer === undefined) return { signer: "", certificate: "", test: false };
  return { signer: signerName(signer), certificate: signer.fingerprint, test: signer.test };
}

function isoOf(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}

function digestName(digest: string | undefined): string {
  return digest === undefined ? "unknown" : digest.toUpperCase().replace("SHA", "SHA-");
}
