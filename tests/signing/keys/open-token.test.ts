import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenedToken, openToken } from "../../../src/signing/keys/pkcs11/open-token.ts";
import type { PinNeed } from "../../../src/signing/keys/pkcs11/log-in.ts";
import { issue, makePki, type SignerFiles } from "../../support/test-pki.ts";
import { type FakeToken, fakeLibrary } from "./fake-library.ts";
import { everything, refusalOf } from "./refusal.ts";

const folder = mkdtempSync(join(tmpdir(), "sohoa-fake-"));
const READY = 0x404;
const PAD = 0x100;
const COUNT_LOW = 0x1_0000;
const FINAL_TRY = 0x2_0000;
const LOCKED = 0x4_0000;
const PLAIN_RSA: FakeToken = { mechanisms: [0x1] };
const RSA_SCHEME = { kind: "pkcs1", hash: "sha256" } as const;
const MESSAGE = Buffer.from("nội dung");
let rsa: SignerFiles;

beforeAll(() => {
  rsa = issue(makePki(folder), "rsa", "/C=VN/CN=Nguyễn Văn Thử", "RSA");
});
afterAll(() => rmSync(folder, { recursive: true }));

function opened(token: FakeToken, pin = "1234") {
  const { library, calls } = fakeLibrary(rsa, token);
  const needs: PinNeed[] = [];
  const ask = (need: PinNeed) => {
    needs.push(need);
    return Promise.resolve(pin);
  };
  const opening: Promise<OpenedToken> = openToken(
    library,
    { module: "/p11.so", token: "Thẻ", serial: "7" },
    ask,
  );
  return { opening, calls, needs };
}

it("pads a DigestInfo for a token that only encrypts", async () => {
  const { opening, calls } = opened(PLAIN_RSA);
  const token = await opening;
  // It is compared with the certificate before it is given.
  expect(token.sign(MESSAGE, RSA_SCHEME)).toHaveLength(256);
  expect(calls).toContain("C_SignInit 1");
  token.close();
  expect(calls.slice(-3)).toEqual(["C_Logout", "C_CloseSession", "C_Finalize"]);
});

it("says so when the token knows no fitting mechanism", async () => {
  const token = await opened(PLAIN_RSA).opening;
  const pss = () => token.sign(MESSAGE, { kind: "pss", hash: "sha256" });
  expect(pss).toThrow(
    expect.objectContaining({ code: "key_unreadable", detail: "token: mechanism 0x43, 0xd" }),
  );
});

it("gives the PIN again at each signature to a key that always asks for it", async () => {
  const { opening, calls, needs } = opened({ ...PLAIN_RSA, alwaysAuthenticate: true });
  const token = await opening;
  token.sign(MESSAGE, RSA_SCHEME);
  token.sign(MESSAGE, RSA_SCHEME);
  const signing = ["C_SignInit 1", "C_Login 2 1234", "C_Sign"];
  expect(calls).toEqual(["C_Initialize", "C_Login 1 1234", ...signing, ...signing]);
  expect(needs).toHaveLength(1);
});

it("gives no PIN where it is typed at a pad", async () => {
  const { opening, calls, needs } = opened({ ...PLAIN_RSA, flags: READY | PAD, pin: "" }, "");
  await opening;
  expect(needs).toEqual([{ token: "M/7/Thẻ", pad: true }]);
  expect(calls).toContain("C_Login 1 ");
});

it.each([
  { name: "locked", flag: LOCKED, detail: "" },
  { name: "one try before being locked", flag: FINAL_TRY | COUNT_LOW, detail: "one try is left" },
])("neither asks for a PIN nor tries one on a token that is $name", async ({ flag, detail }) => {
  const { opening, calls, needs } = opened({ ...PLAIN_RSA, flags: READY | flag });
  const error = await refusalOf(opening);
  expect(error).toMatchObject({ code: "pin_locked", detail: expect.stringContaining(detail) });
  expect(needs).toEqual([]);
  expect(calls.filter((call) => call.startsWith("C_Login"))).toEqual([]);
});

it("still tries once after an earlier mistake, and tells nobody the PIN", async () => {
  const { opening, calls } = opened({ ...PLAIN_RSA, flags: READY | COUNT_LOW }, "9753-sai");
  const error = await refusalOf(opening);
  expect(error).toMatchObject({ code: "wrong_pin" });
  expect(everything(error)).not.toContain("9753");
  expect(calls).toEqual(["C_Initialize", "C_Login 1 9753-sai", "C_Logout", "C_CloseSession", "C_Finalize"]);
});

it.each([
  { name: "CKR_PIN_LOCKED", code: "pin_locked" },
  { name: "CKR_PIN_EXPIRED", code: "pin_locked" },
  { name: "CKR_PIN_LEN_RANGE", code: "wrong_pin" },
  { name: "CKR_FUNCTION_CANCELED", code: "passphrase_missing" },
  { name: "CKR_DEVICE_REMOVED", code: "token_missing" },
])("tells $name at the login as $code", async ({ name, code }) => {
  const { opening } = opened({ ...PLAIN_RSA, fails: { C_Login: name } });
  expect(await refusalOf(opening)).toMatchObject({ code, detail: name });
});

it.each([
  { call: "C_SignInit", name: "CKR_SESSION_HANDLE_INVALID", code: "token_missing" },
  { call: "C_SignInit", name: "CKR_KEY_FUNCTION_NOT_PERMITTED", code: "key_unreadable" },
  { call: "C_Sign", name: "CKR_DEVICE_REMOVED", code: "token_missing" },
  { call: "C_Sign", name: "CKR_DEVICE_ERROR", code: "token_missing" },
  { call: "C_Sign", name: "CKR_TOKEN_NOT_PRESENT", code: "token_missing" },
  { call: "C_Sign", name: "CKR_USER_NOT_LOGGED_IN", code: "token_missing" },
  { call: "C_Sign", name: "CKR_GENERAL_ERROR", code: "token_missing" },
])("tells $name at $call as $code and does not log in again", async ({ call, name, code }) => {
  const { opening, calls } = opened({ ...PLAIN_RSA, fails: { [call]: name } });
  const token = await opening;
  const failing = expect.objectContaining({ name: "OperationalError", code, detail: name });
  expect(() => token.sign(MESSAGE, RSA_SCHEME)).toThrow(failing);
  expect(calls.filter((one) => one.startsWith("C_Login"))).toHaveLength(1);
});

it("goes on where another part of the process has started the library", async () => {
  const { opening } = opened({
    ...PLAIN_RSA,
    fails: { C_Initialize: "CKR_CRYPTOKI_ALREADY_INITIALIZED" },
  });
  await expect(opening).resolves.toBeDefined();
});
