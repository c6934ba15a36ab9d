import { isOperational, OperationalError } from "../domain/errors.ts";
import type { SigningSettings } from "../domain/settings.ts";
import { openPkcs12Key } from "./keys/pkcs12-key.ts";
import type { SigningKey } from "./keys/signing-key.ts";

/** Passphrase of a file, PIN of a token or access token of a service; asked for once. Undefined: nobody gave one. */
export type SecretSource = () => Promise<string | undefined>;

/**
 * Opens the key the settings name, at its file, token or service.
 * Throws `key_missing`, `key_unreadable`, `passphrase_missing`, `wrong_passphrase`, `wrong_pin`, `token_missing`.
 */
export async function openKey({ key }: SigningSettings, secret: SecretSource): Promise<SigningKey> {
  if (key === null) throw new OperationalError("key_missing");
  const given = await secret();
  // Containers without a passphrase exist; for any other, "none was given" is the right word.
  return openPkcs12Key(key, given ?? "").catch((error: unknown) => {
    const none = given === undefined && isOperational(error) && error.code === "wrong_passphrase";
    throw none ? new OperationalError("passphrase_missing") : error;
  });
}
