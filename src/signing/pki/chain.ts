import type { X509Certificate } from "node:crypto";
import { type CertificateFacts, readCertificate } from "../asn1/certificate.ts";
import { shortKey } from "../asn1/short-key.ts";
import { partsOf, readPool, USAGE } from "./certificate-parts.ts";
import { bitsOf, inside, readWhole } from "./der-walk.ts";
import { keySigned, SHA1_ENDS, SHA1_SIGNATURES } from "./signed-bytes.ts";

/** The best path from a certificate towards a trusted one, and what is wrong with it. */
export interface ChainJudgement {
  /** The certificate first; the last one is trusted when `trusted`. Its part that could be found otherwise. */
  readonly chain: readonly CertificateFacts[];
  readonly trusted: boolean;
  /** Empty: the path is good. */
  readonly doubts: readonly ChainDoubt[];
}

export interface ChainDoubt {
  readonly code:
    | "unknown_root"
    | "expired"
    | "not_yet_valid"
    | "not_a_ca"
    | "path_length"
    | "key_usage"
    | "critical_extension"
    | "weak_signature"
    | "weak_issuer_key";
  /** For people: Vietnamese (English). */
  readonly text: string;
}

const TEXTS: Readonly<Record<ChainDoubt["code"], string>> = {
  unknown_root: "Chứng thư gốc không nằm trong danh sách tin cậy (unknown root)",
  expired: "Chứng thư đã hết hạn (expired certificate)",
  not_yet_valid: "Chứng thư chưa có hiệu lực (certificate not yet valid)",
  not_a_ca: "Chứng thư cấp phát không phải của tổ chức chứng thực (issuer is not a CA)",
  path_length: "Chuỗi chứng thư dài hơn mức cho phép (path length exceeded)",
  key_usage: "Chứng thư cấp phát không được phép ký chứng thư (issuer key usage)",
  critical_extension: "Chứng thư có phần mở rộng bắt buộc không hiểu được (unknown critical extension)",
  weak_signature: "Chứng thư được ký bằng thuật toán yếu (weak certificate signature)",
  weak_issuer_key: "Khóa của tổ chức cấp phát quá ngắn (weak issuer key)",
};
const MAX_CHAIN = 8;
/** A crafted pool of cross-signed certificates has more paths than atoms; honest ones need a handful of signatures. */
const MAX_SIGNATURES = 64;

interface Search {
  readonly pool: readonly CertificateFacts[];
  readonly anchors: ReadonlySet<string>;
  readonly at: Date;
  signaturesLeft: number;
  best: ChainJudgement;
}

/**
 * Traces a certificate to a trusted one (RFC 5280 §6.1) among `pool`, which may hold anything in any order. Judged at `at`:
 * dates, signatures, CA rights, path lengths, critical extensions; revocation is another question.
 */
export function buildChain(
  leaf: CertificateFacts,
  pool: readonly Buffer[],
  trusted: readonly X509Certificate[],
  at: Date,
): ChainJudgement {
  const anchors = trusted.map(factsOf);
  const search: Search = {
    // Trusted ones first: the shortest way home is found first.
    pool: [...anchors, ...readPool(pool)],
    anchors: new Set(anchors.map(({ fingerprint }) => fingerprint)),
    at,
    signaturesLeft: MAX_SIGNATURES,
    best: { chain: [leaf], trusted: false, doubts: [doubt("unknown_root"), ...doubtsOf([leaf], at)] },
  };
  explore([leaf], search);
  return search.best;
}

/** Whether the key of `issuer` signed `subject` and the names fit. */
export function issued(issuer: CertificateFacts, subject: CertificateFacts): boolean {
  return namesFit(issuer, subject) && keyOfIssuerSigned(issuer, subject);
}

/** Depth first; stops at the first path without doubts. */
function explore(chain: readonly CertificateFacts[], search: Search): boolean {
  const last = chain.at(-1);
  if (last === undefined) return false;
  keepBest(chain, search.anchors.has(last.fingerprint), search);
  if (search.best.doubts.length === 0) return true;
  if (search.anchors.has(last.fingerprint) || chain.length >= MAX_CHAIN) return false;
  return candidates(chain, last, search).some((issuer) => {
    search.signaturesLeft -= 1;
    if (search.signaturesLeft < 0 || !keyOfIssuerSigned(issuer, last)) return false;
    return explore([...chain, issuer], search);
  });
}

