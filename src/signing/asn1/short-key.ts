import type { KeyObject } from "node:crypto";

/** Bits of security 112 (NIST SP 800-57 part 1, table 2); TT 15/2025/TT-BKHCN asks RSA of 2048 as well. */
const LEAST = { rsa: 2048, ec: 224 } as const;

/** What is too short about a public key, in words; undefined when it is long enough. Curves bear their bits in their names. */
export function shortKey({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): string | undefined {
  if (type === "rsa" || type === "rsa-pss") {
    const bits = details?.modulusLength ?? 0;
    return bits < LEAST.rsa ? `RSA ${bits} bit` : undefined;
  }
  if (type !== "ec") return undefined;
  const curve = details?.namedCurve ?? "unknown";
  return Number(/\d{3}/u.exec(curve)?.[0] ?? 0) < LEAST.ec ? curve : undefined;
}
