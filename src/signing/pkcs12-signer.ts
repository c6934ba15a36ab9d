import { X509Certificate } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import type { SignatureInfo } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import type { SignerPort } from "../domain/ports.ts";
import { appendSignature } from "./append/append-signature.ts";
import { type CertificateFacts, readCertificate, signerName } from "./asn1/certificate.ts";
import { buildCms } from "./cms/build-cms.ts";
import { openPkcs12 } from "./keys/pkcs12.ts";
import { createVerifier } from "./verify/verify.ts";

export interface SignerOptions {
  /** PKCS#12 file. */
  readonly path: string;
  /** Empty text when the file has none. */
  readonly passphrase: string;
  /** PEM files of trusted roots, for the signer's own check of what it made. */
  readonly trust: readonly string[];
}

/** Opens a key file for signing; throws `key_unreadable`, `wrong_passphrase`. */
export async function openPkcs12Signer({ path, passphrase, trust }: SignerOptions): Promise<SignerPort> {
  const container = await readFile(path).catch((error: unknown) => {
    throw new OperationalError("key_unreadable", path, { cause: error });
  });
  const opened = openPkcs12(container, passphrase);
  const kind = opened.privateKey.asymmetricKeyType ?? "unknown";
  if (kind !== "rsa" && kind !== "ec") throw new OperationalError("key_unreadable", `key type ${kind}`);
  const signer = readCertificate(opened.certificate);
  const chain = opened.chain.filter((der) => !isSelfIssued(der));
  const check = (now: Date) => checkCertificate(signer, now);
  return {
    subject: subjectOf(signer),
    certificate: signer.fingerprint,
    test: signer.test,
    notAfter: signer.notAfter,
    check,
    async sign(input, output, request) {
      check(request.at);
      const cms = (digest: Buffer) => buildCms({ digest, signer, chain, privateKey: opened.privateKey });
      try {
        await appendSignature(input, output, { ...request, signer, cms });
        return await proveOwn(output, signer, trust, request.at);
      } catch (error) {
        await rm(output, { force: true });
        throw error;
      }
    },
  };
}

/** A signature that does not verify must never leave: the finished file is read back and judged. */
async function proveOwn(output: string, signer: CertificateFacts, trust: readonly string[], at: Date) {
  const { signatures } = await createVerifier({ trust, now: () => at }).verify(output);
  const own: SignatureInfo | undefined = signatures.at(-1);
  if (
    own === undefined ||
    own.verdict === "invalid" ||
    !own.coversWholeFile ||
    own.certificate !== signer.fingerprint
  )
    throw new OperationalError(
      "pdfa",
      `own signature does not verify: ${own?.reasons.join("; ") ?? "missing"}`,
    );
  return own;
}

function checkCertificate(signer: CertificateFacts, now: Date): void {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  if (now < signer.notBefore || now > signer.notAfter)
    throw new OperationalError("certificate_dates", `${day(signer.notBefore)} – ${day(signer.notAfter)}`);
  if (!signer.maySign) throw new OperationalError("certificate_usage", "keyUsage");
}

/** Roots are not carried along: who verifies must have them from elsewhere. */
function isSelfIssued(der: Buffer): boolean {
  const one = new X509Certificate(der);
  return one.checkIssued(one);
}

function subjectOf(signer: CertificateFacts): string {
  const named = signerName(signer);
  return signer.organization === "" || signer.organization === named
    ? named
    : `${named}, ${signer.organization}`;
}
