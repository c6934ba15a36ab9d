import { X509Certificate } from "node:crypto";
import { inside, readElement, tagged } from "./der-walk.ts";

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;

/** Certificates (DER) in what CAs publish as their own: DER, PEM, or a PKCS#7 without signatures (RFC 5280 §4.2.2.1). */
export function issuersIn(bytes: Buffer): Buffer[] {
  const pem = bytes.toString("latin1").match(PEM) ?? [];
  return pem.length > 0 ? pem.flatMap(certificate) : [...certificate(bytes), ...carried(bytes)];
}

function certificate(one: Buffer | string): Buffer[] {
  try {
    return [new X509Certificate(one).raw];
  } catch {
    return [];
  }
}

/** The certificates of a SignedData. */
function carried(bytes: Buffer): Buffer[] {
  try {
    const [, content] = inside(readElement(bytes));
    const set = tagged(inside(inside(content)[0]), 0xa0);
    return set === undefined ? [] : inside(set).flatMap(({ whole }) => certificate(whole));
  } catch {
    return [];
  }
}
