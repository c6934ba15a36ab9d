import type { X509Certificate } from "node:crypto";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { buildChain, type ChainJudgement, isSelfIssued } from "./chain.ts";
import type { EvidenceSource } from "./evidence-source.ts";

/** More downloads than any honest chain needs. */
const MAX_DOWNLOADS = 4;

/** The path to a trusted root, missing issuers fetched from where the certificates say they are. */
export async function completeChain(
  leaf: CertificateFacts,
  pool: readonly Buffer[],
  trusted: readonly X509Certificate[],
  at: Date,
  source: Pick<EvidenceSource, "issuersOf">,
): Promise<ChainJudgement> {
  const all = [...pool];
  for (let left = MAX_DOWNLOADS; ; left -= 1) {
    const judged = buildChain(leaf, all, trusted, at);
    const last = judged.chain.at(-1);
    if (judged.trusted || left === 0 || last === undefined || isSelfIssued(last)) return judged;
    const fetched = await source.issuersOf(last, at);
    const news = fetched.filter((one) => !all.some((known) => known.equals(one)));
    if (news.length === 0) return judged;
    all.push(...news);
  }
}

/** Certificates with their issuers, the highest first: a revoked CA makes its word on others worthless. */
export function issuerPairs(
  chain: readonly CertificateFacts[],
): { certificate: CertificateFacts; issuer: CertificateFacts }[] {
  return chain
    .flatMap((certificate, place) => {
      const issuer = chain[place + 1];
      return issuer === undefined ? [] : [{ certificate, issuer }];
    })
    .toReversed();
}
