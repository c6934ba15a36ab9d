import { sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { OperationalError } from "../../domain/errors.ts";
import { readCertificate } from "../asn1/certificate.ts";
import { issuersOf, paddingOf, refuseWeakKey } from "./key-kind.ts";
import { openPkcs12 } from "./pkcs12.ts";
import type { SigningKey } from "./signing-key.ts";

const signAsync = promisify<string, Buffer, Parameters<typeof sign>[2], Buffer>(sign);

/**
 * Opens a PKCS#12 file (RFC 7292), RSA or EC. `passphrase`: empty text when the file has none.
 * Throws `key_unreadable`, `wrong_passphrase`, `certificate_usage` (a key too weak).
 */
export async function openPkcs12Key(path: string, passphrase: string): Promise<SigningKey> {
  const container = await readFile(path).catch((error: unknown) => {
    throw new OperationalError("key_unreadable", path, { cause: error });
  });
  const { privateKey, certificate: der, chain } = openPkcs12(container, passphrase);
  const certificate = readCertificate(der);
  refuseWeakKey(certificate);
  return {
    certificate,
    chain: issuersOf(certificate, chain),
    sign: (message, scheme) => signAsync(scheme.hash, message, { key: privateKey, ...paddingOf(scheme) }),
    close: () => Promise.resolve(),
  };
}
