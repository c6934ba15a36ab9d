import { type ErrorCode, isOperational, OperationalError } from "../../../domain/errors.ts";

const CODES: Readonly<Record<string, ErrorCode>> = {
  CKR_PIN_INCORRECT: "wrong_pin",
  CKR_PIN_INVALID: "wrong_pin",
  CKR_PIN_LEN_RANGE: "wrong_pin",
  CKR_PIN_LOCKED: "pin_locked",
  CKR_PIN_EXPIRED: "pin_locked",
  CKR_USER_PIN_NOT_INITIALIZED: "pin_locked",
  CKR_FUNCTION_CANCELED: "passphrase_missing",
  CKR_KEY_TYPE_INCONSISTENT: "key_unreadable",
  CKR_KEY_FUNCTION_NOT_PERMITTED: "key_unreadable",
  CKR_KEY_SIZE_RANGE: "key_unreadable",
  CKR_MECHANISM_INVALID: "key_unreadable",
  CKR_MECHANISM_PARAM_INVALID: "key_unreadable",
};

/** The `CKR_` name a library's refusal carries; undefined for any other error. */
export function returnValueOf(error: unknown): string | undefined {
  return error instanceof Error ? /CKR_[A-Z0-9_]+/u.exec(`${error.message}\n${error.stack}`)?.[0] : undefined;
}

/**
 * A library's refusal as our failure. Whatever says nothing of PIN or key means that the token does not work any more:
 * `token_missing`. The error itself is dropped: nobody knows what a vendor puts into it.
 */
export function tokenFailure(error: unknown): OperationalError {
  if (isOperational(error)) return error;
  const name = returnValueOf(error);
  if (name !== undefined) return new OperationalError(CODES[name] ?? "token_missing", name);
  const kind = error instanceof Error ? error.name : typeof error;
  return new OperationalError("token_missing", `pkcs11js: ${kind}`);
}
