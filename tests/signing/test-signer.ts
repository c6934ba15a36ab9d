import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignerPort } from "../../src/domain/ports.ts";
import type { SigningSettings } from "../../src/domain/settings.ts";
import { readSeal } from "../../src/imaging/seal.ts";
import { openSigner } from "../../src/signing/open-signer.ts";
import { testSettings } from "../support/settings.ts";

/** Signing settings of a test: level B-B, nobody asked about revocation, unless it says otherwise. */
export function signingSettings(given: Partial<SigningSettings> = {}): SigningSettings {
  return { ...testSettings(tmpdir()).signing, ...given };
}

/** The real signer around a PKCS#12 file. */
export async function pkcs12Signer(
  key: string,
  passphrase: string,
  given: Partial<SigningSettings> = {},
): Promise<SignerPort> {
  const settings = signingSettings({ key, ...given });
  const seal = settings.seal === null ? undefined : await readSeal(settings.seal);
  return openSigner({
    settings,
    secret: async () => passphrase,
    cache: join(tmpdir(), "sohoa-no-cache"),
    ...(seal !== undefined && { seal }),
  });
}
