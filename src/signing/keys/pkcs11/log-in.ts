import { OperationalError } from "../../../domain/errors.ts";
import { CK, type Cryptoki, type Handle } from "./cryptoki.ts";
import { returnValueOf, tokenFailure } from "./failures.ts";
import { type FoundToken, trimmed } from "./find-token.ts";

/** What the keeper of the PIN must know before giving it. */
export interface PinNeed {
  /** Names the token through all programs and sessions. */
  readonly token: string;
  /** The PIN is typed at the token or its reader; none is given here. */
  readonly pad: boolean;
}

/** Gives the PIN, once; undefined for a pad. Throws what should be told instead. */
export type AskPin = (need: PinNeed) => Promise<string | undefined>;

const LAST_TRY =
  "chỉ còn một lần thử, hãy đăng nhập bằng phần mềm của nhà cung cấp / one try is left, log in by the vendor's program";

/**
 * Logs in with one try. The last try before a token locks is never made here: a person must make it.
 * Throws `wrong_pin`, `pin_locked`, what `ask` throws. Returns the PIN, for keys that want it at each signature.
 */
export async function logIn(
  library: Cryptoki,
  session: Handle,
  { slot, info }: FoundToken,
  ask: AskPin,
): Promise<string | undefined> {
  if ((info.flags & CK.CKF_LOGIN_REQUIRED) === 0) return undefined;
  refuseLocked(info.flags);
  const pad = (info.flags & CK.CKF_PROTECTED_AUTHENTICATION_PATH) !== 0;
  const token = [info.manufacturerID, info.serialNumber, info.label].map(trimmed).join("/");
  const pin = await ask({ token, pad });
  if (!pad && (pin === undefined || pin === "")) throw new OperationalError("passphrase_missing", "PIN");
  try {
    library.C_Login(session, CK.CKU_USER, pin ?? "");
  } catch (error) {
    if (returnValueOf(error) === "CKR_USER_ALREADY_LOGGED_IN") return pin;
    throw told(tokenFailure(error), () => library.C_GetTokenInfo(slot).flags);
  }
  return pin;
}

function refuseLocked(flags: number): void {
  if ((flags & CK.CKF_USER_PIN_LOCKED) !== 0) throw new OperationalError("pin_locked");
  if ((flags & CK.CKF_USER_PIN_FINAL_TRY) !== 0) throw new OperationalError("pin_locked", LAST_TRY);
}

/** Adds to a wrong PIN how near the token is to being locked. */
function told(failure: OperationalError, flagsNow: () => number): OperationalError {
  if (failure.code !== "wrong_pin") return failure;
  try {
    const flags = flagsNow();
    if ((flags & CK.CKF_USER_PIN_LOCKED) !== 0) return new OperationalError("pin_locked", failure.detail);
    if ((flags & CK.CKF_USER_PIN_FINAL_TRY) !== 0) return new OperationalError("wrong_pin", LAST_TRY);
  } catch {
    // The refusal is what counts.
  }
  return failure;
}
