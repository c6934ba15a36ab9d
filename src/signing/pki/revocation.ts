import type { CertificateFacts } from "../asn1/certificate.ts";
import { partsOf } from "./certificate-parts.ts";
import { crlAnswer, readCrl } from "./crl.ts";
import { ocspAnswers, ocspSigner, readOcsp } from "./ocsp.ts";
import { type Answer, freshUntil, speaksFor } from "./revocation-answer.ts";

export interface RevocationQuestion {
  readonly certificate: CertificateFacts;
  readonly issuer: CertificateFacts;
  /** The moment at which the certificate must not have been revoked: now, or when a signature provably existed. */
  readonly at: Date;
  /** Evidence made later than this is not believed; `at` when absent. */
  readonly now?: Date;
  /** OCSPResponse and CertificateList as DER, in any order; what is damaged or about others is passed over. */
  readonly ocsps: readonly Buffer[];
  readonly crls: readonly Buffer[];
}

export interface RevocationState {
  readonly state: "good" | "revoked" | "unknown";
  /** When it was revoked. With the state `good`: later than the moment asked about. */
  readonly at?: Date;
  /** CRLReason's name in RFC 5280. */
  readonly reason?: string;
  /** Why nobody could say. */
  readonly why?: string;
  /** The answer believed, to be kept as proof. */
  readonly evidence?: Evidence;
}

export interface Evidence {
  readonly kind: "ocsp" | "crl";
  readonly der: Buffer;
  readonly freshUntil: Date;
  /** Who signed an OCSP response when it was not the issuer itself. */
  readonly responder?: CertificateFacts;
}

interface Found {
  readonly answer: Answer;
  readonly evidence: Evidence;
}

const NONE = "Không có bằng chứng về thu hồi (no revocation data)";
const STALE = "Thông tin thu hồi đã cũ (stale revocation data)";
const UNKNOWN = "Nơi cấp không biết chứng thư này (status unknown)";

/**
 * Whether a certificate was revoked at a moment, by evidence at hand; pure. A revocation that any rightly signed answer
 * tells outweighs all that say "good". Answers wrongly signed, stale or about others are no answers.
 */
export function judgeRevocation(question: RevocationQuestion): RevocationState {
  const { at, now = at, certificate } = question;
  const reasons: string[] = [];
  const found = [...fromOcsps(question, reasons), ...fromCrls(question, reasons)];
  const revoked = earliest(found.filter((one) => !isLifted(one, found)));
  if (revoked?.answer.revoked !== undefined && revoked.answer.revoked.at <= at)
    return { state: "revoked", ...revoked.answer.revoked, evidence: revoked.evidence };
  // Once it has expired, a CA may drop a revoked certificate from its lists: later silence proves nothing.
  const heard = found.filter(
    ({ answer }) => answer.status !== "good" || answer.thisUpdate <= certificate.notAfter,
  );
  const fresh = heard.filter(({ answer }) => speaksFor(answer, at, now));
  const best = latest(fresh.filter(({ answer }) => answer.status !== "unknown"));
  if (best !== undefined) return { state: "good", ...revoked?.answer.revoked, evidence: best.evidence };
  if (fresh.length > 0) return { state: "unknown", why: UNKNOWN };
  return { state: "unknown", why: found.length > 0 ? STALE : (reasons.at(-1) ?? NONE) };
}

function* fromOcsps(question: RevocationQuestion, reasons: string[]): Generator<Found> {
  const { certificate, issuer } = question;
  for (const der of question.ocsps) {
    const ocsp = attempt(() => readOcsp(der), reasons);
    const answers = ocsp === undefined ? [] : ocspAnswers(ocsp, certificate, issuer);
    if (ocsp === undefined || answers.length === 0) continue;
    const signer = ocspSigner(ocsp, issuer);
    const why = signer === undefined ? STRANGER : responderDoubt(signer, question, ocsp.producedAt);
    if (why !== undefined || signer === undefined) {
      reasons.push(why ?? STRANGER);
      continue;
    }
    const responder = signer.fingerprint === issuer.fingerprint ? {} : { responder: signer };
    for (const answer of answers)
      yield { answer, evidence: { kind: "ocsp", der, freshUntil: freshUntil(answer), ...responder } };
  }
}

const STRANGER = "Trả lời OCSP do người lạ ký (OCSP response signed by a stranger)";
const RESPONDER = "Chưa rõ chứng thư máy chủ OCSP có bị thu hồi không (responder's own status)";

/** A responder the CA may revoke must be known not to be; only its issuer's CRLs say so, else questions never end. */
function responderDoubt(
  signer: CertificateFacts,
  { issuer, crls, now, at }: RevocationQuestion,
  producedAt: Date,
): string | undefined {
  if (signer.fingerprint === issuer.fingerprint || partsOf(signer).noCheck) return undefined;
  const own = { certificate: signer, issuer, at: producedAt, now: now ?? at, ocsps: [], crls };
  return judgeRevocation(own).state === "good" ? undefined : RESPONDER;
}

function* fromCrls({ certificate, issuer, crls }: RevocationQuestion, reasons: string[]): Generator<Found> {
  for (const der of crls) {
    const answer = attempt(() => crlAnswer(readCrl(der), certificate, issuer), reasons);
    if (answer === undefined) continue;
    if (answer.status === "unusable") reasons.push(answer.why);
    else yield { answer, evidence: { kind: "crl", der, freshUntil: freshUntil(answer) } };
  }
}

function attempt<T>(read: () => T, reasons: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    reasons.push(`Không đọc được thông tin thu hồi (unreadable revocation data: ${messageOf(error)})`);
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "damaged";
}

/** A hold is the one revocation that may end: a newer answer that says good ends it. */
function isLifted({ answer }: Found, found: readonly Found[]): boolean {
  if (answer.revoked?.reason !== "certificateHold") return false;
  return found.some((other) => other.answer.status === "good" && other.answer.thisUpdate > answer.thisUpdate);
}

function earliest(found: readonly Found[]): Found | undefined {
  const when = ({ answer }: Found) => answer.revoked?.at.getTime() ?? Infinity;
  return found.filter(({ answer }) => answer.status === "revoked").toSorted((a, b) => when(a) - when(b))[0];
}

/** Every answer that says good or tells of a later revocation speaks; the newest of them is kept. */
function latest(found: readonly Found[]): Found | undefined {
  return found.toSorted((a, b) => b.answer.thisUpdate.getTime() - a.answer.thisUpdate.getTime())[0];
}
