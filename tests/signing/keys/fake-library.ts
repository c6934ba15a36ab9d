import { constants, createPrivateKey, privateEncrypt, sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Cryptoki } from "../../../src/signing/keys/pkcs11/cryptoki.ts";
import type { SignerFiles } from "../../support/test-pki.ts";

/** What a fake token is like; what real tokens do and SoftHSM2 does not. */
export interface FakeToken {
  readonly flags?: number;
  readonly pin?: string;
  readonly mechanisms: readonly number[];
  readonly alwaysAuthenticate?: boolean;
  /** By call: the `CKR_` name that is thrown instead. */
  readonly fails?: Readonly<Record<string, string>>;
}

const LOGIN_REQUIRED_AND_INITIALIZED = 0x404;
const HANDLE = Buffer.alloc(8, 1);
const KEY = Buffer.from([1]);
const CERTIFICATE = Buffer.from([2]);

/** A PKCS#11 library with one token, one key and its certificate; `calls` tells what was asked of it. */
export function fakeLibrary(files: SignerFiles, token: FakeToken): { library: Cryptoki; calls: string[] } {
  const calls: string[] = [];
  const der = new X509Certificate(readFileSync(files.certificate)).raw;
  const key = createPrivateKey(readFileSync(files.key));
  let found: Buffer[] = [];
  let mechanism = 0;
  let loggedIn = false;
  const called = (name: string, said = ""): void => {
    calls.push(`${name}${said}`);
    const failure = token.fails?.[name];
    if (failure !== undefined) throw new Error(`${failure}:1`);
  };
  const about = {
    label: "Thẻ   ",
    manufacturerID: "M",
    model: "1",
    serialNumber: "7\0\0",
    flags: token.flags ?? LOGIN_REQUIRED_AND_INITIALIZED,
  };
  const library: Cryptoki = {
    C_Initialize: () => called("C_Initialize"),
    C_Finalize: () => called("C_Finalize"),
    C_GetSlotList: () => [HANDLE],
    C_GetSlotInfo: () => ({ slotDescription: "Khe", manufacturerID: "K" }) as never,
    C_GetTokenInfo: () => about as never,
    C_OpenSession: () => HANDLE,
    C_CloseSession: () => called("C_CloseSession"),
    C_Login: (_session, user, pin) => {
      called("C_Login", ` ${user} ${pin}`);
      if (pin !== (token.pin ?? "1234")) throw new Error("CKR_PIN_INCORRECT:160");
      loggedIn = true;
    },
    C_Logout: () => called("C_Logout"),
    C_FindObjectsInit: (_session, [wanted]) => {
      found = wanted?.value === 3 && loggedIn ? [KEY] : wanted?.value === 1 ? [CERTIFICATE] : [];
    },
    C_FindObjects: (() => found.splice(0)) as unknown as Cryptoki["C_FindObjects"],
    C_FindObjectsFinal: () => undefined,
    C_GetAttributeValue: (_session, object, [asked]) => {
      const type = asked?.type ?? 0;
      const always = Buffer.from([token.alwaysAuthenticate === true ? 1 : 0]);
      const values = { 0x102: Buffer.from([9]), 0x3: Buffer.from("khóa"), 0x202: always };
      const value = object === CERTIFICATE && type === 0x11 ? der : values[type as keyof typeof values];
      if (value === undefined) throw new Error("CKR_ATTRIBUTE_TYPE_INVALID:18");
      return [{ type, value }];
    },
    C_GetMechanismList: () => [...token.mechanisms],
    C_SignInit: (_session, wanted) => {
      called("C_SignInit", ` ${wanted.mechanism}`);
      mechanism = wanted.mechanism;
    },
    C_Sign: ((_session: Buffer, data: Buffer) => {
      called("C_Sign");
      if (mechanism === 0x1) return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, data);
      return sign("sha256", data, { key, dsaEncoding: "ieee-p1363" });
    }) as Cryptoki["C_Sign"],
  };
  return { library, calls };
}
