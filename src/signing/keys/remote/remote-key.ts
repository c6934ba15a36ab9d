import { createHash } from "node:crypto";
import { OperationalError } from "../../../domain/errors.ts";
import type { SigningSettings } from "../../../domain/settings.ts";
import { type CertificateFacts, readCertificate } from "../../asn1/certificate.ts";
import { hashOid, pssParameters, signatureOid } from "../../cms/algorithms.ts";
import { ecdsaDer } from "../ecdsa-der.ts";
import { issuersOf, refuseWeakKey, signatureFits } from "../key-kind.ts";
import type { SecretSource, SignatureScheme, SigningKey } from "../signing-key.ts";
import { type JsonService, openJsonService } from "./post-json.ts";

export type RemoteSettings = Pick<SigningSettings, "credential" | "timeout" | "tlsRoots">;

/**
 * A key at a signing service, over a subset of the Cloud Signature Consortium API v2. `signing.key` is the service's base
 * address, `signing.credential` the credentialID, the secret an access token that may use the credential (no SAD is sent).
 * Only hashes leave the house. Two requests, both `POST`, `Authorization: Bearer …`, JSON in UTF-8:
 *
 *     <base>/credentials/info   { "credentialID": "…", "certificates": "chain", "certInfo": false }
 *     → { "key":  { "status": "enabled", "algo": ["1.2.840.113549.1.1.11", …] },
 *         "cert": { "status": "valid", "certificates": ["<base64 DER, the signer's>", "<its issuer's>", …] } }
 *
 *     <base>/signatures/signHash
 *       { "credentialID": "…", "hashes": ["<base64>"], "hashAlgorithmOID": "2.16.840.1.101.3.4.2.1",
 *         "signAlgo": "1.2.840.113549.1.1.11", "operationMode": "S" }       PSS: and "signAlgoParams": "<base64 DER>"
 *     → { "signatures": ["<base64>"] }                                      ECDSA: DER, or r and s side by side
 *
 * Throws `settings`, `passphrase_missing`, `signing_service`, `signing_service_login`, `certificate_revoked`,
 * `certificate_dates`, `certificate_usage`.
 */
export async function openRemoteKey(
  address: string,
  secret: SecretSource,
  { credential, timeout, tlsRoots }: RemoteSettings,
): Promise<SigningKey> {
  const base = baseOf(address);
  if (credential === null) throw new OperationalError("settings", "signing.credential");
  const accessToken = (await secret())?.trim() ?? "";
  if (!/^[\x21-\x7e]+$/u.test(accessToken)) throw new OperationalError("passphrase_missing", "access token");
  const service = await openJsonService({ base, accessToken, timeoutMs: timeout * 1000, tlsRoots });
  try {
    return await keyOf(service, credential);
  } catch (error) {
    service.close();
    throw error;
  }
}

function baseOf(address: string): URL {
  const base = URL.canParse(address) ? new URL(address) : undefined;
  const plain = base?.protocol === "https:" && base.search === "" && base.hash === "";
  if (!plain || base.username !== "" || base.password !== "")
    throw new OperationalError("settings", "signing.key: https://HOST[:PORT]/PATH");
  return base;
}

async function keyOf(service: JsonService, credentialID: string): Promise<SigningKey> {
  const info = await service.post("credentials/info", {
    credentialID,
    certificates: "chain",
    certInfo: false,
  });
  const [key, cert] = [fields(info["key"]), fields(info["cert"])];
  refuseStatus(key["status"], cert["status"]);
  const [own, ...others] = texts(cert["certificates"]).map((one) => Buffer.from(one, "base64"));
  const certificate = certificateIn(own);
  refuseWeakKey(certificate);
  return {
    certificate,
    chain: issuersOf(certificate, others),
    async sign(message, scheme) {
      const hash = createHash(scheme.hash).update(message).digest("base64");
      const algorithms = algorithmsFor(scheme, texts(key["algo"]));
      const body = { credentialID, hashes: [hash], ...algorithms, operationMode: "S" };
      const [signature = ""] = texts((await service.post("signatures/signHash", body))["signatures"]);
      return fitting(certificate, message, scheme, Buffer.from(signature, "base64"));
    },
    close: async () => service.close(),
  };
}

/** `signAlgo` names the signature with its hash; a service that lists only bare RSA gets that. */
function algorithmsFor(scheme: SignatureScheme, offered: readonly string[]): Record<string, string> {
  const whole = signatureOid(scheme);
  const bare = "1.2.840.113549.1.1.1";
  const signAlgo =
    scheme.kind === "pkcs1" && !offered.includes(whole) && offered.includes(bare) ? bare : whole;
  return {
    hashAlgorithmOID: hashOid(scheme.hash),
    signAlgo,
    ...(scheme.kind === "pss" && { signAlgoParams: pssParameters(scheme.hash).toString("base64") }),
  };
}

/** What does not fit the certificate is no signature, whoever made it. */
function fitting(signer: CertificateFacts, message: Buffer, scheme: SignatureScheme, made: Buffer): Buffer {
  if (signatureFits(signer, message, scheme, made)) return made;
  if (scheme.kind === "ecdsa" && made.length % 2 === 0 && made.length > 0) {
    const der = ecdsaDer(made);
    if (signatureFits(signer, message, scheme, der)) return der;
  }
  throw new OperationalError("signing_service", "signature does not fit the certificate");
}

/** Words of CSC API v2 §11.5; a service that says nothing is judged by its certificate alone. */
function refuseStatus(key: unknown, certificate: unknown): void {
  if (key === "disabled") throw new OperationalError("signing_service_login", "key disabled");
  if (certificate === "expired") throw new OperationalError("certificate_dates", "expired");
  if (certificate === "revoked" || certificate === "suspended")
    throw new OperationalError("certificate_revoked", certificate);
}

function certificateIn(der: Buffer | undefined): CertificateFacts {
  try {
    return readCertificate(der ?? Buffer.alloc(0));
  } catch {
    throw new OperationalError("signing_service", "answer: no certificate");
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
