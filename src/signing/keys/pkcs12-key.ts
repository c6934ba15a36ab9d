import { constants, sign, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { OperationalError } from "../../domain/errors.ts";
import { readCertificate } from "../asn1/certificate.ts";
import { openPkcs12 } from "./pkcs12.ts";
import type { SignatureScheme, SigningKey } from "./signing-key.ts";

const signAsync = promisify<string, Buffer, Parameters<typeof sign>[2], Buffer>(sign);

/**
 * Opens a PKCS#12 file (RFC 7292), RSA or EC. `passphrase`: empty text when the file has none.
 * Throws `key_unreadable`, `wrong_passphrase`.
 */
export async function openPkcs12Key(path: string, passphrase: string): Promise<SigningKey> {
  const container = await readFile(path).catch((error: unknown) => {
    throw new OperationalError("key_unreadable", path, { cause: error });
  });
  const { privateKey, certificate, chain } = openPkcs12(container, passphrase);
  const kind = privateKey.asymmetricKeyType ?? "unknown";
  if (kind !== "rsa" && kind !== "ec") throw new OperationalError("key_unreadable", `key type ${kind}`);
  return {
    certificate: readCertificate(certificate),
    chain: chain.filter((der) => !isSelfIssued(der)),
    sign: (message, scheme) => signAsync(scheme.hash, message, { key: privateKey, ...padding(scheme) }),
    close: () => Promise.resolve(),
  };
}

function padding({ kind }: SignatureScheme): { padding?: number; saltLength?: number } {
  if (kind !== "pss") return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

/** Roots are not carried along: who verifies must have them from elsewhere. */
function isSelfIssued(der: Buffer): boolean {
  const one = new X509Certificate(der);
  return one.checkIssued(one);
}
