import { isOperational, OperationalError } from "../domain/errors.ts";
import type { SigningSettings } from "../domain/settings.ts";
import { openPkcs12Key } from "./keys/pkcs12-key.ts";
import { openPkcs11Key } from "./keys/pkcs11/pkcs11-key.ts";
import { isTokenAddress } from "./keys/pkcs11/uri.ts";
import { openRemoteKey } from "./keys/remote/remote-key.ts";
import { sealMemory } from "./keys/seal-memory.ts";
import type { SecretSource, SigningKey } from "./keys/signing-key.ts";

export type { SecretSource };

/**
 * Opens the key the settings name, at its file, token or service. The secret is asked for once, if at all.
 * Throws `key_missing`, `key_unreadable`, `certificate_usage` (a key too weak), `passphrase_missing`; of a file
 * `wrong_passphrase`; of a token `token_module`, `token_missing`, `wrong_pin`, `pin_locked`; of a service
 * `signing_service`, `signing_service_login`; `settings` for a wrong address.
 */
export async function openKey(settings: SigningSettings, secret: SecretSource): Promise<SigningKey> {
  const { key, timeout } = settings;
  if (key === null) throw new OperationalError("key_missing");
  sealMemory();
  if (isTokenAddress(key)) return openPkcs11Key(key, secret, timeout * 1000);
  if (/^https?:/iu.test(key)) return openRemoteKey(key, secret, settings);
  return openFile(key, secret);
}

async function openFile(path: string, secret: SecretSource): Promise<SigningKey> {
  const given = await secret();
  // Containers without a passphrase exist; for any other, "none was given" is the right word.
  return openPkcs12Key(path, given ?? "").catch((error: unknown) => {
    const none = given === undefined && isOperational(error) && error.code === "wrong_passphrase";
    throw none ? new OperationalError("passphrase_missing") : error;
  });
}
