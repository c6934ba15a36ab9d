import { createHash } from "node:crypto";
import type { Mechanism } from "pkcs11js";
import { OperationalError } from "../../../domain/errors.ts";
import { DIGEST_BYTES, digestInfo } from "../../cms/algorithms.ts";
import type { HashName, SignatureScheme } from "../signing-key.ts";
import { CK } from "./cryptoki.ts";

/** What a token is asked to do for one signature. */
export interface TokenTask {
  readonly mechanism: Mechanism;
  readonly data: Buffer;
}

/** CKM_SHAxxx, CKM_SHAxxx_RSA_PKCS, CKM_SHAxxx_RSA_PKCS_PSS, CKG_MGF1_SHAxxx. */
const OF_HASH: Readonly<Record<HashName, { hash: number; rsa: number; pss: number; mgf: number }>> = {
  sha256: { hash: 0x250, rsa: 0x40, pss: 0x43, mgf: 2 },
  sha384: { hash: 0x260, rsa: 0x41, pss: 0x44, mgf: 3 },
  sha512: { hash: 0x270, rsa: 0x42, pss: 0x45, mgf: 4 },
};
/** CK_PARAMS_RSA_PSS of pkcs11js. */
const PSS_PARAMETERS = 5;

/**
 * The mechanism for a scheme: one that hashes too where the token has it, else the bare one over our digest.
 * Throws `key_unreadable` when the token has neither. `curveBytes`: of EC keys.
 */
export function taskFor(
  { kind, hash }: SignatureScheme,
  message: Buffer,
  offered: ReadonlySet<number>,
  curveBytes: number,
): TokenTask {
  const digest = createHash(hash).update(message).digest();
  const { hash: hashAlg, rsa, pss, mgf } = OF_HASH[hash];
  if (kind === "ecdsa") {
    // FIPS 186-5 §6.4: the leftmost bits of a longer digest; many tokens refuse more than the curve takes.
    const data = digest.subarray(0, curveBytes);
    return chosen([{ mechanism: { mechanism: CK.CKM_ECDSA }, data }], offered);
  }
  if (kind === "pkcs1") {
    const bare = { mechanism: { mechanism: CK.CKM_RSA_PKCS }, data: digestInfo(digest, hash) };
    return chosen([{ mechanism: { mechanism: rsa }, data: message }, bare], offered);
  }
  const parameter = { type: PSS_PARAMETERS, hashAlg, mgf, saltLen: DIGEST_BYTES[hash] };
  const bare = { mechanism: { mechanism: CK.CKM_RSA_PKCS_PSS, parameter }, data: digest };
  return chosen([{ mechanism: { mechanism: pss, parameter }, data: message }, bare], offered);
}

function chosen(tasks: readonly TokenTask[], offered: ReadonlySet<number>): TokenTask {
  const found = tasks.find(({ mechanism }) => offered.has(mechanism.mechanism));
  if (found !== undefined) return found;
  const names = tasks.map(({ mechanism }) => `0x${mechanism.mechanism.toString(16)}`);
  throw new OperationalError("key_unreadable", `token: mechanism ${names.join(", ")}`);
}
