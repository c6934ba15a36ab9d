import type { SignerPort } from "../domain/ports.ts";
import type { SealImage } from "../domain/seal.ts";
import type { SigningSettings } from "../domain/settings.ts";
import { createSigner } from "./create-signer.ts";
import { createUpgrader, type Upgrader } from "./create-upgrader.ts";
import { openKey, type SecretSource } from "./open-key.ts";
import { createCertificateStanding } from "./pki/certificate-standing.ts";
import { createTimeStamper } from "./pki/tsa-client.ts";

export interface SignerOptions {
  readonly settings: SigningSettings;
  readonly secret: SecretSource;
  /** The picture behind `settings.seal`. */
  readonly seal?: SealImage;
  /** Folder for what OCSP responders and CRL servers answered; made when needed. */
  readonly cache: string;
}

/** The signer the settings describe, with everything it needs of key, network and cache. Throws what `openKey` throws. */
export async function openSigner({ settings, secret, seal, cache }: SignerOptions): Promise<SignerPort> {
  const key = await openKey(settings, secret);
  return createSigner({ key, settings, ...outside(settings, cache), ...(seal !== undefined && { seal }) });
}

/** The same world without a key. */
export function openUpgrader({ settings, cache }: Pick<SignerOptions, "cache" | "settings">): Upgrader {
  return createUpgrader({ settings, trust: settings.trust, ...outside(settings, cache) });
}

function outside(settings: SigningSettings, cache: string) {
  return {
    standing: createCertificateStanding({ ...settings, cache }),
    stamper: createTimeStamper(settings),
  };
}
