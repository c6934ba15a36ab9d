import type { Handle, PKCS11, TokenInfo } from "pkcs11js";
import { OperationalError } from "../../../domain/errors.ts";

export type { Handle, TokenInfo };

/** The calls of a PKCS#11 library that signing needs. */
export type Cryptoki = Pick<
  PKCS11,
  | "C_CloseSession"
  | "C_Finalize"
  | "C_FindObjects"
  | "C_FindObjectsFinal"
  | "C_FindObjectsInit"
  | "C_GetAttributeValue"
  | "C_GetMechanismList"
  | "C_GetSlotInfo"
  | "C_GetSlotList"
  | "C_GetTokenInfo"
  | "C_Initialize"
  | "C_Login"
  | "C_Logout"
  | "C_OpenSession"
  | "C_Sign"
  | "C_SignInit"
>;

/** Constants of PKCS#11 v2.40 (pkcs11t.h); written here so that nothing is loaded to know them. */
export const CK = {
  CKF_SERIAL_SESSION: 0x4,
  CKF_LOGIN_REQUIRED: 0x4,
  CKF_PROTECTED_AUTHENTICATION_PATH: 0x100,
  CKF_TOKEN_INITIALIZED: 0x400,
  CKF_USER_PIN_COUNT_LOW: 0x1_0000,
  CKF_USER_PIN_FINAL_TRY: 0x2_0000,
  CKF_USER_PIN_LOCKED: 0x4_0000,
  CKU_USER: 1,
  CKU_CONTEXT_SPECIFIC: 2,
  CKA_CLASS: 0x0,
  CKA_LABEL: 0x3,
  CKA_VALUE: 0x11,
  CKA_ID: 0x102,
  CKA_MODULUS: 0x120,
  CKA_EC_POINT: 0x181,
  CKA_ALWAYS_AUTHENTICATE: 0x202,
  CKO_CERTIFICATE: 1,
  CKO_PUBLIC_KEY: 2,
  CKO_PRIVATE_KEY: 3,
  CKM_RSA_PKCS: 0x1,
  CKM_RSA_PKCS_PSS: 0xd,
  CKM_ECDSA: 0x1041,
} as const;

/**
 * Loads the vendor's library. Throws `token_module` when pkcs11js is not installed or the library cannot be loaded.
 * A library may end the whole process: call this in one that may die.
 */
export async function loadCryptoki(path: string): Promise<Cryptoki> {
  const pkcs11js = await import("pkcs11js").catch(() => {
    throw new OperationalError("token_module", "npm i pkcs11js");
  });
  const library = new pkcs11js.default.PKCS11();
  try {
    library.load(path);
  } catch (error) {
    const [why = ""] = (error instanceof Error ? error.message : "").split("\n");
    throw new OperationalError("token_module", why === "" ? path : why.slice(0, 200));
  }
  return library;
}
