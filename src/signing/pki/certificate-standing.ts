import type { X509Certificate } from "node:crypto";
import { OperationalError } from "../../domain/errors.ts";
import type { SigningSettings } from "../../domain/settings.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { isSelfIssued } from "./chain.ts";
import { collectData, revokedError } from "./collect-data.ts";
import { completeChain, issuerPairs } from "./complete-chain.ts";
import { notForDocuments } from "./document-signer.ts";
import { createEvidenceSource, type EvidenceSource, namesSource } from "./evidence-source.ts";
import type { CertificateStanding, StandingReport } from "./parts.ts";
import type { RevocationState } from "./revocation.ts";
import { readTrust } from "./trust.ts";

export interface StandingOptions extends Pick<
  SigningSettings,
  "revocation" | "timeout" | "tlsRoots" | "trust"
> {
  /** Folder of kept answers. */
  readonly cache: string;
  readonly signal?: AbortSignal;
}

/** How long what nobody could say is not asked again. */
const REST_MS = 60_000;
/** Without anybody asked, dates and chain are looked at again now and then: a batch may last a weekend. */
const UNASKED_MS = 3_600_000;

/** What was found of one signer, and how long it holds. */
interface Held {
  readonly from: number;
  readonly until: number;
  readonly outcome: StandingReport | OperationalError;
}

interface Question {
  readonly signer: CertificateFacts;
  readonly carried: readonly Buffer[];
  readonly now: Date;
  readonly roots: readonly X509Certificate[];
  readonly policy: SigningSettings["revocation"];
  readonly source: EvidenceSource;
}

/** Judges certificates by their own word, their chain and their issuers' answers; answers are kept until they are stale. */
export function createCertificateStanding(options: StandingOptions): CertificateStanding {
  const source = createEvidenceSource(options);
  const held = new Map<string, Held>();
  let trusted: Promise<X509Certificate[]> | undefined;
  const roots = () => (trusted ??= readTrust(options.trust));
  const report = async (signer: CertificateFacts, carried: readonly Buffer[], now: Date) => {
    checkOwnWord(signer, now);
    const before = held.get(signer.fingerprint);
    const at = now.getTime();
    const holds = before !== undefined && at >= before.from && at < before.until;
    const found = holds
      ? before
      : await look({ signer, carried, now, roots: await roots(), policy: options.revocation, source });
    held.set(signer.fingerprint, found);
    if (found.outcome instanceof OperationalError) throw found.outcome;
    return found.outcome;
  };
  return {
    report,
    async check(signer, carried, now) {
      await report(signer, carried, now);
    },
    collect: async (cms, now) => collectData(cms, await roots(), now, source),
  };
}

/** Throws `certificate_dates`, `certificate_usage`: what the certificate says of itself. */
function checkOwnWord(signer: CertificateFacts, now: Date): void {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  if (now < signer.notBefore || now > signer.notAfter)
    throw new OperationalError("certificate_dates", `${day(signer.notBefore)} – ${day(signer.notAfter)}`);
  const fault = notForDocuments(signer);
  if (fault !== undefined) throw new OperationalError("certificate_usage", fault);
}

async function look(question: Question): Promise<Held> {
  const { signer, now, roots, carried, source, policy } = question;
  const held = (ms: number, outcome: Held["outcome"]): Held => ({
    from: now.getTime(),
    until: now.getTime() + ms,
    outcome,
  });
  // What says KÝ THỬ of itself is never delivered as a real signature: it needs no root and nobody's word.
  if (signer.test && !namesSource(signer) && isSelfIssued(signer))
    return held(UNASKED_MS, { revocation: "not_asked", why: "KÝ THỬ" });
  const { chain, trusted, doubts } = await completeChain(signer, carried, roots, now, source);
  const doubtful = doubts.filter(({ code }) => code !== "unknown_root");
  const missing = trusted || roots.length === 0 ? doubtful : doubts;
  if (missing.length > 0)
    return held(
      REST_MS,
      new OperationalError("certificate_chain", missing.map(({ text }) => text).join("; ")),
    );
  const issuers = chain
    .slice(1)
    .filter((one) => !isSelfIssued(one))
    .map(({ der }) => der);
  if (policy === "off" || (signer.test && !namesSource(signer)))
    return held(UNASKED_MS, {
      revocation: "not_asked",
      why: policy === "off" ? "signing.revocation: off" : "KÝ THỬ",
      issuers,
    });
  const asked = await askIssuers(chain, trusted, question);
  return asked.outcome instanceof OperationalError
    ? asked
    : { ...asked, outcome: { ...asked.outcome, issuers } };
}

/** Every certificate of the chain but the trusted one, from the top: a revoked CA makes its word on others worthless. */
async function askIssuers(
  chain: readonly CertificateFacts[],
  trusted: boolean,
  { now, source, policy }: Question,
): Promise<Held> {
  const end = (until: number, outcome: Held["outcome"]): Held => ({ from: now.getTime(), until, outcome });
  const soon = now.getTime() + REST_MS;
  let until = Math.min(...chain.map(({ notAfter }) => notAfter.getTime()));
  const unknown: string[] = [];
  for (const { certificate, issuer } of issuerPairs(chain)) {
    const state: RevocationState = await source.about(certificate, issuer, now);
    // Also when our clock is behind the issuer's: whoever is revoked tomorrow by it signs nothing today.
    if (state.state === "revoked" || state.at !== undefined)
      return end(until, revokedError(state, certificate !== chain[0]));
    if (state.state === "unknown") unknown.push(state.why ?? "");
    until = Math.min(until, state.evidence?.freshUntil.getTime() ?? soon);
  }
  const [leaf] = chain;
  // Without its issuer nobody can be asked about the signer; a trusted or self-made one needs nobody's word.
  if (chain.length === 1 && !trusted && leaf !== undefined && !isSelfIssued(leaf)) unknown.push(NO_ISSUER);
  const why = unknown.join("; ");
  if (unknown.length === 0) return end(Math.max(until, now.getTime() + 1), { revocation: "good", why: "" });
  if (policy === "require") return end(soon, new OperationalError("revocation", why));
  return end(soon, { revocation: "unknown", why });
}

const NO_ISSUER = "Không có chứng thư nơi cấp (issuer's certificate missing)";
