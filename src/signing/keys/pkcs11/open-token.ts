import { OperationalError } from "../../../domain/errors.ts";
import { ecdsaDer } from "../ecdsa-der.ts";
import { issuersOf, refuseWeakKey, signatureFits } from "../key-kind.ts";
import type { SignatureScheme } from "../signing-key.ts";
import { CK, type Cryptoki, type Handle } from "./cryptoki.ts";
import { returnValueOf, tokenFailure } from "./failures.ts";
import { findKey } from "./find-key.ts";
import { findToken } from "./find-token.ts";
import { type AskPin, logIn } from "./log-in.ts";
import { taskFor } from "./mechanisms.ts";
import type { TokenAddress } from "./uri.ts";

/** A token with one session that is logged in. Its calls block: it lives in a process of its own. */
export interface OpenedToken {
  /** DER. */
  readonly certificate: Buffer;
  readonly chain: readonly Buffer[];
  /** Throws `token_missing`, `wrong_pin`, `pin_locked`, `key_unreadable`. */
  sign(message: Buffer, scheme: SignatureScheme): Buffer;
  /** Logs out and ends the library; never throws. */
  close(): void;
}

/** RSA-8192 needs 1024 bytes. */
const SIGNATURE_BYTES = 1024;

/**
 * Finds token, key and certificate and logs in once. Throws `token_missing`, `wrong_pin`, `pin_locked`,
 * `passphrase_missing`, `key_unreadable`, `certificate_usage`, `settings` when the address fits several.
 */
export async function openToken(library: Cryptoki, wanted: TokenAddress, ask: AskPin): Promise<OpenedToken> {
  let session: Handle | undefined;
  try {
    initialize(library);
    const token = findToken(library, wanted);
    session = library.C_OpenSession(token.slot, CK.CKF_SERIAL_SESSION);
    const pin = await logIn(library, session, token, ask);
    return openedToken(library, session, token.slot, { wanted, pin });
  } catch (error) {
    end(library, session);
    throw tokenFailure(error);
  }
}

function initialize(library: Cryptoki): void {
  try {
    library.C_Initialize();
  } catch (error) {
    if (returnValueOf(error) !== "CKR_CRYPTOKI_ALREADY_INITIALIZED") throw error;
  }
}

function openedToken(
  library: Cryptoki,
  session: Handle,
  slot: Handle,
  { wanted, pin }: { readonly wanted: TokenAddress; readonly pin: string | undefined },
): OpenedToken {
  const { key, certificate, others, alwaysAuthenticate } = findKey(library, session, wanted);
  refuseWeakKey(certificate);
  const offered = new Set(library.C_GetMechanismList(slot));
  const curveBytes = certificate.x509.publicKey.asymmetricKeyDetails?.namedCurve === "secp384r1" ? 48 : 32;
  const make = (message: Buffer, scheme: SignatureScheme): Buffer => {
    const { mechanism, data } = taskFor(scheme, message, offered, curveBytes);
    library.C_SignInit(session, mechanism, key);
    if (alwaysAuthenticate) library.C_Login(session, CK.CKU_CONTEXT_SPECIFIC, pin ?? "");
    const made = library.C_Sign(session, data, Buffer.alloc(SIGNATURE_BYTES));
    return scheme.kind === "ecdsa" ? ecdsaDer(made) : Buffer.from(made);
  };
  return {
    certificate: certificate.der,
    chain: issuersOf(certificate, others),
    sign: (message, scheme) => {
      const signature = refusing(() => make(message, scheme));
      if (signatureFits(certificate, message, scheme, signature)) return signature;
      throw new OperationalError("key_unreadable", "token: signature does not fit the certificate");
    },
    close: () => end(library, session),
  };
}

function refusing<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw tokenFailure(error);
  }
}

/** Each step on its own: a token that was pulled out refuses all of them. */
function end(library: Cryptoki, session: Handle | undefined): void {
  const steps = [
    ...(session === undefined
      ? []
      : [() => library.C_Logout(session), () => library.C_CloseSession(session)]),
    () => library.C_Finalize(),
  ];
  for (const step of steps) {
    try {
      step();
    } catch {
      // nothing is left to end
    }
  }
}
