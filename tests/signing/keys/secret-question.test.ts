import { expect, it } from "vitest";
import { secretQuestion } from "../../../src/signing/keys/secret-question.ts";

it.each([
  {
    key: "/ws/keys/unit.p12",
    vi: "Mật khẩu khóa ký (unit.p12): ",
    en: "Passphrase of the signing key (unit.p12): ",
  },
  { key: "pkcs11:token=a?module-path=/p11.so", vi: "Mã PIN của token: ", en: "PIN of the token: " },
  {
    key: "https://ky.example.vn/csc/v2",
    vi: "Mã truy cập dịch vụ ký (ky.example.vn): ",
    en: "Access token of the signing service (ky.example.vn): ",
  },
])("asks for the secret that $key needs", ({ key, vi, en }) => {
  expect(secretQuestion(key, "vi")).toBe(vi);
  expect(secretQuestion(key, "en")).toBe(en);
});
