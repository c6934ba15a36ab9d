import type { CertificateFacts } from "../asn1/certificate.ts";
import { partsOf } from "./certificate-parts.ts";

/** Purposes the Internet's own list gives (RFC 5280 §4.2.1.12): servers, code, time stamps, OCSP answers and so on. */
const STANDARD_PURPOSES = "1.3.6.1.5.5.7.3.";
/** Of those, the ones people sign documents with: clientAuth, emailProtection, documentSigning (RFC 9336). */
const FOR_PEOPLE = new Set(["2", "4", "36"].map((last) => `${STANDARD_PURPOSES}${last}`));

/**
 * Why a certificate is not for signing documents: `keyUsage` or `extendedKeyUsage`; undefined when it is. Purposes of a
 * CA's own (Adobe's, Microsoft's, a state's) speak of people's signatures more often than not and are let through.
 */
export function notForDocuments(signer: CertificateFacts): "extendedKeyUsage" | "keyUsage" | undefined {
  if (!signer.maySign) return "keyUsage";
  const usage = partsOf(signer).extendedUsage;
  const elsewhere = (id: string) => id.startsWith(STANDARD_PURPOSES) && !FOR_PEOPLE.has(id);
  return usage?.purposes.every(elsewhere) === true ? "extendedKeyUsage" : undefined;
}