/** Those with the right name that are not in the path yet, neither as they are nor under another certificate (loops). */
function candidates(chain: readonly CertificateFacts[], last: CertificateFacts, { pool }: Search) {
  const used = chain.map(identity);
  return pool.filter((one) => namesFit(one, last) && !used.includes(identity(one)));
}

function identity(facts: CertificateFacts): string {
  const { subject, keyBits } = partsOf(facts);
  return subject.toString("latin1") + keyBits.toString("latin1");
}

/** By bytes, or by text: some CAs write one name as PrintableString here and as UTF8String there. */
function namesFit(issuer: CertificateFacts, subject: CertificateFacts): boolean {
  return (
    partsOf(issuer).subject.equals(partsOf(subject).issuer) || issuer.x509.subject === subject.x509.issuer
  );
}

function keyOfIssuerSigned(issuer: CertificateFacts, subject: CertificateFacts): boolean {
  if (partsOf(subject).unknownCritical.includes("damaged")) return false;
  const [tbs, algorithm, signature] = inside(readWhole(subject.der));
  if (tbs === undefined || algorithm === undefined) return false;
  return keySigned(issuer.x509.publicKey, algorithm, tbs.whole, bitsOf(signature));
}

function keepBest(chain: readonly CertificateFacts[], trusted: boolean, search: Search): void {
  const { best } = search;
  const doubts = [...(trusted ? [] : [doubt("unknown_root")]), ...doubtsOf(chain, search.at)];
  const better = trusted === best.trusted ? isBetter(chain, doubts, best) : trusted;
  if (better) search.best = { chain, trusted, doubts };
}

function isBetter(chain: readonly unknown[], doubts: readonly unknown[], best: ChainJudgement): boolean {
  return best.trusted ? doubts.length < best.doubts.length : chain.length > best.chain.length;
}

function doubtsOf(chain: readonly CertificateFacts[], at: Date): ChainDoubt[] {
  const codes = chain.flatMap((one, place) => [...ownDoubts(one, at), ...issuerDoubts(chain, place)]);
  return [...new Set([...codes, ...weakDoubts(chain)])].map(doubt);
}

function ownDoubts(one: CertificateFacts, at: Date): ChainDoubt["code"][] {
  const codes: ChainDoubt["code"][] = [];
  if (at > one.notAfter) codes.push("expired");
  if (at < one.notBefore) codes.push("not_yet_valid");
  if (partsOf(one).unknownCritical.length > 0) codes.push("critical_extension");
  return codes;
}

function issuerDoubts(chain: readonly CertificateFacts[], place: number): ChainDoubt["code"][] {
  const one = chain[place];
  if (one === undefined || place === 0) return [];
  const { ca, keyUsage, pathLength } = partsOf(one);
  const codes: ChainDoubt["code"][] = [];
  if (!ca) codes.push("not_a_ca");
  if (keyUsage !== undefined && (keyUsage & USAGE.keyCertSign) === 0) codes.push("key_usage");
  const below = chain.slice(1, place).filter((between) => !isSelfIssued(between)).length;
  if (pathLength !== undefined && below > pathLength) codes.push("path_length");
  return codes;
}

/** The trusted one's own signature proves nothing, and its key is trusted by decision, so neither is judged. */
function weakDoubts(chain: readonly CertificateFacts[]): ChainDoubt["code"][] {
  const weak = chain
    .slice(0, -1)
    .some((one) => SHA1_SIGNATURES.includes(partsOf(one).signedWith) && one.notBefore >= SHA1_ENDS);
  const short = chain.slice(1, -1).some(({ x509 }) => shortKey(x509.publicKey) !== undefined);
  return [...(weak ? (["weak_signature"] as const) : []), ...(short ? (["weak_issuer_key"] as const) : [])];
}

/** Issuer and subject bear the same name. */
export function isSelfIssued(facts: CertificateFacts): boolean {
  const { issuer, subject } = partsOf(facts);
  return issuer.equals(subject);
}

function doubt(code: ChainDoubt["code"]): ChainDoubt {
  return { code, text: TEXTS[code] };
}

const read = new WeakMap<X509Certificate, CertificateFacts>();

/** Facts of a certificate node holds, read once. */
export function factsOf(x509: X509Certificate): CertificateFacts {
  const found = read.get(x509) ?? readCertificate(x509.raw);
  read.set(x509, found);
  return found;
}
