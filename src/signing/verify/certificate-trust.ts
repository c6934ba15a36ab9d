import type { X509Certificate } from "node:crypto";
import type { SigningSettings } from "../../domain/settings.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { partsOf } from "../pki/certificate-parts.ts";
import { buildChain } from "../pki/chain.ts";
import { notForDocuments } from "../pki/document-signer.ts";
import type { ValidationData } from "../pki/parts.ts";
import { judgeRevocation, type RevocationState } from "../pki/revocation.ts";
import { joined } from "./evidence.ts";

export type RevocationPolicy = SigningSettings["revocation"];

/** Asks the issuer's own sources about one certificate; an empty answer when none of them answers. */
export type AskRevocation = (
  certificate: CertificateFacts,
  issuer: CertificateFacts,
) => Promise<Pick<ValidationData, "crls" | "ocsps">>;

export interface TrustQuestion {
  readonly signer: CertificateFacts;
  readonly trusted: readonly X509Certificate[];
  readonly evidence: ValidationData;
  /** The moment judged: when the signature provably existed, else now. */
  readonly at: Date;
  readonly now: Date;
  readonly policy: RevocationPolicy;
  /** It signed a document time stamp: its purpose is judged with the token. */
  readonly stamp: boolean;
  readonly ask: AskRevocation | undefined;
}

export interface TrustJudgement {
  /** Set when a certificate of the chain was revoked in time to matter. */
  readonly revoked: string | undefined;
  readonly doubts: readonly string[];
  readonly notes: readonly string[];
  /** Absent: nobody was asked, and the file says nothing. */
  readonly revocation: "good" | "revoked" | "unknown" | undefined;
  /** The file itself proves that no certificate of the chain below the trusted one was revoked. */
  readonly provenByFile: boolean;
}

/** Chain and revocation of a signer's certificate at a moment, by evidence of the file and of those who may be asked. */
export async function judgeTrust(question: TrustQuestion): Promise<TrustJudgement> {
  const { signer, trusted, evidence, at, stamp } = question;
  const { chain, doubts, trusted: anchored } = buildChain(signer, evidence.certificates, trusted, at);
  const usage = stamp ? [] : usageDoubts(signer);
  const links = chain.slice(0, -1).map((certificate, index) => [certificate, chain[index + 1]] as const);
  const states: (RevocationState & { readonly asked: boolean })[] = [];
  for (const [certificate, issuer] of links) {
    if (issuer === undefined || isSilentTest(certificate)) continue;
    states.push(await stateOf(certificate, issuer, question));
  }
  const revoked = states.find(({ state }) => state === "revoked");
  const unknown = states.find(({ state }) => state === "unknown");
  const asked = question.policy !== "off" || hasAnswers(evidence);
  const words = unknown === undefined || !asked ? [] : [unknownText(unknown)];
  return {
    revoked: revoked === undefined ? undefined : revokedText(revoked),
    doubts: [
      ...usage,
      ...doubts.map(({ text }) => text),
      ...(question.policy === "require" ? words.map((word) => `${word}; ${ADVICE}`) : []),
    ],
    notes: notesOf(question.policy, states, words),
    revocation: asked && states.length > 0 ? worst(states, question.policy) : undefined,
    provenByFile:
      anchored && states.length === links.length && states.every((one) => one.state === "good" && !one.asked),
  };
}

function usageDoubts(signer: CertificateFacts): readonly string[] {
  const fault = notForDocuments(signer);
  if (fault === undefined) return [];
  return [`Chứng thư không dùng để ký số (${fault === "keyUsage" ? "key usage" : "extended key usage"})`];
}

/** Where nobody had to ask, silence must not be taken for a good answer. */
function notesOf(
  policy: RevocationPolicy,
  states: readonly RevocationState[],
  words: readonly string[],
): readonly string[] {
  if (policy === "warn") return words;
  const open =
    states.some(({ state }) => state === "unknown") && states.every(({ state }) => state !== "revoked");
  return policy === "off" && open ? [NOT_ASKED] : [];
}

const NOT_ASKED =
  "Chưa kiểm tra chứng thư có bị thu hồi không; dùng --online để hỏi nơi cấp (revocation not checked, try --online)";
const ADVICE = "hãy kiểm tra lại với --online (try --online)";

function unknownText({ why }: RevocationState): string {
  return `Chưa biết chứng thư có bị thu hồi không: ${why ?? ""} (revocation unknown)`;
}

/** A KÝ THỬ certificate names nobody who could be asked. */
function isSilentTest(certificate: CertificateFacts): boolean {
  const { ocspUrls, crlUrls } = partsOf(certificate);
  return certificate.test && ocspUrls.length + crlUrls.length === 0;
}

async function stateOf(
  certificate: CertificateFacts,
  issuer: CertificateFacts,
  { evidence, at, now, ask }: TrustQuestion,
): Promise<RevocationState & { readonly asked: boolean }> {
  const { ocsps, crls } = evidence;
  const known = judgeRevocation({ certificate, issuer, at, now, ocsps, crls });
  if (known.state !== "unknown" || ask === undefined) return { ...known, asked: false };
  const answers = joined(evidence, { certificates: [], ...(await ask(certificate, issuer)) });
  const { ocsps: told, crls: lists } = answers;
  return { ...judgeRevocation({ certificate, issuer, at, now, ocsps: told, crls: lists }), asked: true };
}

function hasAnswers({ ocsps, crls }: ValidationData): boolean {
  return ocsps.length + crls.length > 0;
}

function worst(states: readonly RevocationState[], policy: RevocationPolicy): TrustJudgement["revocation"] {
  const words = states.map(({ state }) => state);
  if (words.includes("revoked")) return "revoked";
  if (!words.includes("unknown")) return "good";
  return policy === "off" ? undefined : "unknown";
}

function revokedText({ at, reason }: RevocationState): string {
  const day = at?.toISOString().slice(0, 10) ?? "";
  return `Chứng thư đã bị thu hồi ngày ${day} (certificate revoked: ${reason ?? "unspecified"})`;
}
