import { createHash, type X509Certificate } from "node:crypto";
import { OperationalError } from "../../domain/errors.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { readCms } from "../cms/cms-reader.ts";
import { isSelfIssued } from "./chain.ts";
import { completeChain, issuerPairs } from "./complete-chain.ts";
import type { EvidenceSource } from "./evidence-source.ts";
import type { ValidationData } from "./parts.ts";
import type { RevocationState } from "./revocation.ts";

/** What is gathered: each DER once. */
interface Gathered {
  readonly certificates: Map<string, Buffer>;
  readonly ocsps: Map<string, Buffer>;
  readonly crls: Map<string, Buffer>;
}

/**
 * Certificates and fresh revocation answers for the signers of some CMS and of the time stamps in them. `roots` may be
 * empty: then chains end where no issuer is to be had. Throws `certificate_chain`, `certificate_revoked`, `revocation`.
 */
export async function collectData(
  cms: readonly Buffer[],
  roots: readonly X509Certificate[],
  now: Date,
  source: EvidenceSource,
): Promise<ValidationData> {
  const gathered: Gathered = { certificates: new Map(), ocsps: new Map(), crls: new Map() };
  for (const one of cms.flatMap((der) => [der, ...readCms(der).timeStampTokens])) {
    const { signer, certificates } = readCms(one);
    if (signer === undefined) throw new OperationalError("certificate_chain", "no signer certificate");
    const pool = certificates.map(({ der }) => der);
    const { chain, trusted, doubts } = await completeChain(signer, pool, roots, now, source);
    if (!trusted && roots.length > 0)
      throw new OperationalError("certificate_chain", doubts.map(({ text }) => text).join("; "));
    await gather(chain, trusted, now, source, gathered);
  }
  const list = (map: Map<string, Buffer>) => [...map.values()];
  return {
    certificates: list(gathered.certificates),
    ocsps: list(gathered.ocsps),
    crls: list(gathered.crls),
  };
}

async function gather(
  chain: readonly CertificateFacts[],
  trusted: boolean,
  now: Date,
  source: EvidenceSource,
  { certificates, ocsps, crls }: Gathered,
): Promise<void> {
  for (const one of chain) certificates.set(one.fingerprint, one.der);
  const last = chain.at(-1);
  if (!trusted && chain.length === 1 && last !== undefined && !isSelfIssued(last))
    throw new OperationalError("revocation", "issuer's certificate missing");
  for (const { certificate, issuer } of issuerPairs(chain)) {
    const state = await source.about(certificate, issuer, now);
    if (state.state === "revoked") throw revokedError(state, certificate !== chain[0]);
    if (state.evidence === undefined) throw new OperationalError("revocation", state.why);
    const { kind, der, responder } = state.evidence;
    (kind === "ocsp" ? ocsps : crls).set(createHash("sha256").update(der).digest("hex"), der);
    if (responder !== undefined) certificates.set(responder.fingerprint, responder.der);
  }
}

/** `certificate_revoked` with date and reason; says when it is a CA that was revoked. */
export function revokedError({ at, reason }: RevocationState, ca: boolean): OperationalError {
  const day = at?.toISOString().slice(0, 10) ?? "";
  return new OperationalError("certificate_revoked", `${ca ? "CA " : ""}${day}, ${reason ?? ""}`);
}
