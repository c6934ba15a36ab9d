import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { OperationalError } from "../../domain/errors.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;
const MAX_CHAIN = 8;

/** Reads the roots (and intermediates) an office trusts; throws `settings` naming the file that cannot be read. */
export async function readTrust(paths: readonly string[]): Promise<X509Certificate[]> {
  const files = await Promise.all(paths.map((path) => readPem(path)));
  return files.flat();
}

/**
 * Why a certificate cannot be traced to a trusted one at a moment; empty when it can.
 * Dates and signatures are checked, revocation is not: that needs the network.
 */
export function chainDoubts(
  signer: CertificateFacts,
  carried: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  at: Date,
): string[] {
  const doubts: string[] = [];
  if (!signer.maySign) doubts.push("Chứng thư không dùng để ký số (key usage)");
  const chain = buildChain(signer.x509, carried, trusted);
  if (chain === undefined) doubts.push("Chứng thư gốc không nằm trong danh sách tin cậy (unknown root)");
  const judged = chain ?? [signer.x509];
  if (judged.some((one) => at > new Date(one.validTo)))
    doubts.push("Chứng thư đã hết hạn (expired certificate)");
  if (judged.some((one) => at < new Date(one.validFrom)))
    doubts.push("Chứng thư chưa có hiệu lực (certificate not yet valid)");
  return doubts;
}

function buildChain(
  leaf: X509Certificate,
  carried: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): X509Certificate[] | undefined {
  const chain = [leaf];
  while (chain.length <= MAX_CHAIN) {
    const last = chain.at(-1) ?? leaf;
    if (trusted.some((one) => one.fingerprint256 === last.fingerprint256)) return chain;
    const issuer = [...trusted, ...carried].find(
      (one) => one.ca && !chain.includes(one) && issued(one, last),
    );
    if (issuer === undefined) return undefined;
    chain.push(issuer);
  }
  return undefined;
}

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

async function readPem(path: string): Promise<X509Certificate[]> {
  try {
    const found = (await readFile(path, "utf8")).match(PEM) ?? [];
    if (found.length === 0) throw new Error("no certificate inside");
    return found.map((one) => new X509Certificate(one));
  } catch (error) {
    throw new OperationalError("settings", `signing.trust: ${path}`, { cause: error });
  }
}
